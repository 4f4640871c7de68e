import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Policy, Proposal } from '../../../src/agents/policy.js';
import { readHostedAgents } from '../../../src/database/agent-cursors.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createHostedAgent, hostOf, type TestHost } from '../../support/agents.js';
import { done, viewerOf } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const NOW = new Date('2026-03-02T12:10:00Z');

let database: MovingDatabase;
let tenant: Tenant;
let viewer: KnownViewer;
let other: Tenant;
const hosts: TestHost[] = [];

beforeAll(async () => {
  database = await createMovingDatabase(NOW);
  tenant = await createTenant(database, 'Compute');
  other = await createTenant(database, 'Other');
  viewer = await viewerOf(database, tenant);
  await createHostedAgent(database, tenant.operatorId, 'taker', 'COMPUTE_ORCHESTRATOR');
  await createHostedAgent(database, tenant.operatorId, 'watcher', 'CARBON_OPTIMIZER');
  await createHostedAgent(database, other.operatorId, 'stranger', 'COMPUTE_ORCHESTRATOR');
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => database.drop());

const host = (policies: readonly Policy[], options: Parameters<typeof hostOf>[2] = {}): TestHost => {
  const started = hostOf(database, policies, options);
  hosts.push(started);
  return started;
};

let jobs = 0;
const submit = async (): Promise<string> => {
  const jobId = `job-${(jobs += 1)}`;
  await done(database, viewer, submitWorkload, {
    jobId,
    name: jobId,
    type: 'OTHER',
    powerKw: 10,
    durationMinutes: 60,
    deadline: new Date('2026-03-04T12:00Z'),
  });
  return jobId;
};

const statusOf = async (jobId: string): Promise<string | undefined> =>
  (await database.owner.query<{ status: string }>('select status from workloads where job_id = $1', [jobId]))
    .rows[0]?.status;

const count = async (sql: string, ...values: unknown[]): Promise<number> =>
  (await database.owner.query<{ count: number }>(`select count(*)::integer as count from ${sql}`, values))
    .rows[0]?.count ?? -1;

const queue = (jobId: string): Proposal => ({
  action: 'queueWorkload',
  input: { jobId },
  reason: `${jobId} is taken in`,
  decision: { type: 'ACCEPT_WORKLOAD', jobId, reasoning: `${jobId} is taken in.`, signals: [] },
});

/** Takes in whatever work is told of as PENDING. */
const taking = (decide: Policy['decide'], more: Partial<Policy> = {}): Policy => ({
  name: 'taking',
  version: '7',
  type: 'COMPUTE_ORCHESTRATOR',
  topics: ['WORKLOADS'],
  may: ['queueWorkload', 'deferWorkload', 'cancelWorkload' as never],
  needs: (stimulus) =>
    stimulus.kind === 'EVENT' && stimulus.state['status'] === 'PENDING'
      ? { workloads: Number(stimulus.state['workload_id']) }
      : null,
  decide,
  ...more,
});
const takesIn = taking(({ view }) => view.workloads.map(({ jobId }) => queue(jobId)));

describe('the host of the agents', () => {
  it('shows an agent the events of its operator, and does what its policy proposes as that operator', async () => {
    const running = host([takesIn]);
    await running.settle();
    const jobId = await submit();
    await running.settle();
    expect(await statusOf(jobId)).toBe('QUEUED');
    const { rows } = await database.owner.query<{ content: string; operator_id: number }>(
      `select d.content, d.operator_id from decisions d join workloads w using (workload_id) where w.job_id = $1`,
      [jobId],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]?.content ?? '')).toMatchObject({
      agentId: 'taker',
      policy: { name: 'pylon.taking', version: '7' },
      reasoning: `${jobId} is taken in.`,
    });
    // Nobody showed the other operator's agent of the same type anything of it.
    expect(new Set(running.outcomes.map(({ agentId }) => agentId))).toEqual(new Set(['taker']));
    const { rows: states } = await database.owner.query<{ status: string }>(
      `select s.status from agent_states s join agents a using (agent_id) where a.code = 'taker' order by agent_state_id desc limit 2`,
    );
    expect(states.map(({ status }) => status)).toEqual(['IDLE', 'EXECUTING']);
    expect(running.lag()).toBe(0);
  });

  it('goes on after a kill with what was decided, and does nothing twice', async () => {
    const first = host([takesIn]);
    await first.settle();
    const jobs = [await submit(), await submit()];
    // Both are decided on at the first one's event; the process dies when the first is done and nothing is kept of it.
    let decided = 0;
    const both = taking(() => {
      decided += 1;
      return decided === 1 ? jobs.map(queue) : [];
    });
    const dying = host([both], { onOutcome: () => void cut() });
    const cut = (): never => {
      throw new Error('killed');
    };
    await first.close();
    await dying.round();
    expect(await statusOf(jobs[0] ?? '')).toBe('QUEUED');
    expect(await statusOf(jobs[1] ?? '')).toBe('PENDING');
    await dying.close();

    // What it would decide now is another thing; what was decided stands.
    const next = host([taking(() => [])]);
    await next.settle();
    for (const jobId of jobs) {
      expect(await statusOf(jobId)).toBe('QUEUED');
      expect(await count('decisions d join workloads w using (workload_id) where w.job_id = $1', jobId)).toBe(
        1,
      );
    }
    const events = `event_log where topic = 8 and state ->> 'job_id' = any ($1) and state ->> 'status' = 'QUEUED'`;
    expect(await count(events, jobs)).toBe(2);
    expect(next.outcomes.map(({ refusal }) => refusal)).toEqual([null, null]);
    expect(await count('agent_cursors where pending is not null')).toBe(0);
  });

  it('is one process at a time: of two that look at the same event, one acts', async () => {
    const [a, b] = [host([takesIn]), host([takesIn])];
    expect(await a.round()).toBe(true);
    const jobId = await submit();
    expect(await Promise.all([a.round(), b.round(), a.round(), b.round()])).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(b.outcomes).toEqual([]);
    expect(b.lag()).toBeNull();
    expect(await statusOf(jobId)).toBe('QUEUED');
    await a.close();
    expect(await b.round()).toBe(true);
    await b.settle();
    expect(b.outcomes).toEqual([]);
  });

  it('lets one that lost the lease fix nothing, and so do nothing', async () => {
    let steal = async (): Promise<void> => undefined;
    const late = host([
      taking(async ({ view }) => {
        await steal();
        return view.workloads.map(({ jobId }) => queue(jobId));
      }),
    ]);
    await late.settle();
    const jobId = await submit();
    steal = async () =>
      void (await database.owner.query(
        `update leases set holder = 'another', fencing = fencing + 1 where name = 'agents'`,
      ));
    await late.round();
    expect(late.errors.join()).toMatch(/lease agents/);
    expect(await statusOf(jobId)).toBe('PENDING');
    expect(late.outcomes).toEqual([]);
    await database.owner.query(`update leases set expires_at = '-infinity' where name = 'agents'`);
    const next = host([takesIn]);
    await next.settle();
    expect(await statusOf(jobId)).toBe('QUEUED');
  });

  it('has a slow policy and a failing one keep nobody up, and says what failed', async () => {
    let release = (): void => undefined;
    const slow = new Promise<readonly Proposal[]>((resolve) => (release = () => resolve([])));
    const thinking = taking(() => slow, { name: 'thinking', type: 'CARBON_OPTIMIZER' });
    const running = host([takesIn, thinking], { policyTimeoutMs: 60_000 });
    await running.settle();
    const jobId = await submit();
    const round = running.round();
    await expect.poll(() => statusOf(jobId), { timeout: 10_000 }).toBe('QUEUED');
    release();
    await round;

    const failing = taking(
      () => {
        throw new Error('out of its mind');
      },
      { name: 'failing', type: 'CARBON_OPTIMIZER' },
    );
    await running.close();
    const next = host([takesIn, failing], { attempts: 3 });
    await next.settle();
    const [lost, kept] = [await submit(), await submit()];
    for (let i = 0; i < 6; i += 1) {
      await next.round();
      await new Promise((resolve) => setTimeout(resolve, 10)); // longer than its pauses
    }
    expect(await statusOf(lost)).toBe('QUEUED');
    expect(await statusOf(kept)).toBe('QUEUED');
    expect(next.failures.map(({ agentId, isGivenUp }) => [agentId, isGivenUp])).toEqual([
      ['watcher', false],
      ['watcher', false],
      ['watcher', true],
      ['watcher', false],
      ['watcher', false],
      ['watcher', true],
    ]);
    const { rows } = await database.owner.query<{ status: string; state: Record<string, unknown> }>(
      `select a.status, s.state from agent_states s join agents a using (agent_id) where a.code = 'watcher'
       order by agent_state_id desc limit 1`,
    );
    expect(rows[0]).toMatchObject({
      status: 'ERROR',
      state: { error: 'the policy failed: out of its mind', attempts: 3 },
    });

    // It is met with the next event as if nothing had been, and comes back.
    await next.close();
    const healed = host([
      taking(({ view }) => view.workloads.map(({ jobId: id }) => queue(id)), { type: 'CARBON_OPTIMIZER' }),
    ]);
    await submit();
    await healed.settle();
    const { rows: agents } = await database.owner.query(`select status from agents where code = 'watcher'`);
    expect(agents).toEqual([{ status: 'IDLE' }]);
  });

  it('gives a policy up that does not answer in time', async () => {
    const never = taking(() => new Promise<readonly Proposal[]>(() => undefined));
    const running = host([never], { policyTimeoutMs: 20, attempts: 1 });
    await running.settle();
    await submit();
    await running.round();
    expect(running.failures.at(-1)).toMatchObject({
      agentId: 'taker',
      message: 'it did not answer within 20 ms',
      isGivenUp: true,
    });
  });

  it.each<[string, (jobId: string) => Proposal, RegExp]>([
    [
      'another action than it may propose',
      (jobId) => ({ action: 'failWorkload', input: { jobId, reason: 'x' }, reason: 'x' }),
      /is none of those it may make/,
    ],
    [
      'a move without its decision',
      (jobId) => ({ action: 'queueWorkload', input: { jobId }, reason: 'x' }),
      /without its decision/,
    ],
    ['nothing for a reason', (jobId) => ({ ...queue(jobId), reason: ' ' }), /its reason/],
    [
      "another's agent",
      (jobId) => ({ ...queue(jobId), input: { jobId, agentId: 'stranger' } }),
      /names another agent/,
    ],
  ])('carries nothing out when a policy proposes %s', async (_what, proposal, message) => {
    const jobId = await submit();
    const wrong = taking(({ view }) => view.workloads.flatMap(({ jobId: id }) => [queue(id), proposal(id)]));
    const running = host([wrong], { attempts: 1 });
    await running.settle();
    expect(running.failures.at(-1)?.message).toMatch(message);
    expect(running.failures.at(-1)?.isGivenUp).toBe(true);
    expect(await statusOf(jobId)).toBe('PENDING');
    expect(running.outcomes).toEqual([]);
  });

  it('asks a policy what is to be done instead of what was refused, once, also when it goes on after a kill', async () => {
    let asked = 0;
    const stubborn = taking(
      ({ view }) =>
        view.workloads.map(({ jobId }) => ({ ...queue('no-such-job'), reason: `first try for ${jobId}` })),
      {
        onRefusal({ view }, _proposal, refusal) {
          asked += 1;
          expect(refusal.code).toBe('NOT_FOUND');
          return view.workloads.map(({ jobId }) => queue(jobId));
        },
      },
    );
    let isCut = false;
    const first = host([stubborn], {
      onOutcome: () => {
        if (isCut) throw new Error('killed');
      },
    });
    await first.settle();
    const jobId = await submit();
    isCut = true;
    await first.round();
    expect(await statusOf(jobId)).toBe('PENDING');
    await first.close();
    const next = host([stubborn]);
    await next.settle();
    expect(await statusOf(jobId)).toBe('QUEUED');
    expect(asked).toBe(1);
    expect(next.outcomes.map(({ refusal }) => refusal?.code ?? 'done')).toEqual(['NOT_FOUND', 'done']);
  });

  it('begins where it began, also when it was killed before it had anything to do', async () => {
    await createHostedAgent(database, tenant.operatorId, 'late', 'FLEXIBILITY_AGENT');
    const late = taking(({ view }) => view.workloads.map(({ jobId }) => queue(jobId)), {
      type: 'FLEXIBILITY_AGENT',
    });
    const first = host([late]);
    await first.round();
    // Killed: it does not tell where it was.
    const { rows } = await database.owner.query<{ sequence: string }>(
      `select sequence from agent_cursors c join agents a using (agent_id) where a.code = 'late'`,
    );
    expect(rows).toHaveLength(1);
    const jobId = await submit();
    await database.owner.query(
      `update leases set holder = 'killed', expires_at = '-infinity' where name = 'agents'`,
    );
    const next = host([late]);
    await next.settle();
    expect(await statusOf(jobId)).toBe('QUEUED');
  });

  it('wakes agents once each half hour, by the clock of the server', async () => {
    const seen: string[] = [];
    const ticking = taking(() => [], {
      needs(stimulus, { agentId }) {
        if (stimulus.kind === 'HALF_HOUR' && agentId === 'taker') seen.push(stimulus.from.toISOString());
        return null;
      },
    });
    await database.advance({ minutes: 30 });
    const running = host([ticking]);
    await running.settle();
    await running.settle();
    await database.advance({ minutes: 30 });
    await running.settle();
    expect(seen.map((at) => at.slice(11, 16))).toEqual(['12:30', '13:00']);
    // Kept when it stops: another process does not wake them again.
    await running.close();
    await host([ticking]).settle();
    expect(seen).toHaveLength(2);
  });
});

it('hosts agents whose operator wants it, and none of an operator that is not active', async () => {
  await createHostedAgent(database, other.operatorId, 'own-program', 'STORAGE_AGENT', { hosted: false });
  const hosted = async () =>
    (await readHostedAgents(database.pool, { withSynthetic: true })).map(({ agentId }) => agentId);
  expect(await hosted()).toEqual(['taker', 'watcher', 'stranger', 'late']);
  await database.owner.query('update operators set is_active = false where operator_id = $1', [
    other.operatorId,
  ]);
  expect(await hosted()).toEqual(['taker', 'watcher', 'late']);
  await database.owner.query(
    'update operators set is_synthetic = true, is_active = true where operator_id = $1',
    [other.operatorId],
  );
  expect(await hosted()).toEqual(['taker', 'watcher', 'stranger', 'late', 'own-program']);
});
