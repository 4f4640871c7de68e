import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLogHead, resolveAsOf } from '../../../src/database/event-log.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';
import { aStatement, counted, createWriters, type Writer } from './writers.js';

const FROM = new Date('2026-03-02T12:00Z');

describe('an instant, resolved to the last sequence known at it', () => {
  let database: TestDatabase;
  let writers: readonly Writer[];
  let begin: Date;

  beforeAll(async () => {
    database = await createTestDatabase();
    begin = database.clock.now();
    const sources = Array.from({ length: 4 }, (_, i) => ({
      id: `real-${i}`,
      quality: 'REAL' as const,
      priority: i,
    }));
    ({ writers } = await createWriters(database, sources));
  });
  afterAll(() => database.drop());

  const resolve = (asOf: Date): Promise<bigint> => resolveAsOf(database.pool, asOf);
  const write = (i = 0): Promise<unknown> | undefined =>
    writers[i]?.write([
      aStatement({ regionId: 13, from: FROM, intensityGco2PerKwh: Math.floor(Math.random() * 1e4) }),
    ]);
  const commits = async (): Promise<{ readonly last: bigint; readonly knownAt: Date }[]> =>
    (
      await database.pool.query<{ last: bigint; knownAt: Date }>(
        'select last_sequence as last, known_at as "knownAt" from event_commits order by last_sequence',
      )
    ).rows;

  it('is 0 before anything was known, however long before', async () => {
    await write();
    for (const instant of [begin, new Date('2001-01-01T00:00Z'), new Date(-62_135_596_800_000)])
      expect(await resolve(instant)).toBe(0n);
  });

  it('is refused when it lies in the future', async () => {
    const future = new Date(database.clock.now().getTime() + 60_000);
    await expect(resolve(future)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(future.toISOString()) as string,
    });
  });

  it('includes a commit at the very instant it was known, and not the millisecond before', async () => {
    await write();
    await write();
    const known = await commits();
    for (const [i, { last, knownAt }] of known.entries()) {
      expect(await resolve(knownAt)).toBe(last);
      expect(await resolve(new Date(knownAt.getTime() - 1))).toBe(known[i - 1]?.last ?? 0n);
    }
  });

  it('is not answered while a writer that may be known by then is on its way', async () => {
    const client = await database.owner.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ last: string; known: Date }>(
        'select last_sequence + 1 as last, last_known_at as known from open_commit()',
      );
      const [head] = rows;
      const instant = await until('the clock is past that', () => {
        const now = database.clock.now();
        return head && now > head.known ? now : null;
      });
      let answered = false;
      const answer = resolve(instant).finally(() => (answered = true));
      await until('the question waits for the head', async () => {
        const waiting = await client.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%resolve_as_of%' and datname = current_database()`,
        );
        return waiting.rows.length > 0;
      });
      expect(answered).toBe(false);
      await client.query(`insert into event_log (sequence, topic) values (${head?.last}, 2)`);
      await client.query('select close_commit($1, $1, $2)', [head?.last, head?.known]);
      await client.query('commit');
      expect(await answer).toBe(BigInt(head?.last ?? 0));
      expect(await resolve(instant)).toBe(BigInt(head?.last ?? 0));
    } finally {
      client.release();
    }
  });

  it('keeps its answer when something is written right after: that is known later', async () => {
    for (let i = 0; i < 20; i += 1) {
      const instant = database.clock.now();
      const answer = await resolve(instant);
      await write();
      expect((await commits()).at(-1)?.knownAt.getTime()).toBeGreaterThan(instant.getTime());
      expect(await resolve(instant)).toBe(answer);
    }
  });

  it('is written down once, and asking again writes nothing', async () => {
    const version = async (): Promise<unknown> =>
      (await database.owner.query('select xmin, ctid from event_head')).rows[0];
    const instant = database.clock.now();
    await resolve(instant);
    const before = await version();
    await Promise.all([
      resolve(instant),
      resolve(instant),
      resolve(new Date(instant.getTime() - 1)),
      resolve(begin),
    ]);
    expect(await version()).toEqual(before);
  });

  it('always gives the same sequence, beside writers that never rest', async () => {
    let writing = true;
    const writeOn = async (i: number): Promise<void> => {
      while (writing) await write(i);
    };
    const answers = new Map<number, bigint>();
    const check = fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 3 }),
        async (share, back) => {
          const now = database.clock.now().getTime();
          // Half of them as near to now as can be, where writers are on their way.
          const ms = share < 0.5 ? now - back : Math.floor(begin.getTime() + (now - begin.getTime()) * share);
          const [first, second] = await Promise.all([resolve(new Date(ms)), resolve(new Date(ms))]);
          expect(second).toBe(first);
          expect(answers.get(ms) ?? first).toBe(first);
          expect(first).toBeLessThanOrEqual((await readLogHead(database.pool)).lastSequence);
          answers.set(ms, first);
        },
      ),
      { numRuns: counted(80, 5000), endOnFailure: true },
    );
    await Promise.all([...writers.map((_, i) => writeOn(i)), check.finally(() => (writing = false))]);

    const known = await commits();
    for (const [ms, answer] of answers)
      expect(answer).toBe(known.findLast(({ knownAt }) => knownAt.getTime() <= ms)?.last ?? 0n);
  });
});
