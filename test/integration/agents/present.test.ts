import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { POLICIES } from '../../../src/agents/registry.js';
import { replayDecision } from '../../../src/agents/replay.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createHostedAgent, hostOf, type TestHost } from '../../support/agents.js';
import { createDataCentre, done, viewerOf } from '../../support/compute.js';
import { createTenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const START = new Date('2026-03-02T12:00:00Z');
const NOW = new Date('2026-03-02T12:07:00Z');
const at = (halfHours: number): Date => addHalfHours(START, halfHours);

describe('work of a few minutes', () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let database: MovingDatabase;
  let host: TestHost;
  let viewer: KnownViewer;

  interface Stored {
    readonly status: string;
    readonly slot: Date | null;
    readonly ranMs: number | null;
    readonly wattHours: number | null;
    readonly gco2: number | null;
    readonly completedAt: Date | null;
    readonly startedAt: Date | null;
  }
  const stored = async (jobId: string): Promise<Stored | undefined> =>
    (
      await database.owner.query<Stored>(
        `select w.status::text, (select min(s.slot_from) from placements p join placement_slots s using (placement_id)
            where p.workload_id = w.workload_id and p.state in ('CONFIRMED', 'RUNNING', 'DONE')) as slot,
          (select sum(extract(epoch from r.stopped_at - r.started_at) * 1000)::double precision from workload_runs r
            where r.workload_id = w.workload_id) as "ranMs",
          w.actual_energy_kwh * 1000 as "wattHours", w.actual_carbon_gco2 as gco2, w.completed_at as "completedAt", w.started_at as "startedAt"
        from workloads w where w.job_id = $1`,
        [jobId],
      )
    ).rows[0];
  const submit = (jobId: string, work: object) =>
    done(database, viewer, submitWorkload, {
      ...{ jobId, name: jobId, type: 'RAG_QUERY', powerKw: 10, durationMinutes: 6, deadline: at(4) },
      ...work,
    });
  const startHost = (options: Parameters<typeof hostOf>[2] = {}): TestHost =>
    hostOf(database, POLICIES, { withSynthetic: true, ...options });
  const replaceHost = async (): Promise<void> => {
    await host.close();
    host = startHost();
  };
  /** Another host looks, and dies when it has done something and not kept that it did; then comes the next. */
  const dieAfter = async (action: string): Promise<void> => {
    await host.close();
    const dying = startHost({
      onOutcome({ proposal }) {
        if (proposal.action === action) throw new Error('killed');
      },
    });
    await dying.round();
    await dying.close();
    host = startHost();
  };
  const count = async (from: string): Promise<number> =>
    (await database.owner.query<{ count: number }>(`select count(*)::integer as count from ${from}`)).rows[0]
      ?.count ?? -1;
  const outcomesOf = (jobId: string): string[] =>
    host.outcomes
      .filter(({ proposal }) => proposal.input['jobId'] === jobId)
      .map(({ proposal, refusal }) => `${proposal.action}${refusal ? ` ${refusal.code}` : ''}`);

  beforeAll(async () => {
    grid = await startGrid(NOW, createMovingDatabase);
    database = grid.database;
    const compute = await createTenant(database, 'Compute');
    viewer = await viewerOf(database, compute);
    await database.owner.query('update operators set is_synthetic = true where operator_id = $1', [
      compute.operatorId,
    ]);
    await createHostedAgent(database, compute.operatorId, 'orchestrator', 'COMPUTE_ORCHESTRATOR');
    await createDataCentre(database, compute.operatorId, 'london-1', { capacityMw: 1, pue: 1.2 });
    // The half hour that runs is dirtier than the next, and cleaner than all others.
    await grid.record(
      REGIONAL,
      forecasts(START, 96, [13], (_region, i) => (i === 0 ? 200 : i === 1 ? 100 : 300)),
    );
    host = startHost();
    await host.settle();
  });
  afterAll(async () => {
    await host.close();
    await grid.close();
  });

  it('that is urgent is taken in, placed in the half hour that runs and begun, in no time', async () => {
    await submit('urgent', { isDeferrable: false });
    await submit('patient', {});
    await submit('whole', { isDeferrable: false, durationMinutes: 30 });
    await host.settle();
    expect(outcomesOf('urgent')).toEqual(['queueWorkload', 'placeWorkload', 'startWorkload']);
    expect(await stored('urgent')).toMatchObject({ status: 'RUNNING', slot: at(0) });
    // What may wait for a cleaner half hour does, and what needs the whole of one.
    expect(await stored('patient')).toMatchObject({ status: 'SCHEDULED', slot: at(1) });
    expect(await stored('whole')).toMatchObject({ status: 'SCHEDULED', slot: at(1) });
  });

  it('is not ended before its minutes have run, whoever looks', async () => {
    await database.advance({ minutes: 5 });
    await replaceHost();
    await host.settle();
    expect(host.outcomes).toEqual([]);
    expect(await stored('urgent')).toMatchObject({ status: 'RUNNING', completedAt: null });
  });

  it('is ended once, at the minute that it was done, by hosts of which one is killed at it', async () => {
    await database.advance({ minutes: 1, seconds: 40 });
    await dieAfter('completeWorkload');
    expect(await stored('urgent')).toMatchObject({ status: 'COMPLETED' });
    expect(await count('agent_cursors where pending is not null')).toBe(1);
    await host.settle();
    // Done again under its key, it is answered as before.
    expect(outcomesOf('urgent')).toEqual(['completeWorkload']);
    expect(await count('agent_cursors where pending is not null')).toBe(0);
    expect(await count('workload_runs')).toBe(1);
    expect(await count('workload_consumption')).toBe(1);
    const work = await stored('urgent');
    expect(work).toMatchObject({ status: 'COMPLETED', ranMs: 6 * 60_000 });
    expect(work!.completedAt!.getTime() - work!.startedAt!.getTime()).toBe(6 * 60_000);
    expect(work!.completedAt! < at(1)).toBe(true);
    // Made-up energy of a kWh, 5 % more or less, at 200 g and a PUE of 1.2.
    expect(Math.abs(work!.wattHours! - 1_000)).toBeLessThanOrEqual(50);
    expect(work!.gco2!).toBeCloseTo((work!.wattHours! / 1000) * 1.2 * 200, 6);
  });

  it('is not put into what is left of a half hour when that is too little', async () => {
    await database.advance({ minutes: 10 });
    await submit('late', { isDeferrable: false });
    await host.settle();
    expect(await stored('late')).toMatchObject({ status: 'SCHEDULED', slot: at(1) });
  });

  it('wakes its agent once for however many beats nobody was there for', async () => {
    await replaceHost();
    await database.advance({ minutes: 7 });
    await host.settle();
    for (const jobId of ['patient', 'whole', 'late']) expect(outcomesOf(jobId)).toEqual(['startWorkload']);
    await database.advance({ minutes: 15 });
    await replaceHost();
    await host.settle();
    for (const jobId of ['patient', 'late']) expect(outcomesOf(jobId)).toEqual(['completeWorkload']);
    expect(outcomesOf('whole')).toEqual([]);
    await database.advance({ minutes: 15 });
    await host.settle();
    expect(await stored('whole')).toMatchObject({ status: 'COMPLETED' });
    expect((await stored('whole'))!.completedAt! <= at(2)).toBe(true);
  });

  it('leaves decisions that are whole, and that come out the same when they are made again', async () => {
    expect([host.failures, host.errors]).toEqual([[], []]);
    const owner = await database.owner.connect();
    const { fault, replayed, verified } = await verifyDecisions(owner, null, replayDecision).finally(() =>
      owner.release(),
    );
    expect(fault).toBeNull();
    // One that takes it in and one that places it, of each.
    expect(verified).toBe(8);
    expect(replayed).toBe(verified);
    const { rows } = await database.owner.query<{ saved: number | null }>(
      `select (content::jsonb -> 'prediction' ->> 'carbonSavedGco2')::double precision as saved from decisions d
         join workloads w using (workload_id)
       where content::jsonb -> 'policy' ->> 'name' = 'pylon.planner' order by w.workload_id`,
    );
    // Against the first half hour that each could have begun in: only the patient one waited, 1 kWh for half the carbon.
    expect(rows.map(({ saved }) => saved)).toEqual([0, 120, 0, 0]);
  });
});
