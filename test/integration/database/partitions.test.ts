import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents, readLogHead } from '../../../src/database/event-log.js';
import { readSignals } from '../../../src/database/grid-signals.js';
import { maintainPartitions } from '../../../src/database/maintenance.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aStatement, createWriters } from './writers.js';

const HOUR_MS = 3_600_000;
const CHECK_VIOLATION = '23514';

describe('partitions', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const partitionsOf = async (table: string): Promise<Record<string, string>> => {
    const { rows } = await database.pool.query<{ name: string; bounds: string }>(
      `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass order by 1`,
      [table],
    );
    return Object.fromEntries(rows.map(({ name, bounds }) => [name, bounds]));
  };

  describe('of the observations', () => {
    it('are made on demand for a month however far, and hold its rows', async () => {
      const { catalog, writers } = await createWriters(database, [
        { id: 'real', quality: 'REAL', priority: 1 },
      ]);
      const froms = ['2018-05-10T23:30Z', '2026-06-30T23:30Z', '2026-07-01T00:00Z', '2031-12-31T23:30Z'].map(
        (text) => new Date(text),
      );
      for (const from of froms) await writers[0]?.write([aStatement({ regionId: 13, from })]);
      const { rows } = await database.owner.query(
        'select tableoid::regclass::text as name from observations order by from_at',
      );
      expect(rows.map(({ name }: { name: string }) => name)).toEqual([
        'observations_2018_05',
        'observations_2026_06', // a month of UTC, though it is July in London and that is the server's zone
        'observations_2026_07',
        'observations_2031_12',
      ]);
      const keys = froms.map((from) => ({ regionId: 13, from }));
      const signals = await readSignals(
        { db: database.pool, sources: catalog, servesSynthetic: true, archive: database.reader.archive },
        keys,
        null,
      );
      expect(signals.map((signal) => signal?.from)).toEqual(froms);
    });

    it('begin and end with the months of UTC, whoever makes them', async () => {
      await database.owner.query(
        `set timezone = 'Asia/Tokyo'; select ensure_observation_partitions('2026-03-15Z', '2026-04-01Z')`,
      );
      expect(await partitionsOf('observations')).toEqual({
        observations_2026_03: `FOR VALUES FROM ('2026-03-01 00:00:00+00') TO ('2026-04-01 00:00:00+00')`,
      });
    });

    it('are made once for several that need them at once', async () => {
      for (let year = 2010; year < 2016; year += 1) {
        await Promise.all(
          Array.from({ length: 8 }, () =>
            database.pool.query(`select ensure_observation_partitions($1, $2), ensure_log_partitions($3)`, [
              `${year}-01-01Z`,
              `${year}-04-01Z`,
              (year - 2009) * 400_000,
            ]),
          ),
        );
      }
      expect(Object.keys(await partitionsOf('observations')).length).toBe(18);
    });

    it('are refused for a span that no run has', async () => {
      const ensure = database.pool.query(
        `select ensure_observation_partitions('1990-01-01Z', '2026-01-01Z')`,
      );
      await expect(ensure).rejects.toThrow(/asks for too many partitions/);
      expect(await partitionsOf('observations')).toEqual({});
    });

    it('exist for the days around now once maintained', async () => {
      await maintainPartitions(database, 168);
      const now = database.clock.now();
      const months = [-3, 0, 2, 35].map((days) =>
        new Date(now.getTime() + days * 24 * HOUR_MS).toISOString().slice(0, 7),
      );
      const names = Object.keys(await partitionsOf('observations'));
      expect(names).toEqual(
        expect.arrayContaining(months.map((month) => `observations_${month.replace('-', '_')}`)),
      );
    });
  });

  describe('of the log', () => {
    /** A past of the log: commits by their last sequence and how many hours ago they were known, an event in each hundred thousand. */
    async function pastOf(commits: readonly (readonly [last: number, hoursAgo: number])[]): Promise<void> {
      const last = commits.at(-1)?.[0] ?? 0;
      await database.owner.query('select ensure_log_partitions($1)', [last]);
      let first = 1;
      for (const [lastSequence, hoursAgo] of commits) {
        await database.owner.query(
          `insert into event_commits (first_sequence, last_sequence, known_at) values ($1, $2, pylon_now() - $3 * interval '1 hour')`,
          [first, lastSequence, hoursAgo],
        );
        first = lastSequence + 1;
      }
      await database.owner.query(
        `insert into event_log (sequence, topic) select n, 2 from generate_series(50000, $1::bigint, 100000) n`,
        [last],
      );
      await database.owner.query(
        `update event_head set last_sequence = $1, last_known_at = (select max(known_at) from event_commits)`,
        [last],
      );
    }
    const drop = async (hours: number): Promise<number> => maintainPartitions(database, hours);
    const floor = async (): Promise<bigint> => (await readLogHead(database.pool)).floorSequence;
    const names = async (): Promise<string[]> =>
      Object.keys(await partitionsOf('event_log')).map((name) => name.replace('event_log_0000000', ''));

    it('are dropped once every event in them has expired, and the floor moves with them', async () => {
      await pastOf([
        [150_000, 72],
        [250_000, 48],
        [350_000, 24],
      ]);
      expect(await drop(100)).toBe(0);
      expect(await floor()).toBe(0n);
      expect(await drop(60)).toBe(1); // 100,000 to 199,999 holds events of 48 hours ago
      expect(await floor()).toBe(99_999n);
      expect(await drop(36)).toBe(1); // 200,000 to 299,999 holds events of 24 hours ago
      expect(await floor()).toBe(199_999n);
      expect(await drop(12)).toBe(1); // what holds the end stays
      expect(await floor()).toBe(299_999n);
      expect(
        (await readEvents(database.pool, { after: 299_999n, limit: 10 })).map(({ sequence }) => sequence),
      ).toEqual([350_000n]);
    });

    it('are not made again once dropped, and those that come next are', async () => {
      await pastOf([[350_000, 24]]);
      expect(await drop(12)).toBe(3);
      expect(await names()).toEqual(['3', '4', '5']);
      expect(await drop(12)).toBe(0);
      expect(await names()).toEqual(['3', '4', '5']);

      const { writers } = await createWriters(database, [{ id: 'real', quality: 'REAL', priority: 1 }]);
      const outcome = await writers[0]?.write([
        aStatement({ regionId: 13, from: new Date('2026-03-02T12:00Z') }),
      ]);
      expect(outcome?.lastSequence).toBe(350_002n);
      expect(await readEvents(database.pool, { after: 350_000n, limit: 10 })).toHaveLength(2);
    });

    it('stay when they end exactly with the log', async () => {
      await pastOf([[199_999, 24]]);
      expect(await drop(12)).toBe(1);
      expect(await floor()).toBe(99_999n);
      expect(await names()).toContain('1');
    });

    it('stay for an hour whatever is asked', async () => {
      await pastOf([
        [150_000, 2],
        [350_000, 0.5],
      ]);
      const { rows } = await database.pool.query(`select drop_expired_log('infinity') as dropped`);
      expect(rows).toEqual([{ dropped: 1 }]);
      expect(await floor()).toBe(99_999n);
    });

    it('wait for the next maintenance while a reader is in the way', async () => {
      await pastOf([[350_000, 24]]);
      const client = await database.pool.connect();
      try {
        await client.query('begin');
        await client.query('select from event_log');
        expect(await drop(12)).toBe(0);
        expect(await floor()).toBe(0n);
      } finally {
        await client.query('rollback');
        client.release();
      }
      expect(await drop(12)).toBe(3);
    });

    it('are dropped once by several that maintain at once', async () => {
      await pastOf([[950_000, 24]]);
      const dropped = await Promise.all([drop(12), drop(12), drop(12), drop(12)]);
      expect(dropped.reduce((sum, each) => sum + each, 0)).toBe(9);
      expect(await floor()).toBe(899_999n);
    });

    it('refuse what lies beyond them instead of losing it', async () => {
      await expect(
        database.owner.query(`insert into event_log (sequence, topic) values (99000000, 2)`),
      ).rejects.toMatchObject({ code: CHECK_VIOLATION });
    });
  });
});
