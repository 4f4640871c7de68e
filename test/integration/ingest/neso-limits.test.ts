import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backfill } from '../../../src/ingest/backfill.js';
import { SOURCES, sourceById } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { startScheduler, type Scheduler } from '../../../src/ingest/scheduler.js';
import { windowNow } from '../../../src/ingest/window.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { createMovingDatabase, type MovingDatabase } from './moving-clock.js';

/** Waits pass so many times faster than NESO's: of its limits' 1 s and 30 s, 20 and 600 ms are left. */
const HASTE = 50;
const TIMER_MS = 2;

const OF_NESO = SOURCES.filter(({ baseUrl, cadence }) => baseUrl === 'NESO_URL' && cadence).map(
  ({ id }) => id,
);
const OTHERS = SOURCES.filter(({ limits, cadence }) => !limits && cadence).map(({ id }) => id);

describe("NESO's limits", () => {
  let database: MovingDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let scheduler: Scheduler;
  let reports: RunReport[];
  let arrivals: { readonly path: string; readonly at: number }[];

  beforeEach(async () => {
    [reports, arrivals] = [[], []];
    database = await createMovingDatabase(new Date('2026-03-02T12:00:05Z'));
    publisher = await startPublisher((path) => {
      arrivals.push({ path, at: performance.now() });
      return wholePublisher(database.clock.now())(path);
    });
    runner = createTestRunner(database, publisher.url, {
      wait: (ms, signal) => sleep(ms / HASTE, undefined, { signal }),
    });
    scheduler = startScheduler(runner, {
      intervalSeconds: 3600,
      syntheticSeed: null,
      logRetentionHours: 168,
      onRun: (report) => void reports.push(report),
    });
  });
  afterEach(async () => {
    await scheduler.stop();
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const arrivalsOf = (pattern: RegExp): number[] =>
    arrivals.filter(({ path }) => pattern.test(path)).map(({ at }) => at);
  const shortestGap = (times: readonly number[]): number =>
    Math.min(...times.slice(1).map((at, i) => at - (times[i] ?? at)));
  const finished = async (ids: readonly string[]): Promise<void> => {
    await expect
      .poll(() => ids.filter((id) => !reports.some(({ source }) => source === id)), { timeout: 30_000 })
      .toEqual([]);
  };

  it("hold at the publisher with all sources due at once, and in nobody else's way", async () => {
    const first = await scheduler.look();
    expect(first?.map(({ source }) => source).toSorted()).toEqual(OTHERS.toSorted());
    // What waits is neither asked twice nor in the way of what is due meanwhile.
    await database.advance({ minutes: 15 });
    const second = (await scheduler.look())?.map(({ source }) => source);
    expect(second).toContain('carbon-intensity-regional');
    expect(second?.filter((id) => !OTHERS.includes(id))).toEqual([]);
    await finished(OF_NESO);
    expect(reports.map(({ status }) => status)).not.toContain('FAILED');
    const searches = arrivalsOf(/^\/datastore_search/);
    expect(searches).toHaveLength(OF_NESO.length);
    expect(shortestGap(searches)).toBeGreaterThanOrEqual(30_000 / HASTE - TIMER_MS);
    const all = arrivalsOf(/^\/(datastore_search|package_show)/);
    expect(all).toHaveLength(2 * OF_NESO.length);
    expect(shortestGap(all)).toBeGreaterThanOrEqual(1_000 / HASTE - TIMER_MS);
  });

  it('hold for a backfill and a source that is due together, by SQL and by search', async () => {
    const now = database.clock.now();
    const day = { from: new Date('2025-01-30T00:00Z'), to: new Date('2025-01-31T00:00Z') };
    const due = sourceById('neso-demand-forecast-day-ahead');
    const [history, live] = await Promise.all([
      backfill(runner, sourceById('neso-demand-forecast-history'), day),
      runSource(runner, { source: due, mode: 'COMMAND', window: windowNow(due, undefined, now) }),
    ]);
    expect([history.changed, live.status]).toEqual([4, 'SUCCEEDED']);
    expect(arrivalsOf(/^\/datastore_search\?/)).toHaveLength(1);
    expect(arrivalsOf(/^\/datastore_search_sql\?/)).toHaveLength(1);
    expect(shortestGap(arrivalsOf(/^\/datastore_search/))).toBeGreaterThanOrEqual(30_000 / HASTE - TIMER_MS);
  });

  it('hold for the tries after a failure too', async () => {
    publisher.fail('503', { path: '/datastore_search', times: 3 });
    await scheduler.look();
    await finished(OF_NESO);
    const searches = arrivalsOf(/^\/datastore_search/);
    expect(searches).toHaveLength(OF_NESO.length + 3);
    expect(shortestGap(searches)).toBeGreaterThanOrEqual(30_000 / HASTE - TIMER_MS);
  });

  it('are not spent on what a package lists, which is asked for every six hours at most', async () => {
    await scheduler.look();
    await finished(OF_NESO);
    reports.length = 0;
    await database.advance({ minutes: 200 });
    await scheduler.look();
    await finished(OF_NESO);
    expect(arrivalsOf(/^\/package_show/)).toHaveLength(OF_NESO.length);
    expect(arrivalsOf(/^\/datastore_search/)).toHaveLength(2 * OF_NESO.length);
  });

  it('keep no stop waiting, and nothing is recorded of who was waiting', async () => {
    const patient = createTestRunner(database, publisher.url, {
      wait: (ms, signal) => sleep(ms, undefined, { signal }),
    });
    const waiting = startScheduler(patient, {
      intervalSeconds: 3600,
      syntheticSeed: null,
      logRetentionHours: 168,
      onRun: (report) => void reports.push(report),
    });
    expect(await waiting.look()).toHaveLength(OTHERS.length);
    await expect.poll(() => arrivalsOf(/^\/datastore_search/).length, { timeout: 10_000 }).toBe(1);
    await expect.poll(() => arrivalsOf(/^\/package_show/).length, { timeout: 10_000 }).toBe(OF_NESO.length);
    await waiting.stop();
    await patient.close();
    const { rows } = await database.owner.query<{ runs: number }>(
      `select count(*)::integer as runs from ingest_runs join sources using (source_id) where code like 'neso-%'`,
    );
    expect(rows[0]?.runs).toBeLessThanOrEqual(1);
    expect(arrivalsOf(/^\/datastore_search/)).toHaveLength(1);
  });
});
