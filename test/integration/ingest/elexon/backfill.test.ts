import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../../../src/database/leases.js';
import type { BackfillOptions, BackfillProgress, BackfillReport } from '../../../../src/ingest/backfill.js';
import { backfillDataset } from '../../../../src/ingest/elexon/backfill.js';
import { datasetByCode } from '../../../../src/ingest/elexon/catalogue.js';
import { runDataset } from '../../../../src/ingest/elexon/run.js';
import { createTestDatabase, type TestDatabase } from '../../../support/database.js';
import { levelAt, notificationPublisher, notificationRows } from '../../../support/notifications.js';
import { startPublisher, type Fault, type Publisher } from '../../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../../support/runner.js';

const at = (text: string): Date => new Date(text);
const NOW = at('2026-03-02T12:34:00Z');
/** Over a clock change and the end of a month. */
const SPAN = { from: at('2025-10-25T00:00Z'), to: at('2025-11-02T00:00Z') };
const UNITS = 20;
const ROWS_A_DAY = UNITS * 48;
const pathOn = (day: string): string => `/datasets/PN/stream?from=${day}T00:00:00Z&to=${day}T23:59:59Z`;
const DAYS = [
  '2025-10-25',
  '2025-10-26',
  '2025-10-27',
  '2025-10-28',
  '2025-10-29',
  '2025-10-30',
  '2025-10-31',
  '2025-11-01',
];
const PATHS = DAYS.map(pathOn);

