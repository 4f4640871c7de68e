import { Counter, Gauge, type Registry } from 'prom-client';

/** What the agents of this process tell Prometheus. */
export interface AgentMetrics {
  countOutcome(outcome: {
    readonly policy: string;
    readonly proposal: { readonly action: string };
    readonly refusal: { readonly code: string } | null;
  }): void;
  countFailure(failure: { readonly isGivenUp: boolean }): void;
  /** @param read events of the log that the last agent has still to meet; null: no agent acts in this process. */
  readLagBy(read: () => number | null): void;
}

export function createAgentMetrics(registry: Registry): AgentMetrics {
  const registers = [registry];
  const proposals = new Counter({
    name: 'pylon_agent_proposals_total',
    help: 'What agents of this process proposed, by policy and action.',
    labelNames: ['policy', 'action'],
    registers,
  });
  const refusals = new Counter({
    name: 'pylon_agent_refusals_total',
    help: 'What of it was refused, by policy, action and code.',
    labelNames: ['policy', 'action', 'code'],
    registers,
  });
  const failures = new Counter({
    name: 'pylon_agent_failures_total',
    help: 'Times that an agent failed: it tried again, or gave up and reported ERROR.',
    labelNames: ['outcome'],
    registers,
  });
  let readLag: () => number | null = () => null;
  registry.registerMetric(
    new Gauge({
      name: 'pylon_agent_lag_events',
      help: 'Events of the log that the last agent has still to meet; absent where no agent acts in this process.',
      registers: [],
      collect() {
        const lag = readLag();
        if (lag === null) this.remove();
        else this.set(lag);
      },
    }),
  );
  return {
    countOutcome({ policy, proposal: { action }, refusal }) {
      proposals.inc({ policy, action });
      if (refusal) refusals.inc({ policy, action, code: refusal.code });
    },
    countFailure: ({ isGivenUp }) => failures.inc({ outcome: isGivenUp ? 'GIVEN_UP' : 'RETRIED' }),
    readLagBy: (read) => void (readLag = read),
  };
}
