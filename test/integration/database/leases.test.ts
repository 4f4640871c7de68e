import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordCarbonFactors } from '../../../src/database/carbon-factors.js';
import { recordGridStatements } from '../../../src/database/grid-statements.js';
import { recordRun } from '../../../src/database/ingest-runs.js';
import { createLeaseKeeper } from '../../../src/database/lease-keeper.js';
import { acquireLease, prolongLease, releaseLease, type Lease } from '../../../src/database/leases.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';
import { aMix, aRun, aStatement } from './writers.js';

const LOCK_NOT_AVAILABLE = '55P03';

describe('a lease', () => {
  let database: TestDatabase;
  let name: string;
  let leases = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    name = `lease-${leases++}`;
  });

  const acquire = (holder: string, seconds = 60): Promise<Lease | null> =>
    acquireLease(database.pool, name, holder, seconds);
  async function held(holder: string): Promise<Lease> {
    const lease = await acquire(holder);
    if (!lease) throw new Error(`${holder} does not get ${name}`);
    return lease;
  }
  /** Lets it run out, as if its seconds had passed. */
  const expire = (): Promise<unknown> =>
    database.owner.query(
      `update leases set expires_at = clock_timestamp() - interval '1 ms' where name = $1`,
      [name],
    );
  const expiry = async (): Promise<Date> => {
    const { rows } = await database.owner.query<{ expires_at: Date }>(
      'select expires_at from leases where name = $1',
      [name],
    );
    return rows[0]?.expires_at ?? new Date(0);
  };

  it('is held by one at a time, who keeps its number while it asks again in time', async () => {
    expect(await acquire('a')).toEqual({ name, holder: 'a', fencing: 1n });
    expect(await acquire('b')).toBeNull();
    expect(await acquire('a')).toEqual({ name, holder: 'a', fencing: 1n });
  });

  it('is taken by exactly one of many who come at once', async () => {
    const taken = await Promise.all(Array.from({ length: 10 }, (_, i) => acquire(`holder ${i}`)));
    expect(taken.filter((lease) => lease !== null).length).toBe(1);
    await expire();
    const again = await Promise.all(Array.from({ length: 10 }, (_, i) => acquire(`other ${i}`)));
    expect(again.flatMap((lease) => lease?.fencing ?? [])).toEqual([2n]);
  });

  it('is taken over once it has run out, under a higher number, by its old holder too', async () => {
    await held('a');
    await expire();
    expect(await acquire('b')).toMatchObject({ holder: 'b', fencing: 2n });
    await expire();
    expect(await acquire('b')).toMatchObject({ holder: 'b', fencing: 3n });
  });

  it('is free at once when it is given back, and the next number is higher', async () => {
    const lease = await held('a');
    await releaseLease(database.pool, lease);
    expect(await acquire('b')).toMatchObject({ holder: 'b', fencing: 2n });
  });

  it('stays with its new holder when the old one gives it back or prolongs it', async () => {
    const old = await held('a');
    await expire();
    const taken = await held('b');
    await releaseLease(database.pool, old);
    expect(await prolongLease(database.pool, old, 60)).toBe(false);
    expect(await prolongLease(database.pool, taken, 60)).toBe(true);
    expect(await acquire('c')).toBeNull();
  });

  it('is not revived by a prolongation that arrives after it was given back, or after it ran out', async () => {
    const released = await held('a');
    await releaseLease(database.pool, released);
    expect(await prolongLease(database.pool, released, 60)).toBe(false);
    const expired = await held('a');
    await expire();
    expect(await prolongLease(database.pool, expired, 60)).toBe(false);
    expect(await acquire('b')).not.toBeNull();
  });

  describe('in a write', () => {
    const FROM = new Date('2026-03-02T12:00Z');
    const rowCounts = async (): Promise<unknown> =>
      (
        await database.owner.query(
          `select (select count(*) from observations) as observations, (select count(*) from grid_signals) as signals,
             (select count(*) from event_log) as events, (select count(*) from event_commits) as commits,
             (select count(*) from ingest_runs) as runs, (select count(*) from carbon_factors) as factors,
             (select last_sequence from event_head) as head`,
        )
      ).rows[0];
    const sourceId = (): number => database.sources.idOf('carbon-intensity-regional');
    const run = () => aRun({ sourceId: sourceId(), startedAt: database.clock.now() });
    const failed = () => ({
      ...run(),
      failure: { code: 'SOURCE_UNAVAILABLE' as const, message: 'no answer', notBefore: null },
    });
    const writes = {
      'statements of the grid': (lease: Lease) =>
        recordGridStatements(database.pool, {
          lease,
          run: run(),
          quality: 'REAL',
          priority: 100,
          statements: [aStatement({ regionId: 13, from: FROM, intensityGco2PerKwh: leases, mix: aMix(1) })],
          announce: true,
        }),
      'no statements': (lease: Lease) =>
        recordGridStatements(database.pool, {
          lease,
          run: run(),
          quality: 'REAL',
          priority: 100,
          statements: [],
          announce: true,
        }),
      'carbon factors': (lease: Lease) =>
        recordCarbonFactors(database.pool, lease, run(), [{ fuel: 'Wind', gco2PerKwh: leases }]),
      'a failed run': (lease: Lease) => recordRun(database.pool, lease, failed()),
    };

    it.each(Object.entries(writes))('of %s is taken while it is held', async (_what, write) => {
      const lease = await held('a');
      expect((await write(lease)).runId).toBeGreaterThan(0);
    });

    it.each(Object.entries(writes))(
      'of %s is refused once it has run out or another holds it, and leaves nothing',
      async (_what, write) => {
        const lease = await held('a');
        const before = await rowCounts();
        const refused = { code: 'LEASE_LOST', details: { lease: name } };
        await expire();
        await expect(write(lease)).rejects.toMatchObject(refused);
        await held('b');
        await expect(write(lease)).rejects.toMatchObject(refused);
        expect(await rowCounts()).toEqual(before);
        expect(await acquire('b')).toMatchObject({ fencing: 2n });
      },
    );

    it('cannot be taken over between its check and the commit', async () => {
      const lease = await held('a');
      const client = await database.owner.connect();
      const takeNow = (): Promise<unknown> =>
        database.owner.query('select from leases where name = $1 for no key update nowait', [name]);
      try {
        await client.query('begin');
        await client.query('select assert_lease($1, $2)', [name, lease.fencing]);
        await expect(takeNow()).rejects.toMatchObject({ code: LOCK_NOT_AVAILABLE });
        await client.query('commit');
        expect(await takeNow()).toMatchObject({ rowCount: 1 });
      } finally {
        client.release();
      }
    });
  });

  describe('of a keeper', () => {
    const keep = (seconds: number) =>
      createLeaseKeeper(database.pool, {
        seconds,
        onError: (error) => {
          throw error;
        },
      });

    it('is prolonged until it is given back', async () => {
      const keeper = keep(1);
      const lease = await keeper.acquire(name);
      const first = await expiry();
      await until(
        'it is prolonged beyond its own length',
        async () => (await expiry()).getTime() > first.getTime() + 1000,
      );
      expect(await acquire('b')).toBeNull();
      if (lease) await keeper.release(lease);
      expect(await acquire('b')).toMatchObject({ fencing: 2n });
      await keeper.close();
    });

    it('is not taken back by prolonging once another has it', async () => {
      let tries = 0;
      const counting = {
        query: (text: string, values: unknown[]) => {
          const answer = database.pool.query(text, values);
          if (text.startsWith('update leases')) void answer.then(() => (tries += 1));
          return answer;
        },
      };
      const keeper = createLeaseKeeper(counting as unknown as typeof database.pool, {
        seconds: 1,
        onError: () => undefined,
      });
      await keeper.acquire(name);
      await expire();
      await held('b');
      await until('it tries to prolong it', () => tries > 0);
      await keeper.close();
      expect(await acquire('b')).toMatchObject({ holder: 'b', fencing: 2n });
    });

    it('is given back with all the others when it closes', async () => {
      const keeper = keep(60);
      await keeper.acquire(name);
      await keeper.acquire(`${name}-too`);
      await keeper.close();
      expect(await acquire('b')).toMatchObject({ fencing: 2n });
    });
  });
});
