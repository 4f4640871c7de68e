import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents, readLogHead, type LogEvent } from '../../../src/database/event-log.js';
import { recordRun } from '../../../src/database/ingest-runs.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aMix, aRun, aStatement, counted, createWriters, type Writer } from './writers.js';

const WRITERS = 8;
const RUNS_A_WRITER = counted(20, 500);
const BEGIN = new Date('2026-03-30T00:00Z');

describe('a reader that follows the log by cursor beside eight writers', () => {
  let database: TestDatabase;
  let writers: readonly Writer[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const sources = Array.from({ length: WRITERS }, (_, i) => ({
      id: `writer-${i}`,
      quality: 'REAL' as const,
      priority: 200 + (i % 3),
    }));
    ({ writers } = await createWriters(database, sources));
  });
  afterAll(() => database.drop());

  /** Runs that change some signals, run that fail, and run that change nothing, at random. @returns runs with events. */
  async function writeAll(writer: Writer): Promise<number[]> {
    const announced: number[] = [];
    for (let i = 0; i < RUNS_A_WRITER; i += 1) {
      const dice = Math.random();
      if (dice < 0.3) {
        const run = aRun({
          sourceId: writer.sourceId,
          startedAt: database.clock.now(),
          failure: { code: 'SOURCE_UNAVAILABLE', message: 'no answer', notBefore: null },
        });
        const { runId } = await recordRun(database.pool, writer.lease, run);
        announced.push(runId);
      } else {
        const size = dice < 0.5 ? 1 : Math.ceil(Math.random() * 40);
        const statements = Array.from({ length: size }, (_, k) =>
          aStatement({
            regionId: (k % 18) + 1,
            from: addHalfHours(BEGIN, Math.floor(k / 18)),
            intensityGco2PerKwh: Math.floor(Math.random() * 3),
            mix: Math.random() < 0.5 ? aMix(100) : null,
          }),
        );
        const { runId, lastSequence } = await writer.write(statements);
        if (lastSequence !== null) announced.push(runId);
      }
    }
    return announced;
  }

  it(
    'sees every event once, in order, and none after it looked past it',
    { timeout: 15 * 60_000 },
    async () => {
      let writing = true;
      const heard: LogEvent[] = [];
      let cursor = (await readLogHead(database.pool)).lastSequence;
      const begin = cursor;
      const follow = async (): Promise<void> => {
        for (;;) {
          const last = !writing;
          const head = await readLogHead(database.pool);
          const events = await readEvents(database.pool, {
            after: cursor,
            limit: 1 + Math.floor(Math.random() * 60),
          });
          if (cursor < head.lastSequence) expect(events.length).toBeGreaterThan(0);
          for (const event of events) {
            expect(event.sequence).toBe(cursor + 1n);
            cursor = event.sequence;
          }
          heard.push(...events);
          if (last && events.length === 0) return;
        }
      };
      const [announced] = await Promise.all([
        Promise.all(writers.map(writeAll)).finally(() => (writing = false)),
        follow(),
      ]);

      const { rows: log } = await database.owner.query<{ sequence: string; topic: number }>(
        'select sequence, topic from event_log where sequence > $1 order by sequence',
        [begin],
      );
      expect(heard.map(({ sequence }) => sequence)).toEqual(log.map(({ sequence }) => BigInt(sequence)));
      const runs = heard.flatMap(({ topic, objectId }) => (topic === 'INGEST_RUNS' ? [objectId] : []));
      expect(new Set(runs)).toEqual(new Set(announced.flat()));
      expect(runs.length).toBe(announced.flat().length);
    },
  );

  it('finds each commit known later than the one before it, and its numbers next to it', async () => {
    const { rows: commits } = await database.owner.query<{
      first_sequence: string;
      last_sequence: string;
      known_at: Date;
    }>('select first_sequence, last_sequence, known_at from event_commits order by last_sequence');
    expect(commits.length).toBeGreaterThan(RUNS_A_WRITER);
    for (const [i, commit] of commits.entries()) {
      const before = commits[i - 1];
      expect(Number(commit.first_sequence)).toBe(Number(before?.last_sequence ?? 0) + 1);
      if (before) expect(commit.known_at.getTime()).toBeGreaterThan(before.known_at.getTime());
    }
    const head = await readLogHead(database.pool);
    const events = await readEvents(database.pool, { after: 0n, limit: 1_000_000 });
    expect(events.at(-1)?.sequence).toBe(head.lastSequence);
    let commit = 0;
    for (const event of events) {
      while (Number(commits[commit]?.last_sequence) < event.sequence) commit += 1;
      expect(event.knownAt).toEqual(commits[commit]?.known_at);
    }
  });

  it('finds what a run stored known when its events were', async () => {
    const { rows } = await database.owner.query(
      `select o.sequence from observations o
       where o.known_at is distinct from (select known_at from event_commits c
         where c.last_sequence >= o.sequence and c.first_sequence <= o.sequence order by c.last_sequence limit 1)
       union all
       select sequence from observations o where not exists (select from event_log l where l.sequence = o.sequence)`,
    );
    expect(rows).toEqual([]);
  });
});
