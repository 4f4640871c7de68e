import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import type { Policy } from '../../../src/agents/policy.js';
import { POLICIES } from '../../../src/agents/registry.js';
import { replayDecision } from '../../../src/agents/replay.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { readRunStates } from '../../../src/database/forecast-revisions.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createHostedAgent, hostOf, type TestHost } from '../../support/agents.js';
import { createDataCentre, done, viewerOf } from '../../support/compute.js';
import { createTenant } from '../../support/tenants.js';
import {
  FORECASTS,
  LICENCE_AREAS,
  OUTTURNS,
  REGIONAL,
  forecasts,
  said,
  startGrid,
  type Grid,
} from '../graph/grid.js';

/** Within a half hour: nothing below is done because one begins. */
const START = new Date('2026-03-02T08:05:00Z');
const at = (halfHours: number): Date => addHalfHours(new Date('2026-03-02T08:00:00Z'), halfHours);

describe('a revised forecast', () => {
  let grid: Grid;
  let viewer: KnownViewer;
  let host: TestHost;
  /** Agents that looked after a run, in their order. */
  const looks: string[] = [];
  const watched = POLICIES.map((policy): Policy => ({
    ...policy,
    decide(shown) {
      const { stimulus, view } = shown;
      if (stimulus.kind === 'EVENT' && stimulus.topic === 'INGEST_RUNS') looks.push(view.agent.agentId);
      return policy.decide(shown);
    },
  }));

  /** Forecasts so much for London, and 250 g elsewhere, but for the half hours that are named. */
  const forecast = (usual: number, clean: Readonly<Record<number, number>>) =>
    grid.record(
      REGIONAL,
      forecasts(at(0), 96, LICENCE_AREAS, (region, i) => (region === 13 ? (clean[i] ?? usual) : 250)),
    );
  const submit = (jobId: string, more: Readonly<Record<string, unknown>> = {}) =>
    done(grid.database, viewer, submitWorkload, {
      jobId,
      name: jobId,
      type: 'TRAINING_RUN',
      powerKw: 500,
      durationMinutes: 60,
      deadline: at(48),
      ...more,
    });
  const statusOf = async (jobId: string): Promise<string | undefined> =>
    (
      await grid.database.owner.query<{ status: string }>('select status from workloads where job_id = $1', [
        jobId,
      ])
    ).rows[0]?.status;
  const slotsOf = async (jobId: string): Promise<string[]> =>
    (
      await grid.database.owner.query<{ slot: string }>(
        `select to_char(s.slot_from at time zone 'UTC', 'HH24:MI') as slot
         from placements p join placement_slots s using (placement_id) join workloads w using (workload_id)
         where p.state = 'CONFIRMED' and w.job_id = $1 order by s.slot_from`,
        [jobId],
      )
    ).rows.map(({ slot }) => slot);
  const newestDecision = async (): Promise<Record<string, unknown>> => {
    const { rows } = await grid.database.owner.query<{ content: string }>(
      'select content from decisions order by decision_id desc limit 1',
    );
    return JSON.parse(rows[0]?.content ?? '{}') as Record<string, unknown>;
  };

  beforeAll(async () => {
    grid = await startGrid(START);
    const compute = await createTenant(grid.database, 'Compute');
    viewer = await viewerOf(grid.database, compute);
    await createHostedAgent(grid.database, compute.operatorId, 'placer', 'COMPUTE_ORCHESTRATOR');
    await createHostedAgent(grid.database, compute.operatorId, 'mover', 'CARBON_OPTIMIZER');
    await createDataCentre(grid.database, compute.operatorId, 'london-1', { capacityMw: 2, pue: 1.2 });
    await grid.database.owner.query('update data_centres set flexibility_rating = 1');
    await forecast(200, { 12: 100, 13: 100 });
    host = hostOf(grid.database, watched, { withSynthetic: false });
    await host.settle();
    await submit('job');
    await host.settle();
    looks.length = 0;
  });
  afterAll(async () => {
    await host.close();
    await grid.close();
  });

  it('has placed work moved in the next round, by a decision that says by whose word and with what numbers', async () => {
    expect(await slotsOf('job')).toEqual(['14:00', '14:30']);
    const before = await newestDecision();
    await forecast(200, { 12: 100, 13: 100, 20: 50, 21: 50 });
    await host.round();
    expect(await slotsOf('job')).toEqual(['18:00', '18:30']);
    const moved = await newestDecision();
    expect(moved).toMatchObject({
      type: 'CARBON_OPTIMIZATION',
      agentId: 'mover',
      supersedes: { decisionId: before['decisionId'] },
      prediction: { predictedCarbonGco2: 30_000, carbonSavedGco2: 30_000 },
    });
    expect(moved['reasoning']).toContain(
      'carbon-intensity-regional revised what it forecasts: the newest forecast promises up to 30 kg CO2 less for job, 50 % of 60 kg',
    );
    expect(looks.splice(0).sort()).toEqual(['mover', 'placer']);
  });

  it('that says nothing new, or not of what is ahead and where work can be, is not looked at', async () => {
    const tried = host.outcomes.length;
    const said200 = (source: string, regionId: number, from: Date, kind: 'FORECAST' | 'OUTTURN') =>
      grid.record(source, [said({ regionId, from, kind, intensityGco2PerKwh: 30, index: 'LOW' })]);
    const same = await forecast(200, { 12: 100, 13: 100, 20: 50, 21: 50 });
    const national = await said200(FORECASTS, 18, at(30), 'FORECAST');
    const past = await said200(REGIONAL, 13, at(-4), 'FORECAST');
    const outturn = await said200(OUTTURNS, 18, at(-4), 'OUTTURN');
    await grid.fail(REGIONAL);
    await host.settle();
    expect([looks, host.outcomes.length]).toEqual([[], tried]);
    const runIds = [same, national, past, outturn].map(({ runId }) => runId);
    const states = await readRunStates(grid.database.pool, runIds);
    expect(runIds.map((id) => [states.get(id)?.rows_changed, states.get(id)?.revised_region_ids])).toEqual([
      [0, []],
      [1, [18]],
      [1, []],
      [1, []],
    ]);
  });

  it('opens a window for work that waits for one, and until then it is not tried', async () => {
    await submit('capped', { maxCarbonIntensityGco2PerKwh: 40 });
    await host.settle();
    expect(await statusOf('capped')).toBe('DEFERRED_CARBON');
    const tries = (): number =>
      host.outcomes.filter(
        ({ proposal }) => proposal.action === 'placeWorkload' && proposal.input['jobId'] === 'capped',
      ).length;
    const before = tries();
    await forecast(190, { 12: 100, 13: 100, 20: 50, 21: 50 });
    await host.round();
    expect([tries(), await statusOf('capped')]).toEqual([before, 'DEFERRED_CARBON']);
    await forecast(190, { 12: 100, 13: 100, 20: 50, 21: 50, 26: 35, 27: 35 });
    await host.round();
    expect([tries(), await statusOf('capped')]).toEqual([before + 1, 'SCHEDULED']);
    expect(await slotsOf('capped')).toEqual(['21:00', '21:30']);
  });

  it('costs one look, however often it was revised while nobody looked', async () => {
    await host.close();
    // More events than are read at once: 14 regions of 96 half hours each time.
    for (const usual of [180, 170, 160])
      await grid.record(
        REGIONAL,
        forecasts(at(0), 96, LICENCE_AREAS, () => usual),
      );
    looks.length = 0;
    host = hostOf(grid.database, watched, { withSynthetic: false });
    await host.settle();
    expect(looks.sort()).toEqual(['mover', 'placer']);
    expect(host.lag()).toBe(0);
  });

  it('is looked at again where the first look failed, and by nobody else', async () => {
    await host.close();
    let failed = 0;
    const failing = watched.map((policy): Policy => ({
      ...policy,
      decide(shown) {
        const proposals = policy.decide(shown);
        const isRun = shown.stimulus.kind === 'EVENT' && shown.stimulus.topic === 'INGEST_RUNS';
        if (isRun && policy.type === 'CARBON_OPTIMIZER' && (failed += 1) === 1) throw new Error('once');
        return proposals;
      },
    }));
    await grid.record(
      REGIONAL,
      forecasts(at(0), 96, LICENCE_AREAS, () => 150),
    );
    looks.length = 0;
    host = hostOf(grid.database, failing, { withSynthetic: false });
    while (failed < 2) await host.round();
    expect(looks.sort()).toEqual(['mover', 'mover', 'placer']);
    expect(host.failures.splice(0)).toMatchObject([{ agentId: 'mover', isGivenUp: false }]);
  });

  it('leaves a chain that is whole, of which every decision of ours is made again the same', async () => {
    expect([host.failures, host.errors]).toEqual([[], []]);
    const owner = await grid.database.owner.connect();
    const { fault, replayed } = await verifyDecisions(owner, null, replayDecision).finally(() =>
      owner.release(),
    );
    expect(fault).toBeNull();
    expect(replayed).toBeGreaterThanOrEqual(5);
  });
});
