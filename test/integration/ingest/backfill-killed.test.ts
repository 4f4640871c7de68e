import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyWindows } from '../../../src/ingest/window.js';
import { formatMinute } from '../../../src/domain/instant.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { pylon, type Command } from './command.js';
import { historicPublisher } from './history.js';

const SOURCE = 'carbon-intensity-national-outturn';
const SPAN = { from: new Date('2025-01-01T00:00Z'), to: new Date('2025-10-08T00:00Z') };
const DAYS = 280;
const PATHS = historyWindows(SPAN, 14).map(
  ({ from, to }) => `/intensity/${formatMinute(from)}/${formatMinute(to)}`,
);

describe('pylon backfill', () => {
  let database: TestDatabase;
  let publisher: Publisher;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: new Date('2026-03-02T12:34:00Z') });
    publisher = await startPublisher(historicPublisher);
  });
  afterAll(async () => {
    await publisher.close();
    await database.drop();
  });

  const start = (): Command =>
    pylon(
      ['backfill', '--source', SOURCE, '--from', '2025-01-01', '--to', '2025-10-08', '--json'],
      database,
      publisher,
    );
  /** Lets the leases of the process that was killed run out, as time would. */
  const waitForLeases = () => database.owner.query(`update leases set expires_at = '-infinity'`);
  const pathOf = (window: number): string => PATHS[window] ?? '';
  const stored = async () => {
    const { rows } = await database.owner.query(
      `select count(*)::integer as statements, count(distinct (kind, from_at))::integer as keys, min(from_at) as first, max(from_at) as last,
         (select count(*)::integer from event_log) as events, (select count(*)::integer from ingest_runs) as runs from observations`,
    );
    return rows[0] as Record<string, unknown>;
  };

  it('killed three times and begun again brings everything once, and fetches again only what was in flight', async () => {
    // While a window is being fetched.
    publisher.fail('hang', { path: pathOf(4), times: 1 });
    const first = start();
    await expect.poll(() => publisher.asked.includes(pathOf(4)), { timeout: 20_000 }).toBe(true);
    await first.kill();
    expect(publisher.asked).toEqual(PATHS.slice(0, 5));
    expect(await stored()).toMatchObject({ statements: 4 * 14 * 48 * 2, runs: 4, events: 4 });

    // At the moment a window is answered.
    await waitForLeases();
    const second = start();
    publisher.answer = (path) => {
      if (path === pathOf(9)) second.child.kill('SIGKILL');
      return historicPublisher(path);
    };
    expect(await second.ended).toMatchObject({ code: null, stdout: '' });
    publisher.answer = historicPublisher;
    expect(publisher.asked.slice(5)).toEqual(PATHS.slice(4, 10));

    // Just after a window was stored, with the next one on its way or being written.
    publisher.fail('hang', { path: pathOf(17), times: 1 });
    await waitForLeases();
    const third = start();
    await expect.poll(() => third.progress(), { timeout: 20_000 }).toMatch(/\[#+\.*\] 70 %/);
    await third.kill();
    publisher.heal();

    await waitForLeases();
    const asked = publisher.asked.length;
    const { code, stdout, stderr } = await start().ended;
    expect(code).toBe(0);
    expect(stderr).toContain('100 %');
    const resumedAt = PATHS.indexOf(publisher.asked[asked] ?? '');
    expect(resumedAt).toBeGreaterThanOrEqual(14);
    expect(publisher.asked.slice(asked)).toEqual(PATHS.slice(resumedAt));

    expect(await stored()).toEqual({
      statements: DAYS * 48 * 2,
      keys: DAYS * 48 * 2,
      first: SPAN.from,
      last: new Date('2025-10-07T23:30Z'),
      events: PATHS.length,
      runs: PATHS.length,
    });
    const times = PATHS.map((path) => publisher.asked.filter((each) => each === path).length);
    expect(times.filter((count) => count > 1).length).toBeLessThanOrEqual(3);
    expect(Math.max(...times)).toBe(2);
    expect(Math.min(...times)).toBe(1);

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
    const windows = PATHS.length - resumedAt;
    expect(report).toMatchObject({
      rows: windows * 14 * 48,
      changed: windows * 14 * 48,
      refused: 0,
      windows,
      retries: 0,
    });
  });
});
