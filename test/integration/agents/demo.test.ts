import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { POLICIES } from '../../../src/agents/registry.js';
import { shownOf, sightOf } from '../../../src/agents/plan.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { readDecisionContent } from '../../../src/domain/compute/decision-content.js';
import { expireNegotiations } from '../../../src/database/negotiations.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { fleetOf } from '../../../src/fleet/fleet.js';
import { seedFleet } from '../../../src/fleet/seed.js';
import { LOCAL_JOBS } from '../../../src/fleet/local-jobs.js';
import { publishWindows, submitArrivals, type Simulation } from '../../../src/fleet/simulation.js';
import { URGENT_QUERIES } from '../../../src/fleet/urgent-queries.js';
import { replayDecision } from '../../../src/agents/replay.js';
import { hostOf, type TestHost } from '../../support/agents.js';
import { ALL_REGIONS, FORECASTS, REGIONAL, mix, said, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const NOW = new Date('2026-03-02T14:00:20Z');
const START = new Date('2026-03-02T14:00:00Z');
/** Half hours that the demo runs, and that work arrives in. */
const RUNS = 36;
const ARRIVES = 4;
const FORECAST_HALF_HOURS = 110;
const SEED = 1;
const RATE_PER_HOUR = 20;
const OPERATORS = ['thameside', 'caledonia', 'tidewater', 'gridwatch'];

/** Clean at night and in the north, dirty in the evening. */
const intensityAt = (regionId: number, at: Date): number => {
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const shape = Math.cos(((hour - 18) / 12) * Math.PI); // 1 at 18:00, −1 at 06:00
  return Math.round(regionId * 5 + 130 + 80 * shape);
};
const stressAt = (at: Date): number => (at.getUTCHours() >= 16 && at.getUTCHours() < 19 ? 0.82 : 0.3);

describe('the demo, a day of it in one go', () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let database: MovingDatabase;
  let host: TestHost;

  const all = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await database.owner.query<Row>(sql)).rows;
  const count = async (from: string): Promise<number> =>
    (await all<{ count: number }>(`select count(*)::integer as count from ${from}`))[0]?.count ?? -1;

  beforeAll(async () => {
    grid = await startGrid(NOW, createMovingDatabase);
    database = grid.database;
    const starts = Array.from({ length: FORECAST_HALF_HOURS }, (_, i) => addHalfHours(START, i));
    await grid.record(
      REGIONAL,
      starts.flatMap((from) =>
        ALL_REGIONS.filter((regionId) => regionId < 18).map((regionId) =>
          said({
            regionId,
            from,
            intensityGco2PerKwh: intensityAt(regionId, from),
            index: 'MODERATE',
            mix: mix({ WIND: 1000 - intensityAt(regionId, from) * 3, GAS: intensityAt(regionId, from) * 3 }),
          }),
        ),
      ),
    );
    await grid.record(
      FORECASTS,
      starts.map((from) => said({ from, intensityGco2PerKwh: intensityAt(8, from), index: 'MODERATE' })),
    );
    await grid.recordSeries(
      'grid_stress',
      starts.map((at) => ({
        at,
        issuedAt: null,
        kind: 'DERIVED' as const,
        stress: stressAt(at),
        formula: 'of this test',
      })),
    );
    await grid.recordSeries(
      'market_prices',
      starts.map((at) => ({
        at,
        kind: 'OUTTURN' as const,
        issuedAt: null,
        market: 'MARKET_INDEX' as const,
        provider: 'APXMIDP',
        gbpPerMwh: intensityAt(8, at) / 2,
        volumeMwh: 1000,
        expectedErrorGbpPerMwh: null,
        formula: null,
      })),
      'elexon-market-index',
    );
    const fleet = fleetOf(SEED).filter(({ slug }) => OPERATORS.includes(slug));
    const { viewers, refused } = await seedFleet(database, fleet);
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
    // Little room, so that not everything fits where it is cleanest.
    await database.owner.query('update data_centres set capacity_mw = 0.6');
    const simulation: Simulation = { database, fleet, viewers, seed: SEED };
    const arrivals = [
      submitArrivals(RATE_PER_HOUR, submitWorkload),
      submitArrivals(RATE_PER_HOUR / 4, submitWorkload, URGENT_QUERIES),
      submitArrivals(RATE_PER_HOUR / 4, submitWorkload, LOCAL_JOBS),
    ];
    /** To so many seconds after the beginning of a half hour, however long the last one took. */
    const advanceTo = (instant: Date): Promise<void> =>
      database.advance({ seconds: (instant.getTime() - database.clock.now().getTime()) / 1000 });
    host = hostOf(database, POLICIES, { withSynthetic: true });
    await publishWindows(simulation, { from: addHalfHours(START, -24), to: START });
    for (let i = 0; i < RUNS; i += 1) {
      const span = { from: addHalfHours(START, i), to: addHalfHours(START, i + 1) };
      await host.settle();
      if (i < ARRIVES) {
        for (const step of arrivals) await step(simulation, span);
        await host.settle();
      }
      await advanceTo(addHalfHours(NOW, i + 1));
      await expireNegotiations(database.pool);
    }
    await host.settle();
  }, 240_000);
  afterAll(async () => {
    await host.close();
    await grid.close();
  });

  it('takes work in, defers, negotiates, places and completes it, and no agent fails', async () => {
    expect([host.failures, host.errors]).toEqual([[], []]);
    const byStatus = Object.fromEntries(
      (
        await all<{ status: string; count: number }>(
          'select status, count(*)::integer as count from workloads group by status',
        )
      ).map(({ status, count: n }) => [status, n]),
    );
    expect(byStatus['PENDING'] ?? 0).toBe(0);
    expect(byStatus['COMPLETED']).toBeGreaterThan(12);
    const types = (await all<{ type: string }>('select distinct type from decisions order by 1')).map(
      ({ type }) => type,
    );
    expect(types).toEqual(
      expect.arrayContaining([
        'ACCEPT_WORKLOAD',
        'DEFER_WORKLOAD',
        'NEGOTIATE',
        'SCALE_DOWN',
        'SCHEDULE_DISCHARGE',
      ]),
    );
    expect(await count("negotiations where status = 'ACCEPTED'")).toBeGreaterThan(2);
    const policies = await all<{ policy: string }>(
      "select distinct content::jsonb -> 'policy' ->> 'name' as policy from decisions order by 1",
    );
    expect(policies.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining(['pylon.planner', 'pylon.grid-operator', 'pylon.orchestrator', 'pylon.storage']),
    );
    expect(await count("agents where status <> 'IDLE'")).toBe(0);
    expect(await count('agent_cursors where pending is not null')).toBe(0);
  });

  it('breaks no limit of any work, and no half hour is over capacity', async () => {
    const kept = "p.state in ('CONFIRMED', 'RUNNING', 'DONE')";
    const placed = `placements p join placement_slots s using (placement_id) join workloads w using (workload_id)
      join data_centres d on d.data_centre_id = p.data_centre_id
      left join grid_signals g on g.region_id = d.region_id and g.from_at = s.slot_from
      left join grid_stress t on t.at = s.slot_from left join market_prices m on m.at = s.slot_from`;
    expect(await count(`${placed} where ${kept}`)).toBeGreaterThan(60);
    expect(
      await all(`select w.job_id, s.slot_from, d.dc_id from ${placed} where ${kept} and not (
        s.slot_from + interval '30 minutes' > w.earliest_start and s.slot_from + interval '30 minutes' <= w.deadline
        and (w.allowed_region_ids = '{}' or d.region_id = any (w.allowed_region_ids))
        and (w.max_carbon_intensity_gco2_per_kwh is null or g.forecast_gco2_per_kwh <= w.max_carbon_intensity_gco2_per_kwh)
        and (w.max_grid_stress is null or t.stress <= w.max_grid_stress)
        and (w.max_price_gbp_per_mwh is null or m.gbp_per_mwh <= w.max_price_gbp_per_mwh))`),
    ).toEqual([]);
    expect(
      await all(`select data_centre_id, slot_from from placements p join placement_slots s using (placement_id, data_centre_id)
        join data_centres d using (data_centre_id) where ${kept}
        group by data_centre_id, slot_from, d.capacity_mw having sum(s.facility_w) > d.capacity_mw * 1e6`),
    ).toEqual([]);
    expect(
      await all(`select w.job_id from workloads w where w.status = 'COMPLETED' and (w.completed_at > w.deadline or w.started_at < w.earliest_start
        or (w.carbon_budget_gco2 is not null and w.actual_carbon_gco2 > w.carbon_budget_gco2 * 1.06)
        or (w.max_cost_gbp is not null and w.actual_cost_gbp > w.max_cost_gbp * 1.06))`),
    ).toEqual([]);
  });

  it('runs each work once, in all the half hours of its one place', async () => {
    expect(
      await all(`select w.job_id from workloads w where w.status = 'COMPLETED'
        and (select count(*) from placements p where p.workload_id = w.workload_id and p.state = 'DONE') <> 1`),
    ).toEqual([]);
    expect(
      await all(`select w.job_id, w.duration_minutes, sum(r.stopped_at - r.started_at) as ran from workloads w
        join workload_runs r using (workload_id) where w.status = 'COMPLETED'
        group by w.workload_id having extract(epoch from sum(r.stopped_at - r.started_at)) / 60 - w.duration_minutes not between -2 and 0.001`),
    ).toEqual([]);
    // Urgent work begins in the half hour that it comes in, where that is long enough.
    expect(
      await count("workloads where status = 'COMPLETED' and urgency = 'CRITICAL' and duration_minutes < 10"),
    ).toBeGreaterThan(5);
  });

  it('explains every move, in words and with what it was decided from, and the chain holds', async () => {
    const decisions = await all<{ content: string }>('select content from decisions');
    expect(decisions.length).toBeGreaterThan(60);
    for (const { content } of decisions) {
      const { agentId, policy, reasoning } = JSON.parse(content) as Record<string, unknown>;
      expect({ agentId, policy, reasoning }).toEqual({
        agentId: expect.stringMatching(/^(thameside|caledonia|tidewater|gridwatch)-/) as string,
        policy: { name: expect.any(String) as string, version: expect.stringMatching(/^[12]$/) as string },
        reasoning: expect.stringMatching(/\w.{20,}\.$/s) as string,
      });
    }
    const unexplained = await all(`select w.job_id from workloads w where w.status <> 'PENDING'
      and not exists (select from decisions d where d.workload_id = w.workload_id)`);
    expect(unexplained).toEqual([]);
    const unplaced =
      await all(`select p.code from placements p where p.state in ('CONFIRMED', 'RUNNING', 'DONE')
      and not exists (select from decisions d where d.workload_id = p.workload_id and d.target_data_centre_id = p.data_centre_id)`);
    expect(unplaced).toEqual([]);
    const owner = await database.owner.connect();
    const { fault, replayed, verified } = await verifyDecisions(owner, null, replayDecision).finally(() =>
      owner.release(),
    );
    expect(fault).toBeNull();
    expect(replayed).toBeGreaterThan(10);
    expect(replayed).toBe(verified);
  });

  it('has decisions of agents that do not come out the same when what they say, or were shown, is another', async () => {
    const { rows } = await database.owner.query<{ content: string }>(
      `select content from decisions where content::jsonb -> 'policy' ->> 'name' = 'pylon.orchestrator' order by decision_id limit 1`,
    );
    const content = readDecisionContent(rows[0]!.content);
    const kept = content.inputs.own as { sight: string };
    const shown = shownOf(kept.sight);
    const later = { ...shown, view: { ...shown.view, outlook: [], workloads: [] } };
    const shownOther = { ...content.inputs, own: { ...kept, sight: sightOf(later) } };
    expect(replayDecision(content)).toEqual({ kind: 'SAME' });
    expect(replayDecision({ ...content, reasoning: 'because' })).toMatchObject({ kind: 'DIFFERENT' });
    expect(replayDecision({ ...content, jobId: 'another' })).toMatchObject({ kind: 'DIFFERENT' });
    expect(replayDecision({ ...content, inputs: shownOther })).toMatchObject({ kind: 'DIFFERENT' });
    const broken = { ...content.inputs, own: { ...kept, sight: 'H4sI' } };
    expect(replayDecision({ ...content, inputs: broken })).toMatchObject({ kind: 'DIFFERENT' });
    const theirs = { name: 'somebody', version: '1' };
    expect(replayDecision({ ...content, policy: theirs })).toEqual({ kind: 'NOT_OURS' });
  });

  it('keeps stores within what they can hold, and earns where it was agreed', async () => {
    expect(await count('storage_assets where charge_mwh < 0 or charge_mwh > capacity_mwh')).toBe(0);
    expect(await count("event_log where topic = 15 and state ->> 'status' = 'DISCHARGING'")).toBeGreaterThan(
      0,
    );
    expect(
      await count("flexibility_windows where code like 'stress-%' and direction = 'DECREASE_DEMAND'"),
    ).toBeGreaterThan(0);
  });
});
