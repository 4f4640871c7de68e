import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../../src/database/leases.js';
import { readSourceRecords } from '../../../src/database/source-health.js';
import { SOURCES } from '../../../src/ingest/registry.js';
import type { RunReport } from '../../../src/ingest/run.js';
import { startScheduler, type Scheduler } from '../../../src/ingest/scheduler.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { createMovingDatabase, type MovingDatabase } from './moving-clock.js';

/** The requests of each source that a test counts by itself. */
const ROUTES = {
  'carbon-intensity-national-forecast': /^\/intensity\/[^/]+\/fw48h$/,
  'carbon-intensity-national-outturn': /^\/intensity\/[^/]+\/[^/]+Z$/,
  'carbon-intensity-national-mix': /^\/generation\//,
  'carbon-intensity-regional': /^\/regional\//,
  'carbon-intensity-factors': /^\/intensity\/factors$/,
} as const;
type Id = keyof typeof ROUTES;
/** Sources of publishers without limits; what waits its turn is tested in neso-limits.test.ts. */
const LOOKED_AT = SOURCES.filter(({ limits }) => limits === undefined);

/** Two days ending at noon: what is answered one date a request. */
const REQUESTS_A_RUN: Readonly<Record<string, number>> = { 'elexon-system-prices': 3 };
const requestsOf = (runs: readonly RunReport[]): number =>
  runs.reduce((count, { source }) => count + (REQUESTS_A_RUN[source] ?? 1), 0);
const ALL = LOOKED_AT.length;
const DAILY = LOOKED_AT.filter(({ cadence }) => cadence?.everyMinutes === 24 * 60).length;
/** The minutes of an hour and a bit from `first` on. */
const every = (step: number, first: number): number[] =>
  Array.from({ length: Math.floor((65 - first) / step) + 1 }, (_, i) => first + i * step);

