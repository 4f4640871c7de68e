import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishFlexibilityWindow } from '../../../src/actions/flexibility/publish-flexibility-window.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { POLICIES } from '../../../src/agents/registry.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { replay } from '../../../src/planning/replay.js';
import { createHostedAgent, hostOf, type TestHost } from '../../support/agents.js';
import { createDataCentre, done, viewerOf } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const START = new Date('2026-03-02T08:00:00Z');
const at = (halfHours: number): Date => addHalfHours(START, halfHours);

describe('work that the agents move', () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let database: MovingDatabase;
  let host: TestHost;
  let viewer: KnownViewer;
  let desk: Tenant;

  /** Forecasts 200 g but for the half hours that are named. */
  const forecast = (clean: Readonly<Record<number, number>>) =>
    grid.record(
      REGIONAL,
      forecasts(START, 96, [13], (_region, i) => clean[i] ?? 200),
    );
  const advanceTo = async (halfHour: number): Promise<void> => {
    const ms = at(halfHour).getTime() + 5_000 - database.clock.now().getTime();
    await database.advance({ seconds: ms / 1000 });
    await host.settle();
  };
  const slots = async (): Promise<string[]> =>
    (
      await database.owner.query<{ slot: string }>(
        `select to_char(s.slot_from at time zone 'UTC', 'HH24:MI') as slot from placements p join placement_slots s using (placement_id)
         where p.state in ('CONFIRMED', 'RUNNING', 'DONE') order by s.slot_from`,
      )
    ).rows.map(({ slot }) => slot);
  const decisions = async (): Promise<Record<string, unknown>[]> =>
    (
      await database.owner.query<{ content: string }>('select content from decisions order by decision_id')
    ).rows.map(({ content }) => JSON.parse(content) as Record<string, unknown>);

  beforeAll(async () => {
    grid = await startGrid(START, createMovingDatabase);
    database = grid.database;
    const compute = await createTenant(database, 'Compute');
    desk = await createTenant(database, 'Grid', { type: 'GRID_OPERATOR' });
    viewer = await viewerOf(database, compute);
    await database.owner.query('update operators set is_synthetic = true where operator_id = $1', [
      compute.operatorId,
    ]);
    for (const type of ['COMPUTE_ORCHESTRATOR', 'FLEXIBILITY_AGENT', 'CARBON_OPTIMIZER'])
      await createHostedAgent(database, compute.operatorId, type.toLowerCase(), type);
    await createHostedAgent(database, desk.operatorId, 'grid-desk', 'GRID_OPERATOR');
    await createDataCentre(database, compute.operatorId, 'london-1', { capacityMw: 2, pue: 1.2 });
    // All of its work may be moved.
    await database.owner.query('update data_centres set flexibility_rating = 1');
    await forecast({ 12: 100, 13: 100 });
    host = hostOf(database, POLICIES, { withSynthetic: true });
    await host.settle();
    await done(database, viewer, submitWorkload, {
      jobId: 'job',
      name: 'A run',
      type: 'TRAINING_RUN',
      powerKw: 1_000,
      durationMinutes: 60,
      deadline: at(48),
    });
    await host.settle();
  });
  afterAll(async () => {
    await host.close();
    await grid.close();
  });

  it('is first placed in the cleanest window that is forecast', async () => {
    expect(await slots()).toEqual(['14:00', '14:30']);
    expect((await decisions()).map(({ type }) => type)).toEqual(['ACCEPT_WORKLOAD', 'DEFER_WORKLOAD']);
  });

  it('is moved when a newer forecast promises clearly less, by a decision that supersedes the first', async () => {
    await forecast({ 12: 100, 13: 100, 20: 50, 21: 50 });
    await advanceTo(1);
    expect(await slots()).toEqual(['18:00', '18:30']);
    const all = await decisions();
    const [placed, moved] = all.slice(-2);
    expect(moved).toMatchObject({
      type: 'CARBON_OPTIMIZATION',
      agentId: 'carbon_optimizer',
      supersedes: { decisionId: placed?.['decisionId'] },
      prediction: { predictedCarbonGco2: 60_000, carbonSavedGco2: 60_000 },
    });
    expect(moved?.['reasoning']).toContain('the newest forecast promises up to 60 kg CO2 less for job');
  });

  it('stays where a newer forecast promises little', async () => {
    await forecast({ 12: 100, 13: 100, 20: 50, 21: 50, 30: 48, 31: 48 });
    await advanceTo(2);
    expect(await slots()).toEqual(['18:00', '18:30']);
  });

  it('leaves a flexibility window for its price, by the six steps, and does not come back into it', async () => {
    await done(database, await viewerOf(database, desk), publishFlexibilityWindow, {
      flexibilityWindowId: 'evening',
      regionId: 18,
      service: 'TURN_DOWN',
      direction: 'DECREASE_DEMAND',
      volumeMw: 100,
      gbpPerMwh: 250,
      from: at(19),
      to: at(24),
    });
    await host.settle();
    expect(await slots()).toEqual(['23:00', '23:30']);
    const { rows } = await database.owner.query<Record<string, unknown>>(
      `select n.type, n.status, n.outcome ->> 'flexibilityRevenueGbp' as revenue, w.earliest_start from negotiations n join workloads w using (workload_id)`,
    );
    // 1.2 MW of the facility for an hour, at 250 GBP/MWh.
    expect(rows).toEqual([
      { type: 'FLEXIBILITY', status: 'ACCEPTED', revenue: '300', earliest_start: at(24) },
    ]);
    expect((await decisions()).slice(-5).map(({ type, agentId }) => [type, agentId])).toEqual([
      ['NEGOTIATE', 'flexibility_agent'],
      ['NEGOTIATE', 'grid-desk'],
      ['DEFER_WORKLOAD', 'flexibility_agent'],
      ['DEFER_WORKLOAD', 'flexibility_agent'],
      ['DEFER_WORKLOAD', 'flexibility_agent'],
    ]);
  });

  it('runs where it was moved to, and is paid what was agreed', async () => {
    await advanceTo(30);
    expect((await database.owner.query('select status from workloads')).rows).toEqual([
      { status: 'RUNNING' },
    ]);
    await advanceTo(32);
    const { rows } = await database.owner.query<Record<string, unknown>>(
      'select status, flexibility_revenue_gbp as revenue, completed_at, actual_carbon_gco2 between 45000 and 61000 as is_clean from workloads',
    );
    expect(rows).toEqual([{ status: 'COMPLETED', revenue: 300, completed_at: at(32), is_clean: true }]);
    expect([host.failures, host.errors]).toEqual([[], []]);
    const owner = await database.owner.connect();
    const { fault, replayed } = await verifyDecisions(owner, null, replay).finally(() => owner.release());
    expect(fault).toBeNull();
    // Placed, moved, and placed again.
    expect(replayed).toBe(3);
  });
});
