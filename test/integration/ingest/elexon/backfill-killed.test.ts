import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyWindows } from '../../../../src/ingest/window.js';
import { datasetByCode } from '../../../../src/ingest/elexon/catalogue.js';
import { pathOf } from '../../../../src/ingest/elexon/request.js';
import { createTestDatabase, type TestDatabase } from '../../../support/database.js';
import { notificationPublisher } from '../../../support/notifications.js';
import { startPublisher, type Publisher } from '../../../support/publisher.js';
import { pylon, type Command } from '../command.js';

const SPAN = { from: new Date('2025-10-20T00:00Z'), to: new Date('2025-11-04T00:00Z') };
const DAYS = 15;
const UNITS = 40;
const ROWS_A_DAY = UNITS * 48;
const PATHS = historyWindows(SPAN, 1).map((window) => pathOf(datasetByCode('PN'), window));

describe('pylon backfill --source elexon', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  const good = notificationPublisher(UNITS);

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: new Date('2026-03-02T12:34:00Z') });
    publisher = await startPublisher(good);
  });
  afterAll(async () => {
    await publisher.close();
    await database.drop();
  });

  const start = (...more: readonly string[]): Command =>
    pylon(
      ['backfill', '--source', 'elexon', '--from', '2025-10-20', '--to', '2025-11-04', '--json', ...more],
      database,
      publisher,
      { ELEXON_URL: publisher.url },
    );
  /** Lets the leases of the process that was killed run out, as time would. */
  const waitForLeases = () => database.owner.query(`update leases set expires_at = '-infinity'`);
  const stored = async () => {
    const { rows } = await database.owner.query<Record<string, unknown>>(
      `select count(*)::integer as rows, count(distinct (bm_unit, time_from))::integer as keys, min(time_from) as first, max(time_from) as last,
         (select count(*)::integer from event_log) as events, (select count(*)::integer from ingest_runs) as runs from physical_notifications`,
    );
    return rows[0];
  };
  const pathOn = (day: number): string => PATHS[day] ?? '';

  it('killed three times and begun again brings everything once', async () => {
    // While a window is asked for.
    publisher.fail('hang', { path: pathOn(3), times: 1 });
    const first = start('--dataset', 'PN');
    await expect.poll(() => publisher.asked.includes(pathOn(3)), { timeout: 30_000 }).toBe(true);
    await first.kill();
    expect(await stored()).toMatchObject({ rows: 3 * ROWS_A_DAY, runs: 3, events: 3 });

    // While its rows are copied in: the answer comes in pieces over a second.
    await waitForLeases();
    publisher.fail('slow', { path: pathOn(6), times: 1 });
    const second = start('--dataset', 'PN');
    await expect.poll(() => copying(), { timeout: 30_000 }).toBe(true);
    await second.kill();
    expect(await stored()).toMatchObject({ rows: 6 * ROWS_A_DAY, runs: 6, events: 6 });

    // While it is merged: the last step waits for the head of the log, which somebody else holds.
    await waitForLeases();
    const head = await database.owner.connect();
    publisher.answer = (path) => {
      if (path === pathOn(9)) void head.query('begin; select * from event_head for update');
      return good(path);
    };
    const third = start('--dataset', 'PN');
    await expect.poll(() => waitingForHead(), { timeout: 30_000 }).toBe(true);
    await third.kill();
    await head.query('rollback');
    head.release();
    publisher.answer = good;
    // Its session may have got the head before it heard that its client is gone: then the window is whole.
    await expect.poll(() => sessions(), { timeout: 30_000 }).toBe(0);
    const left = await stored();
    expect(left?.['rows']).toBeGreaterThanOrEqual(9 * ROWS_A_DAY);
    expect(left?.['runs']).toBe(Number(left?.['rows']) / ROWS_A_DAY);

    await waitForLeases();
    const asked = publisher.asked.length;
    const { code, stdout, stderr } = await start('--dataset', 'PN').ended;
    expect([code, stderr.includes('100 %')]).toEqual([0, true]);
    const resumedAt = PATHS.indexOf(publisher.asked[asked] ?? '');
    expect(resumedAt).toBe(left?.['runs']);
    expect(publisher.asked.slice(asked)).toEqual(PATHS.slice(resumedAt));
    expect(await stored()).toEqual({
      rows: DAYS * ROWS_A_DAY,
      keys: DAYS * ROWS_A_DAY,
      first: SPAN.from,
      last: new Date('2025-11-03T23:30Z'),
      events: DAYS,
      runs: DAYS,
    });
    const report = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(report)).toEqual([
      'rows',
      'changed',
      'refused',
      'windows',
      'retries',
      'seconds',
      'rowsPerSecond',
      'peakRssMb',
    ]);
    expect(report).toMatchObject({
      rows: (DAYS - resumedAt) * ROWS_A_DAY,
      windows: DAYS - resumedAt,
      retries: 0,
    });
  });

  /** What sessions of the bulk connection do now. */
  const count = async (condition: string): Promise<number> => {
    const { rows } = await database.owner.query<{ count: number }>(
      `select count(*)::integer as count from pg_stat_activity
       where datname = current_database() and application_name = 'pylon-bulk' and ${condition}`,
    );
    return rows[0]?.count ?? 0;
  };
  const copying = async (): Promise<boolean> =>
    publisher.asked.includes(pathOn(6)) &&
    (await count(`state = 'active' and query like 'copy %' and wait_event = 'ClientRead'`)) === 1;
  const waitingForHead = async (): Promise<boolean> =>
    (await count(`wait_event_type = 'Lock' and query like '%record_physical_notifications%'`)) === 1;
  const sessions = (): Promise<number> => count('true');

  it.each([
    [[], /BAD_USER_INPUT: say which data set of Elexon/],
    [['--dataset', 'NOPE'], /SOURCE_NOT_FOUND: Elexon has no data set "NOPE"; there are: ABUC/],
    [
      ['--source', 'carbon-intensity-regional', '--dataset', 'PN'],
      /BAD_USER_INPUT: --dataset goes with --source elexon/,
    ],
  ])('given %j says what is wrong', async (more, message) => {
    const { code, stderr } = await start(...more).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(message) as string]);
  });
});
