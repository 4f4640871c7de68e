import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { floorToHalfHour } from '../../../src/domain/half-hour.js';
import { syntheticPeriod } from '../../../src/domain/synthetic/synthetic-period.js';
import { startScheduler, type Scheduler } from '../../../src/ingest/scheduler.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Fault, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createMovingDatabase, type MovingDatabase } from './moving-clock.js';
import { changedTables, tableStates } from './table-states.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const SEED = 7;
const HALF_HOURS = 96;

describe('where a publisher cannot be reached', () => {
  let database: MovingDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let server: TestServer;
  let scheduler: Scheduler;

  beforeEach(async () => {
    database = await createMovingDatabase(NOW);
    publisher = await startPublisher((path) => wholePublisher(database.clock.now())(path));
    runner = createTestRunner(database, publisher.url);
    server = await startTestServer(database);
    scheduler = begin(SEED);
  });
  afterEach(async () => {
    await scheduler.stop();
    await server.stop();
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const begin = (syntheticSeed: number | null): Scheduler =>
    startScheduler(runner, { intervalSeconds: 3600, syntheticSeed, logRetentionHours: 168 });
  const look = async (fault: Fault | null, path = ''): Promise<void> => {
    publisher.heal();
    if (fault) publisher.fail(fault, { path });
    await scheduler.look();
  };
  const synthetic = async (): Promise<number> => {
    const { rows } = await database.owner.query<{ count: number }>(
      'select count(*)::integer from observations where quality = 2',
    );
    return rows[0]?.count ?? -1;
  };
  const qualities = async () => {
    const { rows } = await database.owner.query<{ carbon: number | null; mix: number | null; count: number }>(
      `select carbon_quality as carbon, mix_quality as mix, count(*)::integer from grid_signals
       where from_at >= $1 and from_at < $1::timestamptz + interval '48 hours' group by 1, 2 order by 1, 2`,
      [floorToHalfHour(database.clock.now())],
    );
    return rows;
  };
  const gridNow = async (regionId: number) => {
    const { data, errors } = await server.query<{ gridNow: Record<string, unknown> | null }>(
      `query ($regionId: Int) { gridNow(regionId: $regionId) { from quality source
         carbonIntensity { forecastGco2PerKwh provenance { source quality } } generationMix { fuel pct } } }`,
      { regionId },
    );
    return data?.gridNow ?? errors?.[0]?.extensions.code;
  };

  it('labelled synthetic values stand for the next 48 hours of all 18 regions', async () => {
    await look('503');
    expect(await qualities()).toEqual([{ carbon: 2, mix: 2, count: 18 * HALF_HOURS }]);
    expect(await gridNow(13)).toMatchObject({
      from: '2026-03-02T12:30:00.000Z',
      quality: 'SYNTHETIC',
      source: 'synthetic',
      carbonIntensity: { provenance: { source: 'synthetic', quality: 'SYNTHETIC' } },
    });
    const { rows } = await database.owner.query(
      'select min(from_at) as first, max(from_at) as last, count(distinct region_id)::integer as regions from grid_signals',
    );
    expect(rows).toEqual([
      { first: new Date('2026-03-02T12:30Z'), last: new Date('2026-03-04T12:00Z'), regions: 18 },
    ]);
    // Whatever keeps the publisher from being reached, the 48 hours move on with the clock.
    for (const [i, fault] of (['reset', '429'] as const).entries()) {
      await database.advance({ minutes: 30 });
      await look(fault);
      expect(await synthetic()).toBe(18 * (HALF_HOURS + i + 1));
    }
  });

  it('they are those of the seed, and stated again they are not stored again', async () => {
    await look('503');
    const period = syntheticPeriod(13, new Date('2026-03-02T12:30Z'), SEED);
    expect(await gridNow(13)).toMatchObject({
      carbonIntensity: { forecastGco2PerKwh: period.forecastGco2PerKwh },
      generationMix: expect.arrayContaining([
        expect.objectContaining({ fuel: 'WIND', pct: period.mixPermille.WIND / 10 }),
      ]) as unknown,
    });
    const stored = await synthetic();
    expect(stored).toBe(18 * HALF_HOURS);
    const states = await tableStates(database);
    await look('503');
    expect(await synthetic()).toBe(stored);
    expect(changedTables(states, await tableStates(database))).not.toContain('grid_signals');
    await database.advance({ minutes: 30 });
    await look('503');
    expect(await synthetic()).toBe(stored + 18);
  });

  it('they give way to the real ones, and never come back over them', async () => {
    await look('503');
    await look(null);
    expect(await qualities()).toEqual([{ carbon: 1, mix: 1, count: 18 * HALF_HOURS }]);
    expect(await gridNow(13)).toMatchObject({
      quality: 'REAL',
      carbonIntensity: { forecastGco2PerKwh: 131 },
    });
    const stored = await synthetic();
    await database.advance({ minutes: 30 });
    await look('503');
    // Of the half hours to come only the last has no real value.
    expect(await qualities()).toEqual([
      { carbon: 1, mix: 1, count: 18 * (HALF_HOURS - 1) },
      { carbon: 2, mix: 2, count: 18 },
    ]);
    expect(await synthetic()).toBe(stored + 18);
    expect(await gridNow(13)).toMatchObject({
      quality: 'REAL',
      carbonIntensity: { forecastGco2PerKwh: 132 },
    });
  });

  it('a value that the reached sources state is not filled in', async () => {
    await look('503', '/regional/');
    // Great Britain's forecast is real: its mix alone is missing. The other 17 regions have neither.
    expect(await qualities()).toEqual([
      { carbon: 1, mix: 2, count: HALF_HOURS },
      { carbon: 2, mix: 2, count: 17 * HALF_HOURS },
    ]);
    expect(await gridNow(18)).toMatchObject({
      quality: 'REAL',
      source: 'carbon-intensity-national-forecast',
    });
    const { rows } = await database.owner.query(
      'select from observations where quality = 2 and region_id = 18 and intensity_gco2_per_kwh is not null',
    );
    expect(rows).toEqual([]);
  });

  it('a source that forecasts nothing leaves nothing to fill', async () => {
    publisher.fail('503', { path: '/generation/' });
    publisher.fail('503', { path: '/intensity/2026-02-28T12:30Z/' });
    publisher.fail('html');
    await scheduler.look();
    expect(await synthetic()).toBe(0);
  });

  it('the fill is a run of its own, and not a success of the source that failed', async () => {
    await look('503', '/regional/');
    const { data } = await server.query<{
      sources: { id: string; state: string }[];
      ingestRuns: { edges: { node: Record<string, unknown> }[] };
    }>(
      '{ sources { id state } ingestRuns(first: 1) { edges { node { source status endpoint rowsChanged } } } }',
    );
    expect(data?.sources.find(({ id }) => id === 'carbon-intensity-regional')?.state).toBe('FAILING');
    expect(data?.sources.some(({ id }) => id === 'synthetic')).toBe(false);
    expect(data?.ingestRuns.edges[0]?.node).toEqual({
      source: 'synthetic',
      status: 'SUCCEEDED',
      endpoint: 'in place of carbon-intensity-regional',
      rowsChanged: 18 * HALF_HOURS,
    });
  });

  it('nothing is filled in where synthetic values are off', async () => {
    await scheduler.stop();
    scheduler = begin(null);
    await look('503');
    expect(await synthetic()).toBe(0);
    expect(await gridNow(13)).toBe('DATA_MISSING');
  });

  it('nothing is filled in where it was reached, and answered wrongly', async () => {
    for (const fault of ['html', 'not-json', 'empty', 'empty-list', 'error-body'] as const) {
      await look(fault);
      expect(await synthetic()).toBe(0);
      expect(await gridNow(13)).toBe('DATA_MISSING');
      await database.advance({ minutes: 20 });
    }
  });
});
