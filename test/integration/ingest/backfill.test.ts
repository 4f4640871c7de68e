import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../../src/database/leases.js';
import { halfHours } from '../../../src/domain/half-hour.js';
import {
  backfill,
  type BackfillOptions,
  type BackfillProgress,
  type BackfillReport,
} from '../../../src/ingest/backfill.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { historicActual, historicForecast, historicPublisher } from './history.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const at = (text: string) => new Date(text);
/** Over a clock change, 45 days: windows of 14, 14, 14 and 3. */
const SPAN = { from: at('2025-09-20T00:00Z'), to: at('2025-11-04T00:00Z') };
const PATHS = [
  '/intensity/2025-09-20T00:00Z/2025-10-04T00:00Z',
  '/intensity/2025-10-04T00:00Z/2025-10-18T00:00Z',
  '/intensity/2025-10-18T00:00Z/2025-11-01T00:00Z',
  '/intensity/2025-11-01T00:00Z/2025-11-04T00:00Z',
];
const HALF_HOURS = 45 * 48;

describe('a backfill', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let waits: number[];
  const outturn = sourceById('carbon-intensity-national-outturn');

  beforeEach(async () => {
    waits = [];
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(historicPublisher);
    runner = createTestRunner(database, publisher.url, { leaseSeconds: 6 });
  });
  afterEach(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const run = (options: BackfillOptions = {}, source = outturn, span = SPAN): Promise<BackfillReport> =>
    backfill(runner, source, span, { wait: (ms) => Promise.resolve(waits.push(ms)), ...options });
  const one = async <Row extends object>(sql: string): Promise<Row | undefined> =>
    (await database.owner.query<Row>(sql)).rows[0];
  const counts = () =>
    one(`select count(*)::integer as statements, count(distinct (region_id, kind, from_at))::integer as keys,
           min(from_at) as first, max(from_at) as last from observations`);
  const events = () =>
    one(
      `select count(*)::integer as events, min(topic) as least, max(topic) as most, (select count(*)::integer from ingest_runs) as runs from event_log`,
    );
  const checkpoint = () =>
    one(
      'select next_from, finished_at is not null as is_done from backfills order by backfill_id desc limit 1',
    );

  it('brings exactly the span, once, in windows of 14 days, with one event a window', async () => {
    const progress: BackfillProgress[] = [];
    const askedSoFar: number[] = [];
    const report = await run({
      onProgress(now) {
        progress.push(now);
        askedSoFar.push(publisher.asked.length);
      },
    });
    expect(publisher.asked).toEqual(PATHS);
    expect(report).toMatchObject({
      rows: HALF_HOURS,
      changed: HALF_HOURS,
      refused: 0,
      windows: 4,
      retries: 0,
    });
    expect(await counts()).toEqual({
      statements: 2 * HALF_HOURS,
      keys: 2 * HALF_HOURS,
      first: SPAN.from,
      last: at('2025-11-03T23:30Z'),
    });
    expect(await events()).toEqual({ events: 4, least: 2, most: 2, runs: 4 });
    expect(await checkpoint()).toEqual({ next_from: SPAN.to, is_done: true });
    // The next window is asked for when the one before is stored: one is in memory at a time.
    expect(askedSoFar).toEqual([1, 2, 3, 4]);
    expect(progress.map(({ done }) => Math.round(done * 45))).toEqual([14, 28, 42, 45]);
    expect(progress.at(-1)).toMatchObject({ done: 1, secondsLeft: 0 });
    expect(report.peakRssMb).toBeGreaterThan(10);
    expect(report.rowsPerSecond).toBeCloseTo(report.rows / report.seconds, 3);
    // Every value in its place, over a clock change too.
    const { rows } = await database.owner.query<{
      from_at: Date;
      forecast: number;
      outturn: number;
      settlement_period: number;
    }>(
      'select from_at, forecast_gco2_per_kwh as forecast, outturn_gco2_per_kwh as outturn, settlement_period from grid_signals where region_id = 18 order by 1',
    );
    expect(rows.map(({ from_at, forecast, outturn: actual }) => [from_at, forecast, actual])).toEqual(
      halfHours(SPAN.from, SPAN.to).map((from) => [from, historicForecast(from), historicActual(from)]),
    );
    expect(Math.max(...rows.map(({ settlement_period }) => settlement_period))).toBe(50);
  });

  it('counts a row of all regions once, though adjoining windows answer it twice', async () => {
    const span = { from: at('2025-10-01T00:00Z'), to: at('2025-10-30T00:00Z') };
    const report = await run({}, sourceById('carbon-intensity-regional'), span);
    expect(report).toMatchObject({ rows: 29 * 48 * 2, changed: 29 * 48 * 2, windows: 3 });
    expect(await counts()).toMatchObject({ statements: 29 * 48 * 2, keys: 29 * 48 * 2 });
    expect(
      await one(
        'select sum(rows_read)::integer as read, sum(rows_duplicate)::integer as twice from ingest_runs',
      ),
    ).toEqual({
      read: 29 * 48 * 2 + 3 * 2,
      twice: 0,
    });
  });

  it('done again says nothing new, and logs its windows', async () => {
    await run();
    expect(await run()).toMatchObject({ rows: HALF_HOURS, changed: 0, windows: 4 });
    expect(await counts()).toMatchObject({ statements: 2 * HALF_HOURS });
    expect(await events()).toMatchObject({ events: 8 });
  });

  it('tries a window that fails again, after longer and longer waits, and counts that', async () => {
    publisher.fail('500', { path: '2025-10-18T00:00Z/', times: 7 });
    // Twice three requests that failed, and one that did before one that did not: 7 made again.
    expect(await run()).toMatchObject({ rows: HALF_HOURS, changed: HALF_HOURS, windows: 4, retries: 7 });
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThanOrEqual(1000);
    expect(waits[1]).toBeGreaterThanOrEqual(2000);
    expect(publisher.asked.length).toBe(4 + 7);
  });

  it.each([
    ['500', 'SOURCE_UNAVAILABLE', 12],
    ['empty', 'SOURCE_CONTRACT_BROKEN', 4],
  ] as const)(
    'reports a window that keeps failing (%s), and goes on from it later',
    async (fault, code, requests) => {
      publisher.fail(fault, { path: '2025-10-18T00:00Z/' });
      await expect(run()).rejects.toMatchObject({
        code,
        message: expect.stringMatching(
          /^2025-10-18T00:00:00.000Z to 2025-11-01T00:00:00.000Z: .* The same command goes on from here\.$/,
        ) as string,
      });
      expect(publisher.asked.length).toBe(2 + requests);
      expect(await checkpoint()).toEqual({ next_from: at('2025-10-18T00:00Z'), is_done: false });
      publisher.heal();
      expect(await run()).toMatchObject({ rows: 17 * 48, changed: 17 * 48, windows: 2 });
      expect(publisher.asked.slice(-2)).toEqual(PATHS.slice(2));
      expect(await counts()).toMatchObject({ statements: 2 * HALF_HOURS, keys: 2 * HALF_HOURS });
    },
  );

  it('waits as long as the publisher asks, if that is not long', async () => {
    publisher.fail('429', { path: '2025-10-18T00:00Z/', times: 1, retryAfter: '90' });
    expect(await run()).toMatchObject({ windows: 4, retries: 1 });
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(85_000);
  });

  it('stops at once where the publisher asks for longer, and says until when', async () => {
    publisher.fail('429', { path: '2025-10-18T00:00Z/', retryAfter: '3600' });
    await expect(run()).rejects.toMatchObject({
      code: 'SOURCE_RATE_LIMITED',
      message: expect.stringMatching(/goes on from here after 2026-03-02T13:3\d:\d\d\.\d{3}Z\.$/) as string,
    });
    expect([publisher.asked.length, waits]).toEqual([3, []]);
  });

  it('takes a hole of history for what it is', async () => {
    publisher.answer = (path) => (path === PATHS[1] ? { data: [] } : historicPublisher(path));
    expect(await run()).toMatchObject({ rows: 31 * 48, windows: 4, retries: 0 });
    expect(await counts()).toMatchObject({ statements: 2 * 31 * 48 });
  });

  it('refuses bad rows with their reasons and takes the good ones', async () => {
    publisher.answer = (path) => {
      const body = historicPublisher(path) as { data: { intensity: { forecast: unknown } }[] };
      for (const row of body.data.slice(10, 13)) row.intensity.forecast = 'none';
      return body;
    };
    expect(await run()).toMatchObject({
      rows: HALF_HOURS,
      changed: HALF_HOURS - 12,
      refused: 12,
      windows: 4,
    });
  });

  it('begins and ends on half hours', async () => {
    const span = { from: at('2025-10-01T00:10Z'), to: at('2025-10-02T00:29:59Z') };
    expect(await run({}, outturn, span)).toMatchObject({ rows: 48, windows: 1 });
    expect(await counts()).toMatchObject({ first: at('2025-10-01T00:00Z'), last: at('2025-10-01T23:30Z') });
  });

  it('is refused while another process backfills the source, after waiting for one that was killed', async () => {
    await acquireLease(database.pool, `backfill:${outturn.id}`, 'another process', 60);
    await expect(run({ leaseSeconds: 10 })).rejects.toMatchObject({ code: 'LEASE_HELD' });
    expect(waits.length).toBeGreaterThan(10);
    expect(publisher.asked).toEqual([]);
  });

  it('goes on when the lease of one that was killed has run out', async () => {
    await acquireLease(database.pool, `backfill:${outturn.id}`, 'a process that was killed', 60);
    await acquireLease(database.pool, `source:${outturn.id}`, 'a process that was killed', 60);
    const names: string[] = [];
    const wait = async () => {
      const name = names.length < 3 ? 'backfill' : 'source';
      names.push(name);
      if (names.length % 3 === 0)
        await database.owner.query(`update leases set expires_at = '-infinity' where name = $1`, [
          `${name}:${outturn.id}`,
        ]);
    };
    expect(await run({ wait })).toMatchObject({ windows: 4 });
    expect(names).toEqual(['backfill', 'backfill', 'backfill', 'source', 'source', 'source']);
  });

  it('runs a window again that another process took over while this one was frozen', async () => {
    publisher.fail('slow', { path: '2025-10-18T00:00Z/', times: 1 });
    const running = run({
      async wait() {
        await database.owner.query(`update leases set expires_at = '-infinity' where name like 'source:%'`);
      },
    });
    await expect.poll(() => publisher.asked.length).toBe(3);
    const { rowCount } = await database.owner.query(
      `update leases set holder = 'another process', fencing = fencing + 1 where name like 'source:%'`,
    );
    expect(rowCount).toBe(1);
    expect(await running).toMatchObject({ rows: HALF_HOURS, changed: HALF_HOURS, windows: 4 });
    expect(publisher.asked).toEqual([PATHS[0], PATHS[1], PATHS[2], PATHS[2], PATHS[3]]);
    expect(await counts()).toMatchObject({ statements: 2 * HALF_HOURS, keys: 2 * HALF_HOURS });
  });
});

