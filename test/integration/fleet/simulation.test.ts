import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAction } from '../../../src/actions/action.js';
import { arrivalsIn, type FleetWorkload } from '../../../src/fleet/arrivals.js';
import { flexibilityWindowsIn } from '../../../src/fleet/flexibility.js';
import { fleetOf } from '../../../src/fleet/fleet.js';
import { seedFleet } from '../../../src/fleet/seed.js';
import { publishWindows, submitArrivals, type Simulation } from '../../../src/fleet/simulation.js';
import { URGENT_QUERIES } from '../../../src/fleet/urgent-queries.js';
import { ARRIVALS_PER_HOUR } from '../../../src/fleet/workload-kinds.js';
import { simulateSpan, startSimulator, type SpanReport } from '../../../src/fleet/simulator.js';
import { addHalfHours, halfHours } from '../../../src/domain/half-hour.js';
import type { TestDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';
import { startGrid, type Grid } from '../graph/grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const hoursFromNow = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);

/** Takes a workload as far as this test looks at it. */
const submit = defineAction({
  name: 'submitWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.custom<FleetWorkload>((value) => typeof value === 'object' && value !== null),
  async perform(transaction, work) {
    const { rows } = await transaction.db.query<{ workload_id: number }>(
      `insert into workloads (operator_id, user_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline)
       values ($1, (select user_id from users where email = $2), $3, $4, $5, $6, $7, $8, $9, $10) returning workload_id`,
      [
        transaction.viewer.operatorId,
        work.userEmail,
        work.jobId,
        work.name,
        work.type,
        work.estimatedEnergyKwh,
        work.powerKw,
        work.durationMinutes,
        work.earliestStart,
        work.deadline,
      ],
    );
    const id = rows[0]?.workload_id ?? 0;
    transaction.changed('workloads', id);
    return { table: 'workloads', id };
  },
});

describe('the simulation', () => {
  let grid: Grid;
  let database: TestDatabase;
  let simulation: Simulation;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    database = grid.database;
    const fleet = fleetOf(1);
    const { viewers } = await seedFleet(database, fleet);
    simulation = { database, fleet, viewers, seed: 1 };
  });
  afterAll(() => grid.close());

  const stored = async (sql: string): Promise<string[]> =>
    (await database.owner.query<{ id: string }>(sql)).rows.map(({ id }) => id);

  it('submits what arrives in a span as whose it is, and again nothing', async () => {
    const span = { from: NOW, to: hoursFromNow(6) };
    const step = submitArrivals(ARRIVALS_PER_HOUR, submit);
    const expected = arrivalsIn(
      { seed: 1, ratePerHour: ARRIVALS_PER_HOUR, fleet: simulation.fleet, stressAt: () => 0 },
      span.from,
      span.to,
    );
    expect(expected.length).toBeGreaterThan(30);
    for (let i = 0; i < 2; i += 1)
      expect(await step(simulation, span)).toEqual({ done: expected.length, refused: [] });
    await database.owner.query('delete from action_keys');
    expect(await step(simulation, span)).toEqual({ done: expected.length, refused: [] });
    expect(
      await stored(
        `select w.job_id || ' ' || o.name || ' ' || u.email as id from workloads w join operators o using (operator_id)
         join users u on u.user_id = w.user_id and u.operator_id = w.operator_id order by workload_id`,
      ),
    ).toEqual(
      expected.map(({ operator, workload }) => {
        const { name } = simulation.fleet.find(({ slug }) => slug === operator) ?? { name: '' };
        return `${workload.jobId} ${name} ${workload.userEmail}`;
      }),
    );
  });

  it('submits the less the more the grid is stressed, half hour by half hour', async () => {
    const from = new Date('2026-03-10T00:00:00Z');
    const span = { from, to: addHalfHours(from, 48) };
    const stressOf = (half: Date): number => (half.getUTCHours() < 12 ? 0.8 : 0.1);
    await grid.recordSeries(
      'grid_stress',
      halfHours(span.from, span.to).map((at) => ({
        at,
        issuedAt: null,
        kind: 'DERIVED',
        stress: stressOf(at),
        formula: 'of this test',
      })),
    );
    const expected = arrivalsIn(
      { seed: 1, ratePerHour: ARRIVALS_PER_HOUR, fleet: simulation.fleet, stressAt: stressOf },
      span.from,
      span.to,
    );
    expect(await submitArrivals(ARRIVALS_PER_HOUR, submit)(simulation, span)).toEqual({
      done: expected.length,
      refused: [],
    });
    const early = expected.filter(({ at }) => at < addHalfHours(from, 24)).length;
    expect(early).toBeLessThan(expected.length / 2);
  });

  it('submits of what came before only what can still be done', async () => {
    const span = { from: hoursFromNow(-2), to: NOW };
    const all = arrivalsIn(
      { seed: 1, ratePerHour: ARRIVALS_PER_HOUR, fleet: simulation.fleet, stressAt: () => 0 },
      span.from,
      span.to,
      URGENT_QUERIES,
    );
    // It is 12:34: the few minutes of each still go into the half hour that runs.
    const due = all.filter(({ workload }) => workload.deadline >= new Date('2026-03-02T13:00:00Z'));
    expect(due.length).toBeGreaterThan(0);
    expect(due.length).toBeLessThan(all.length);
    expect(await submitArrivals(ARRIVALS_PER_HOUR, submit, URGENT_QUERIES)(simulation, span)).toEqual({
      done: due.length,
      refused: [],
    });
  });

  it('publishes windows twelve hours ahead, and none that has begun', async () => {
    const report = await publishWindows(simulation, { from: hoursFromNow(-24), to: hoursFromNow(24 * 5) });
    const expected = flexibilityWindowsIn(1, NOW, hoursFromNow(24 * 5 + 12)).filter(({ from }) => from > NOW);
    expect(report).toEqual({ done: expected.length, refused: [] });
    expect(
      await stored(
        'select code as id from flexibility_windows where is_synthetic order by flexibility_window_id',
      ),
    ).toEqual(expected.map(({ flexibilityWindowId }) => flexibilityWindowId));
  });

  it('names what is refused, and goes on', async () => {
    const broken = defineAction({ ...submit, input: z.custom<FleetWorkload>(() => false, 'is never right') });
    const report = await simulateSpan(
      simulation,
      { workloads: submitArrivals(ARRIVALS_PER_HOUR, broken), windows: publishWindows },
      { from: hoursFromNow(6), to: hoursFromNow(8) },
    );
    expect(report.done['workloads']).toBe(0);
    expect(report.refused.length).toBeGreaterThan(10);
    expect(report.refused[0]).toMatchObject({
      action: 'submitWorkload',
      reason: expect.stringContaining('1 fault') as string,
    });
  });

  it('lets things happen as their time comes, and again after a failure', async () => {
    let failures = 0;
    const reports: SpanReport[] = [];
    const errors: string[] = [];
    const simulator = startSimulator(
      simulation,
      {
        happened: async () => {
          failures += 1;
          if (failures === 2) throw new Error('out of luck');
          return { done: 1, refused: [] };
        },
      },
      { pollMs: 20, onReport: (report) => reports.push(report), onError: (error) => errors.push(error) },
    );
    await until('four spans', () => reports.filter(({ done }) => done['happened']).length >= 4);
    await simulator.stop();
    const spans = reports.filter(({ done }) => done['happened']);
    const count = spans.length;
    for (const [i, { from }] of spans.entries()) if (i > 0) expect(from).toEqual(spans[i - 1]?.to);
    expect(errors).toEqual(['out of luck']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reports.filter(({ done }) => done['happened'])).toHaveLength(count);
  });
});
