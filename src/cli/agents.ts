import { startAgentHost, type AgentHost } from '../agents/host.js';
import { POLICIES } from '../agents/registry.js';
import { bapOf } from '../beckn/bap.js';
import type { Runtime } from '../runtime.js';
import type { AgentMetrics } from '../server/agent-metrics.js';

/** How often it is looked whether an agent has something to do. */
const POLL_MS = 1_000;

/** The agents beside the server, until stopped: in one process of those on a database at a time. */
export function startAgents(
  { config, database, leases, log }: Pick<Runtime, 'config' | 'database' | 'leases' | 'log'>,
  metrics: AgentMetrics,
): Pick<AgentHost, 'stop'> {
  const host = startAgentHost(
    { database: { ...database, bap: bapOf(config) }, leases, policies: POLICIES },
    {
      withSynthetic: config.DEMO,
      pollMs: POLL_MS,
      onOutcome(outcome) {
        metrics.countOutcome(outcome);
        const { agentId, policy, proposal, refusal } = outcome;
        const what = { agentId, policy, action: proposal.action, reason: proposal.reason };
        if (refusal) {
          const faults = refusal.faults.map(({ message }) => message);
          log.info({ ...what, code: refusal.code, message: refusal.message, faults }, 'agent.refused');
        } else log.debug(what, 'agent.acted');
      },
      onFailure(failure) {
        metrics.countFailure(failure);
        if (failure.isGivenUp) log.error(failure, 'agent.failed');
        else log.warn(failure, 'agent.retries');
      },
      onError: (error) => log.error({ error }, 'agents.look.failed'),
    },
  );
  metrics.readLagBy(() => host.lag());
  return {
    async stop() {
      metrics.readLagBy(() => null);
      await host.stop();
    },
  };
}