describe('the backfill of a data set', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let waits: number[];
  const good = notificationPublisher(UNITS);

  beforeEach(async () => {
    waits = [];
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(good);
    runner = createTestRunner(database, publisher.url);
  });
  afterEach(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const run = (options: BackfillOptions = {}, code = 'PN', span = SPAN): Promise<BackfillReport> =>
    backfillDataset(runner, datasetByCode(code), span, {
      wait: (ms) => Promise.resolve(waits.push(ms)),
      ...options,
    });
  const one = async (sql: string): Promise<Record<string, unknown> | undefined> =>
    (await database.owner.query<Record<string, unknown>>(sql)).rows[0];
  const counts = () =>
    one(`select count(*)::integer as rows, count(distinct (bm_unit, time_from))::integer as keys,
           min(time_from) as first, max(time_from) as last from physical_notifications`);
  const checkpoint = () =>
    one(
      `select dataset, next_from, finished_at is not null as is_done from backfills order by backfill_id desc limit 1`,
    );
  const runs = () =>
    one(`select count(*) filter (where status = 'SUCCEEDED')::integer as good, count(*) filter (where status = 'FAILED')::integer as bad,
           (select count(*)::integer from event_log) as events, (select max(topic) from event_log) as topic from ingest_runs`);

  it('brings exactly the span, once, in windows of a day, with one event a window', async () => {
    const progress: BackfillProgress[] = [];
    const report = await run({ onProgress: (now) => progress.push(now) });
    expect(publisher.asked).toEqual(PATHS);
    expect(report).toMatchObject({
      rows: 8 * ROWS_A_DAY,
      changed: 8 * ROWS_A_DAY,
      refused: 0,
      windows: 8,
      retries: 0,
    });
    expect(await counts()).toEqual({
      rows: 8 * ROWS_A_DAY,
      keys: 8 * ROWS_A_DAY,
      first: SPAN.from,
      last: at('2025-11-01T23:30Z'),
    });
    expect(await runs()).toEqual({ good: 8, bad: 0, events: 8, topic: 2 });
    expect(await checkpoint()).toEqual({ dataset: 'PN', next_from: SPAN.to, is_done: true });
    expect(progress.at(-1)).toMatchObject({ done: 1, secondsLeft: 0, rows: 8 * ROWS_A_DAY });
    // Every value in its place, in the partition of its month.
    const { rows } = await database.owner.query<Record<string, unknown>>(
      `select tableoid::regclass::text as part, settlement_date::text, settlement_period, time_from, time_to, level_from_mw, level_to_mw,
         bm_unit, national_grid_bm_unit from physical_notifications order by time_from desc, length(bm_unit), bm_unit`,
    );
    expect(rows).toEqual(
      notificationRows(SPAN.from, SPAN.to, UNITS).map((row) => ({
        part: `physical_notifications_${row.timeFrom.slice(0, 7).replace('-', '_')}`,
        settlement_date: row.settlementDate,
        settlement_period: row.settlementPeriod,
        time_from: at(row.timeFrom),
        time_to: at(row.timeTo),
        level_from_mw: row.levelFrom,
        level_to_mw: row.levelTo,
        bm_unit: row.bmUnit,
        national_grid_bm_unit: row.nationalGridBmUnit,
      })),
    );
    expect(Math.max(...rows.map((row) => Number(row['settlement_period'])))).toBe(50);
  });

  it('done again stores nothing; what changed is a new row of its own run, and the old one stays', async () => {
    await run();
    expect(await run()).toMatchObject({ rows: 8 * ROWS_A_DAY, changed: 0, windows: 8 });
    publisher.answer = (path) =>
      good(path)?.map((row) => (row.bmUnit === 'T_UNIT3-1' ? { ...row, levelTo: 650 } : row));
    expect(await run()).toMatchObject({ rows: 8 * ROWS_A_DAY, changed: 8 * 48 });
    expect(await counts()).toMatchObject({ rows: 8 * ROWS_A_DAY + 8 * 48, keys: 8 * ROWS_A_DAY });
    expect(
      await one(
        `select sum(rows_new)::integer as new, sum(rows_changed)::integer as changed from ingest_runs where ingest_run_id > 16`,
      ),
    ).toEqual({ new: 0, changed: 8 * 48 });
    // The first word again is a change, too.
    publisher.answer = good;
    expect(await run()).toMatchObject({ changed: 8 * 48 });
    const { rows } = await database.owner.query(
      `select level_to_mw as level from physical_notifications where bm_unit = 'T_UNIT3-1' and time_from = '2025-10-25T00:00Z' order by ingest_run_id`,
    );
    const level = levelAt(3, at('2025-10-25T00:30Z'));
    expect(rows).toEqual([{ level }, { level: 650 }, { level }]);
  });

  it('of two rows about one thing in an answer takes the later one, and counts the other', async () => {
    publisher.answer = (path) => {
      const rows = good(path) ?? [];
      return [...rows.map((row) => ({ ...row, levelFrom: 699 })), ...rows];
    };
    expect(await run()).toMatchObject({ rows: 16 * ROWS_A_DAY, changed: 8 * ROWS_A_DAY });
    expect(await counts()).toMatchObject({ rows: 8 * ROWS_A_DAY, keys: 8 * ROWS_A_DAY });
    expect(
      await one(
        `select sum(rows_duplicate)::integer as twice, (select max(level_from_mw) from physical_notifications) as most from ingest_runs`,
      ),
    ).toEqual({
      twice: 8 * ROWS_A_DAY,
      most: Math.max(
        ...notificationRows(SPAN.from, SPAN.to, UNITS).map(({ levelFrom }) => Number(levelFrom)),
      ),
    });
    expect(await run()).toMatchObject({ changed: 0 });
  });

  it('refuses bad rows with their reasons and takes the good ones', async () => {
    publisher.answer = (path) =>
      good(path)?.map((row, i) =>
        i < 30 ? { ...row, levelFrom: 'full' } : i === 30 ? { ...row, settlementPeriod: 51 } : row,
      );
    expect(await run()).toMatchObject({
      rows: 8 * ROWS_A_DAY,
      changed: 8 * (ROWS_A_DAY - 31),
      refused: 8 * 31,
    });
    const { rows } = await database.owner.query<{ refusals: unknown[]; rows_refused: number }>(
      'select refusals, rows_refused from ingest_runs order by ingest_run_id limit 1',
    );
    expect(rows[0]?.rows_refused).toBe(31);
    expect(rows[0]?.refusals).toHaveLength(20);
    expect(rows[0]?.refusals[0]).toEqual({
      row: 'row 1',
      reason: 'levelFrom "full" is no number from -99999 to 99999',
    });
  });

  const FAULTS: readonly (readonly [Fault, string, RegExp, number | null, number])[] = [
    ['500', 'SOURCE_UNAVAILABLE', /answered 500: .*Internal server error/, 500, 2],
    ['503', 'SOURCE_UNAVAILABLE', /answered 503/, 503, 2],
    ['429', 'SOURCE_RATE_LIMITED', /answered 429: .*slow down/, 429, 2],
    ['reset', 'SOURCE_UNAVAILABLE', /could not be read: .*(ECONNRESET|UND_ERR_SOCKET)/, null, 2],
    ['truncate', 'SOURCE_UNAVAILABLE', /could not be read/, 200, 0],
    ['html', 'SOURCE_CONTRACT_BROKEN', /the body is no JSON list: "<!DOCTYPE html>.*back soon/, 200, 0],
    ['not-json', 'SOURCE_CONTRACT_BROKEN', /the body ends in the middle of its list/, 200, 0],
    ['empty', 'SOURCE_CONTRACT_BROKEN', /the body has no list "data": "\{\}"/, 200, 0],
    [
      'empty-list',
      'SOURCE_EMPTY',
      /PN answered without any row for \/datasets\/PN\/stream\?from=2025-10-27/,
      200,
      0,
    ],
    ['error-body', 'SOURCE_CONTRACT_BROKEN', /has no list "data": .*Please enter a valid datetime/, 200, 0],
  ];
  it.each(FAULTS)(
    '%s: no part of the window is stored, the run names it, and the same command goes on from there',
    async (fault, code, message, httpStatus, retries) => {
      publisher.fail(fault, { path: '2025-10-27T00' });
      await expect(run()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
      expect(await counts()).toMatchObject({ rows: 2 * ROWS_A_DAY });
      expect(await checkpoint()).toMatchObject({ next_from: at('2025-10-27T00:00Z'), is_done: false });
      expect(await runs()).toMatchObject({ good: 2, bad: 4, events: 6 });
      expect(await one('select * from ingest_runs order by ingest_run_id desc limit 1')).toMatchObject({
        error_code: code,
        error: expect.stringMatching(message) as string,
        http_status: httpStatus,
        retries,
        rows_changed: 0,
        endpoint: PATHS[2],
      });
      publisher.heal();
      expect(await run()).toMatchObject({ windows: 6, changed: 6 * ROWS_A_DAY });
      expect(await counts()).toMatchObject({ rows: 8 * ROWS_A_DAY, keys: 8 * ROWS_A_DAY });
    },
  );

  it('silence: the same, once time is up', async () => {
    publisher.fail('hang', { path: '2025-10-25T00', times: 3 });
    const impatient = createTestRunner(database, publisher.url, { timeoutMs: 100 });
    const report = await backfillDataset(impatient, datasetByCode('PN'), SPAN, {
      wait: () => Promise.resolve(),
    });
    await impatient.close();
    expect(report).toMatchObject({ changed: 8 * ROWS_A_DAY, retries: 3 });
    expect(await one('select error from ingest_runs order by 1 limit 1')).toMatchObject({
      error: expect.stringMatching(/UND_ERR_HEADERS_TIMEOUT/) as string,
    });
  });

  it('wrong shape: every row refused is a broken contract, with the first reason', async () => {
    publisher.answer = (path) =>
      good(path)?.map(({ levelFrom, ...row }) => ({ ...row, level_from: levelFrom }));
    await expect(run()).rejects.toMatchObject({
      code: 'SOURCE_CONTRACT_BROKEN',
      message: expect.stringContaining(
        `none of ${ROWS_A_DAY} rows could be taken: ${ROWS_A_DAY} were refused, 0 are about another span; the first refused: row 1: levelFrom nothing is no number from -99999 to 99999`,
      ) as string,
    });
    expect(await counts()).toMatchObject({ rows: 0 });
  });

  it('rows of another span than was asked for are no answer', async () => {
    publisher.answer = () => notificationRows(at('2025-09-01T00:00Z'), at('2025-09-01T02:00Z'), 2);
    await expect(run()).rejects.toMatchObject({
      message: expect.stringContaining(
        'none of 8 rows could be taken: 0 were refused, 8 are about another span',
      ) as string,
    });
  });

  it('slow and cut up: the rows come in', async () => {
    publisher.fail('slow', { times: 1 });
    expect(await run({}, 'PN', { from: SPAN.from, to: at('2025-10-26T00:00Z') })).toMatchObject({
      changed: ROWS_A_DAY,
      retries: 0,
    });
  });

  it('waits as long as the publisher asks, if that is not long, and stops where it is', async () => {
    publisher.fail('429', { path: '2025-10-26T00', times: 1, retryAfter: '90' });
    expect(await run()).toMatchObject({ windows: 8, retries: 1 });
    expect(waits[0]).toBeGreaterThan(85_000);
    publisher.fail('429', { path: '2025-10-26T00', retryAfter: '3600' });
    await expect(run()).rejects.toMatchObject({
      code: 'SOURCE_RATE_LIMITED',
      message: expect.stringMatching(/goes on from here after 2026-03-02T13:3\d/) as string,
    });
  });

  it('runs a window again that another process took over while this one was frozen', async () => {
    publisher.fail('slow', { path: '2025-10-26T00', times: 1 });
    const running = run({
      async wait() {
        await database.owner.query(`update leases set expires_at = '-infinity' where name like 'source:%'`);
      },
    });
    await expect.poll(() => publisher.asked.length, { timeout: 20_000 }).toBe(2);
    await database.owner.query(`update leases set expires_at = '-infinity' where name = 'source:elexon:PN'`);
    await acquireLease(database.pool, 'source:elexon:PN', 'another process', 60);
    expect(await running).toMatchObject({ windows: 8, changed: 8 * ROWS_A_DAY });
    expect(publisher.asked).toHaveLength(9);
    expect(await counts()).toMatchObject({ rows: 8 * ROWS_A_DAY, keys: 8 * ROWS_A_DAY });
  });

  it('ends with what happened when its connection is cut, and goes on from there', async () => {
    publisher.fail('slow', { path: '2025-10-26T00', times: 1 });
    const running = run();
    const cut = `select pg_terminate_backend(pid) as done from pg_stat_activity
      where datname = current_database() and application_name = 'pylon-bulk' and query like 'copy %' and state = 'active'`;
    const fate = running.then(String, String);
    await expect
      .poll(async () => publisher.asked.length === 2 && (await database.owner.query(cut)).rowCount, {
        timeout: 20_000,
      })
      .toBe(1);
    expect(await fate).toMatch(/terminat/);
    expect(await counts()).toMatchObject({ rows: ROWS_A_DAY });
    expect(await run()).toMatchObject({ windows: 7, changed: 7 * ROWS_A_DAY });
    expect(await counts()).toMatchObject({ rows: 8 * ROWS_A_DAY, keys: 8 * ROWS_A_DAY });
  });

  it('is refused while another process backfills the set', async () => {
    await acquireLease(database.pool, 'backfill:elexon:PN', 'another process', 60);
    await expect(run({ leaseSeconds: 6 })).rejects.toMatchObject({ code: 'LEASE_HELD' });
    expect(publisher.asked).toEqual([]);
  });

  it.each([
    [{ from: at('2014-12-31T00:00Z'), to: SPAN.to }, /nothing before 2015/],
    [{ from: SPAN.from, to: at('2026-03-02T13:00Z') }, /lies in the future/],
    [{ from: SPAN.from, to: at('2025-10-25T00:10Z') }, /no half hour lies between/],
  ])('refuses the span %j', async (span, message) => {
    await expect(run({}, 'PN', span)).rejects.toThrow(message);
  });

  describe('without a type of its own', () => {
    const limits = (path: string): unknown => {
      const { pathname, searchParams } = new URL(path, 'http://publisher');
      const [from, to] = [at(searchParams.get('from') ?? ''), at(searchParams.get('to') ?? '')];
      if (pathname !== '/datasets/MELS/stream') return undefined;
      return notificationRows(from, to, UNITS, 'MELS').map((row, i) => ({
        ...row,
        notificationTime: '2025-10-20T09:05:16Z',
        notificationSequence: 1000 + (i % 3),
      }));
    };

    it('keeps rows as they were published, once, and revisions beside them', async () => {
      publisher.answer = limits;
      expect(await run({}, 'MELS')).toMatchObject({
        rows: 8 * ROWS_A_DAY,
        changed: 8 * ROWS_A_DAY,
        windows: 8,
      });
      expect(await run({}, 'MELS')).toMatchObject({ changed: 0 });
      publisher.answer = (path) =>
        (limits(path) as Record<string, unknown>[]).map((row, i) => (i < 5 ? { ...row, levelTo: 7 } : row));
      expect(await run({}, 'MELS')).toMatchObject({ changed: 8 * 5 });
      expect(
        await one(`select count(*)::integer as rows, count(distinct (at, key))::integer as keys, min(dataset) as dataset,
            count(distinct tableoid)::integer as partitions, min(payload ->> 'dataset') as inside from dataset_records`),
      ).toEqual({
        rows: 8 * ROWS_A_DAY + 40,
        keys: 8 * ROWS_A_DAY,
        dataset: 'MELS',
        partitions: 2,
        inside: 'MELS',
      });
    });

    it('has days without a word where it speaks only when something happens', async () => {
      publisher.answer = (path) => (path.startsWith('/datasets/SYSWARN/') ? [] : undefined);
      expect(await run({}, 'SYSWARN')).toMatchObject({ rows: 0, changed: 0, windows: 2, retries: 0 });
      expect(await checkpoint()).toMatchObject({ dataset: 'SYSWARN', is_done: true });
    });

    it('is read from an object with its list inside, too', async () => {
      publisher.answer = (path) =>
        path.startsWith('/datasets/INDO?')
          ? {
              data: [
                {
                  dataset: 'INDO',
                  publishTime: '2025-10-25T00:30:00Z',
                  startTime: '2025-10-25T00:00:00Z',
                  demand: 21_000,
                },
              ],
            }
          : undefined;
      expect(await run({}, 'INDO')).toMatchObject({ rows: 2, changed: 1 });
    });

    it('says what the database cannot hold, and stores nothing of it', async () => {
      const row = `{"publishTime":"2025-10-25T00:30:00Z","warningText":${'1'.repeat(140_000)}}`;
      const server = createServer((_request, response) => response.end(`[${row}]`));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const report = await runDataset(
        { ...runner, baseUrl },
        { dataset: datasetByCode('SYSWARN'), window: SPAN, mode: 'COMMAND', backfillId: null },
      );
      server.closeAllConnections();
      server.close();
      expect(report.error).toMatchObject({
        code: 'SOURCE_CONTRACT_BROKEN',
        message: expect.stringMatching(/the database cannot hold a row: .*overflow/) as string,
      });
      expect(await one('select count(*)::integer as rows from dataset_records')).toEqual({ rows: 0 });
    });
  });
});
