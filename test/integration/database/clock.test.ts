import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents, resolveAsOf } from '../../../src/database/event-log.js';
import { readSignals } from '../../../src/database/grid-signals.js';
import { openDatabase, type Database } from '../../../src/database/open.js';
import { createPool } from '../../../src/database/pools.js';
import { withPrisma } from '../../../src/database/prisma.js';
import { SOURCES } from '../../../src/ingest/registry.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aStatement, createWriters } from './writers.js';

const NOW = new Date('2023-11-06T12:30Z');
const LATER = new Date('2023-11-08T00:00Z');
const DAY_MS = 86_400_000;

describe('the clock of a database', () => {
  let database: TestDatabase;
  const opened: Database[] = [];

  beforeEach(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await database.drop();
  });

  async function open(pylonNow: Date | null): Promise<Database> {
    const another = await openDatabase({
      ownerUrl: database.ownerUrl,
      appUrl: null,
      pylonNow,
      sources: SOURCES,
      onError: () => undefined,
    });
    opened.push(another);
    return another;
  }
  async function write(): Promise<Date> {
    const { writers } = await createWriters(database, [{ id: 'real', quality: 'REAL', priority: 100 }]);
    const from = new Date('2023-11-06T12:30Z');
    const intensityGco2PerKwh = Math.floor(Math.random() * 1e4);
    const outcome = await writers[0]?.write([aStatement({ regionId: 13, from, intensityGco2PerKwh })]);
    const [event] = await readEvents(database.pool, { after: (outcome?.lastSequence ?? 0n) - 1n, limit: 1 });
    return event?.knownAt ?? new Date(0);
  }

  it('starts at PYLON_NOW and runs on, and what is written is known by it', async () => {
    expect(database.clock.now().getTime() - NOW.getTime()).toBeGreaterThanOrEqual(0);
    expect(database.clock.now().getTime() - NOW.getTime()).toBeLessThan(DAY_MS);
    const knownAt = await write();
    expect(knownAt.getTime()).toBeGreaterThanOrEqual(NOW.getTime());
    expect(knownAt.getTime()).toBeLessThan(NOW.getTime() + DAY_MS);
  });

  it('is adopted by every later process, with the same setting and without it', async () => {
    const [without, same] = [await open(null), await open(NOW)];
    expect(without.clock.offsetMs).toBe(database.clock.offsetMs);
    expect(same.clock.offsetMs).toBe(database.clock.offsetMs);
  });

  it('is not set back before what is known', async () => {
    const knownAt = await write();
    const before = new Date(knownAt.getTime() - 1);
    await expect(open(before)).rejects.toMatchObject({
      code: 'CLOCK_CONFLICT',
      message: expect.stringContaining(knownAt.toISOString()) as string,
    });
    expect((await open(null)).clock.offsetMs).toBe(database.clock.offsetMs);
  });

  it('is not set back before an instant that was already answered', async () => {
    const answered = new Date(database.clock.now().getTime() - 1);
    await resolveAsOf(database.pool, answered);
    await expect(open(new Date(answered.getTime() - 1))).rejects.toMatchObject({ code: 'CLOCK_CONFLICT' });
  });

  it('is set back while nothing is known yet', async () => {
    const earlier = new Date('2021-05-01T00:00Z');
    expect((await open(earlier)).clock.now().getTime() - earlier.getTime()).toBeLessThan(DAY_MS);
  });

  it('is moved on by a later PYLON_NOW, and what is written then is known then', async () => {
    const first = await write();
    const moved = await open(LATER);
    expect(moved.clock.offsetMs - database.clock.offsetMs).toBeGreaterThan(DAY_MS);
    const second = await write();
    expect(first.getTime()).toBeLessThan(LATER.getTime());
    expect(second.getTime()).toBeGreaterThanOrEqual(LATER.getTime());
    expect((await open(null)).clock.offsetMs).toBe(moved.clock.offsetMs);
  });
});

describe('a session', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase({ pylonNow: new Date('2026-07-01T12:00Z') });
  });
  afterEach(() => database.drop());

  it('is in UTC on a server whose default is London, and instants read back as they were written', async () => {
    expect((await database.owner.query('show timezone')).rows).toEqual([{ TimeZone: 'Europe/London' }]);
    expect((await database.pool.query('show timezone')).rows).toEqual([{ TimeZone: 'UTC' }]);

    const { catalog, writers } = await createWriters(database, [
      { id: 'real', quality: 'REAL', priority: 100 },
    ]);
    const from = new Date('2026-06-30T23:30Z'); // in London it is July by then
    const issuedAt = new Date('2026-06-30T12:34:56.789Z');
    const startedAt = database.clock.now();
    const window = { from, to: new Date('2026-07-02T00:00Z') };
    const outcome = await writers[0]?.write([aStatement({ regionId: 18, from, issuedAt })], {
      startedAt,
      window,
    });
    const ingestRunId = outcome?.runId ?? 0;

    const [signal] = await readSignals(
      { db: database.pool, sources: catalog, servesSynthetic: true, archive: database.reader.archive },
      [{ regionId: 18, from }],
      null,
    );
    expect(signal).toMatchObject({ from, settlementDate: '2026-07-01', settlementPeriod: 2 });
    expect(signal?.carbon?.provenance.issuedAt).toEqual(issuedAt);
    const graph = withPrisma(database, () => undefined);
    const run = await graph.prisma.ingestRun.findUniqueOrThrow({ where: { ingestRunId } });
    await graph.disconnectPrisma();
    expect([run.windowFrom, run.windowTo, run.startedAt]).toEqual([window.from, window.to, startedAt]);
    const [event] = await readEvents(database.pool, { after: 0n, limit: 1 });
    expect(event?.from).toEqual(from);
  });

  it('is ours whatever the database, the role and the URL say', async () => {
    const name = new URL(database.ownerUrl).pathname.slice(1);
    await database.owner.query(`alter database ${name} set timezone = 'Asia/Tokyo'`);
    await database.owner.query(`alter database ${name} set search_path = elsewhere`);
    await database.owner.query(
      `alter database ${name} set default_transaction_isolation = 'repeatable read'`,
    );
    const url = new URL(database.appUrl);
    url.searchParams.set('options', '-c TimeZone=America/New_York -c application_name=mine');
    const pool = createPool({ url: url.href, name: 'pylon-test', max: 1, onError: () => undefined });
    try {
      const shown = await pool.query(
        `select current_setting('timezone') as zone, current_setting('search_path') as path,
           current_setting('transaction_isolation') as isolation, current_setting('idle_in_transaction_session_timeout') as idle`,
      );
      expect(shown.rows).toEqual([{ zone: 'UTC', path: 'public', isolation: 'read committed', idle: '5s' }]);
    } finally {
      await pool.end();
    }
  });
});