describe('a backfill of a bad span', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  const outturn = 'carbon-intensity-national-outturn';

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(historicPublisher);
    runner = createTestRunner(database, publisher.url);
  });
  afterAll(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  it.each([
    [
      'a source without history',
      'carbon-intensity-national-forecast',
      SPAN.from,
      SPAN.to,
      'has no history to fetch',
    ],
    ['a source without periods', 'carbon-intensity-factors', SPAN.from, SPAN.to, 'has no history to fetch'],
    ['a reversed span', outturn, SPAN.to, SPAN.from, 'no half hour lies between'],
    ['an empty span', outturn, SPAN.from, SPAN.from, 'no half hour lies between'],
    [
      'a span shorter than half an hour',
      outturn,
      at('2025-10-01T12:00Z'),
      at('2025-10-01T12:20Z'),
      'no half hour lies between',
    ],
    [
      'a span before the first publication',
      outturn,
      at('2017-01-01T00:00Z'),
      SPAN.to,
      'publishes nothing before 2017-09-26T00:00:00Z',
    ],
    [
      'a span that reaches into the future',
      outturn,
      SPAN.from,
      at('2026-03-03T00:00Z'),
      'lies in the future',
    ],
  ])('refuses %s, and asks nothing', async (_name, id, from, to, message) => {
    await expect(backfill(runner, sourceById(id), { from, to })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message) as string,
    });
    expect(publisher.asked).toEqual([]);
    expect((await database.owner.query('select from backfills')).rowCount).toBe(0);
  });
});
