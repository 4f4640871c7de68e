/** Agents and their host for tests. */
import { startAgentHost, type AgentHost, type AgentHostOptions } from '../../src/agents/host.js';
import type { Policy } from '../../src/agents/policy.js';
import type { Outcome } from '../../src/agents/carry-out.js';
import type { ActionDatabase } from '../../src/database/actions.js';
import { createLeaseKeeper, type LeaseKeeper } from '../../src/database/lease-keeper.js';
import type { TestDatabase } from './database.js';

/** An agent that acts in a host, made behind the actions' back. */
export async function createHostedAgent(
  { owner }: Pick<TestDatabase, 'owner'>,
  operatorId: number,
  code: string,
  type: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const { rows } = await owner.query<{ agent_id: number }>(
    `insert into agents (code, name, type, operator_id) values ($1, $1, $2::agent_type, $3) returning agent_id`,
    [code, type, operatorId],
  );
  const id = rows[0]?.agent_id ?? 0;
  await owner.query('insert into agent_settings (agent_id, operator_id, config) values ($1, $2, $3)', [
    id,
    operatorId,
    { hosted: true, ...config },
  ]);
  return id;
}

export interface TestHost extends AgentHost {
  readonly leases: LeaseKeeper;
  readonly outcomes: Outcome[];
  readonly failures: {
    readonly agentId: string;
    readonly stimulus: string | null;
    readonly message: string;
    readonly isGivenUp: boolean;
  }[];
  readonly errors: string[];
  /** Rounds until one finds nothing new in the log. */
  settle(): Promise<void>;
  /** As a process that is killed: nothing is kept, the lease is not given back. */
  close(): Promise<void>;
}

/** A host that looks when it is told to, and fails fast. */
export function hostOf(
  database: TestDatabase & Pick<ActionDatabase, 'bap'>,
  policies: readonly Policy[],
  options: Partial<AgentHostOptions> & { readonly leaseSeconds?: number } = {},
): TestHost {
  const leases = createLeaseKeeper(database.pool, {
    seconds: options.leaseSeconds ?? 60,
    onError: () => undefined,
  });
  const outcomes: Outcome[] = [];
  const failures: TestHost['failures'] = [];
  const errors: string[] = [];
  const host = startAgentHost(
    { database, leases, policies },
    {
      withSynthetic: false,
      pollMs: null,
      retryMs: 1,
      onOutcome: (outcome) => outcomes.push(outcome),
      onFailure: (failure) => failures.push(failure),
      onError: (error) => errors.push(error),
      ...options,
    },
  );
  return {
    ...host,
    leases,
    outcomes,
    failures,
    errors,
    async settle() {
      const head = async (): Promise<string> =>
        (await database.owner.query<{ head: string }>('select last_sequence as head from event_head')).rows[0]
          ?.head ?? '';
      for (let before = ''; ;) {
        await host.round();
        const now = await head();
        if (now === before) return;
        before = now;
      }
    },
    async close() {
      await host.stop();
      await leases.close();
    },
  };
}