describe('the scheduler', () => {
  let database: MovingDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let scheduler: Scheduler;
  let reports: RunReport[];
  const others: (() => Promise<void>)[] = [];

  /** A second process on the same database. */
  const another = (timeoutMs = 1_000): { readonly scheduler: Scheduler } => {
    const itsRunner = createTestRunner(database, publisher.url, { timeoutMs });
    const its = startScheduler(itsRunner, SETTINGS);
    others.push(async () => {
      await its.stop();
      await itsRunner.close();
    });
    return { scheduler: its };
  };
  const stopOthers = async (): Promise<void> => {
    for (const stop of others.splice(0)) await stop();
  };
  /** The timer looks hourly, so that a test alone decides when. */
  const SETTINGS = {
    intervalSeconds: 3600,
    syntheticSeed: null,
    logRetentionHours: 168,
    sources: LOOKED_AT,
    onRun: (report: RunReport) => void reports.push(report),
  };

  beforeEach(async () => {
    reports = [];
    database = await createMovingDatabase(new Date('2026-03-02T12:00:05Z'));
    publisher = await startPublisher((path) => wholePublisher(database.clock.now())(path));
    runner = createTestRunner(database, publisher.url, { timeoutMs: 1_000 });
    scheduler = startScheduler(runner, SETTINGS);
  });
  afterEach(async () => {
    await stopOthers();
    await scheduler.stop();
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const askedOf = (id: Id, since = 0): number =>
    publisher.asked.slice(since).filter((path) => ROUTES[id].test(path)).length;

  it('asks each source once, and then once for each update of its publisher, at a look a minute', async () => {
    await scheduler.look();
    expect(reports.map(({ source }) => source).toSorted()).toEqual(LOOKED_AT.map(({ id }) => id).toSorted());
    const minutes: Record<string, number[]> = {};
    for (let minute = 1; minute <= 65; minute += 1) {
      await database.advance({ minutes: 1 });
      for (const { source } of (await scheduler.look()) ?? []) (minutes[source] ??= []).push(minute);
    }
    expect(minutes).toMatchObject({
      'carbon-intensity-national-forecast': [2, 32, 62],
      'carbon-intensity-regional': [2, 32, 62],
      'carbon-intensity-national-mix': [12, 42],
      'carbon-intensity-national-outturn': [13, 43],
      'elexon-fuelinst': every(5, 1),
      'elexon-fuelhh': [3, 33, 63],
      'elexon-freq': every(2, 1),
      'elexon-demand-outturn': [16, 46],
      'elexon-demand-forecast': [18, 48],
      'elexon-demand-summary': every(5, 2),
      'elexon-market-index': [5, 35, 65],
      'elexon-system-prices': [17, 47],
      'elexon-generation-per-type': [20, 50],
    });
    expect(Object.keys(minutes)).not.toContain('carbon-intensity-factors');
    expect(Object.keys(minutes)).not.toContain('elexon-bm-units');
    expect(publisher.asked.length).toBe(requestsOf(reports));
    expect(reports.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
    // The forecast is asked for as such at every update, never as history.
    expect(publisher.asked.filter((path) => path.startsWith('/regional/'))).toEqual([
      '/regional/intensity/2026-03-02T12:00Z/fw48h',
      '/regional/intensity/2026-03-02T12:00Z/fw48h',
      '/regional/intensity/2026-03-02T12:30Z/fw48h',
      '/regional/intensity/2026-03-02T13:00Z/fw48h',
    ]);
  });

  it('asks for what was missed after an outage', async () => {
    await scheduler.look();
    await database.advance({ minutes: 180 });
    const before = publisher.asked.length;
    await scheduler.look();
    expect(publisher.asked.slice(before)).toContain(
      '/regional/intensity/2026-03-02T12:30Z/2026-03-04T15:00Z',
    );
    expect(publisher.asked.slice(before)).toContain('/intensity/2026-02-28T12:00Z/2026-03-02T15:00Z');
    // Of what is read as it goes, the half hour that was running then is asked for again.
    expect(publisher.asked.slice(before)).toContain(
      '/datasets/FUELINST/stream?publishDateTimeFrom=2026-03-02T11:00Z&publishDateTimeTo=2026-03-02T18:30Z',
    );
  });

  it('leaves the others alone when one source fails, and asks that one less and less', async () => {
    publisher.fail('html', { path: '/regional/' });
    const first = await scheduler.look();
    expect(Object.fromEntries(first?.map(({ source, status }) => [source, status]) ?? [])).toEqual({
      ...Object.fromEntries(LOOKED_AT.map(({ id }) => [id, 'SUCCEEDED'])),
      'carbon-intensity-regional': 'FAILED',
    });
    const asked: number[] = [];
    for (let minute = 1; minute <= 60; minute += 1) {
      await database.advance({ minutes: 1 });
      const before = publisher.asked.length;
      await scheduler.look();
      if (askedOf('carbon-intensity-regional', before) > 0) asked.push(minute);
    }
    // Three looks in a row, then after pauses of 1, 2, 4, 8 and 15 minutes, each begun when the attempt before ended.
    const pauses = asked.map((minute, i) => minute - (asked[i - 1] ?? 0));
    expect(pauses.slice(0, 2)).toEqual([1, 1]);
    for (const [i, pause] of [1, 2, 4, 8, 15].entries()) {
      expect(pauses[i + 2]).toBeGreaterThanOrEqual(pause);
      expect(pauses[i + 2]).toBeLessThanOrEqual(pause + 1);
    }
    expect(askedOf('carbon-intensity-national-forecast')).toBe(3);
  });

  it('never asks before a Retry-After is over', async () => {
    publisher.fail('429', { path: '/regional/', retryAfter: '1500' });
    await scheduler.look();
    for (let minute = 1; minute <= 24; minute += 1) {
      await database.advance({ minutes: 1 });
      await scheduler.look();
    }
    expect(askedOf('carbon-intensity-regional')).toBe(1);
    publisher.heal();
    await database.advance({ minutes: 1, seconds: 1 });
    await scheduler.look();
    expect(askedOf('carbon-intensity-regional')).toBe(2);
  });

  it('never looks twice at once: a second look waits, and finds nothing due', async () => {
    const [first, second] = await Promise.all([scheduler.look(), scheduler.look()]);
    expect([first?.length, second?.length]).toEqual([ALL, 0]);
    expect(publisher.asked.length).toBe(requestsOf(reports));
  });

  it('goes on looking after a look that failed', async () => {
    await database.owner.query('alter table sources rename to sources_away');
    await expect(scheduler.look()).rejects.toThrow('sources');
    await database.owner.query('alter table sources_away rename to sources');
    expect(await scheduler.look()).toHaveLength(ALL);
  });

  it('leads in one process of two', async () => {
    const second = another();
    expect(await scheduler.look()).toHaveLength(ALL);
    expect(await second.scheduler.look()).toBeNull();
    await database.advance({ minutes: 90 });
    expect(await second.scheduler.look()).toBeNull();
    expect(await scheduler.look()).toHaveLength(ALL - DAILY);
    expect(publisher.asked.length).toBe(requestsOf(reports));
  });

  it('is taken over at once from a leader that stopped in order', async () => {
    await another().scheduler.look();
    expect(await scheduler.look()).toBeNull();
    await stopOthers();
    expect(await scheduler.look()).toEqual([]);
  });

  it('is taken over from a leader that died, when its lease has run out', async () => {
    await acquireLease(database.pool, 'ingest', 'a process that died', 1);
    expect(await scheduler.look()).toBeNull();
    expect(publisher.asked).toEqual([]);
    await expect.poll(() => scheduler.look(), { timeout: 10_000 }).toHaveLength(ALL);
  });

  it('leaves a source to the command that runs it now, and asks at the next look', async () => {
    const regional = 'source:carbon-intensity-regional';
    const lease = await acquireLease(database.pool, regional, 'pylon ingest', 60);
    expect(await scheduler.look()).toHaveLength(ALL - 1);
    await database.owner.query(`update leases set expires_at = '-infinity' where name = $1`, [lease?.name]);
    expect(await scheduler.look()).toEqual([
      expect.objectContaining({ source: 'carbon-intensity-regional', status: 'SUCCEEDED' }),
    ]);
  });

  it('runs due sources side by side, and stops without waiting for one that is silent, of which it records no failure', async () => {
    const patient = another(60_000);
    publisher.fail('hang', { path: '/regional/' });
    const looking = patient.scheduler.look();
    await expect.poll(() => reports.length, { timeout: 10_000 }).toBe(ALL - 1);
    await stopOthers();
    expect(await looking).toHaveLength(ALL - 1);
    const records = await readSourceRecords(database.pool);
    expect(records.every(({ failures, lastErrorAt }) => failures === 0 && lastErrorAt === null)).toBe(true);
  });

  it('looks by itself', async () => {
    const itself = startScheduler(runner, { ...SETTINGS, intervalSeconds: 1 });
    await expect.poll(() => reports.length, { timeout: 10_000 }).toBe(ALL);
    await itself.stop();
  });
});
