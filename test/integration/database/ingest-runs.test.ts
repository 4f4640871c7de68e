import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents, readLogHead } from '../../../src/database/event-log.js';
import { recordRun } from '../../../src/database/ingest-runs.js';
import type { RunOutcome, RunRecord } from '../../../src/domain/ingest-run.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aMix, aRun, aStatement, createWriters, type Writer } from './writers.js';

const FROM = new Date('2026-07-01T12:00Z');
const FAILURE = { code: 'SOURCE_UNAVAILABLE', message: 'no answer', notBefore: null } as const;

describe('the row of a run', () => {
  let database: TestDatabase;
  let writers: readonly Writer[];
  let next = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const sources = Array.from({ length: 8 }, (_, i) => ({
      id: `real-${i}`,
      quality: 'REAL' as const,
      priority: 100,
    }));
    ({ writers } = await createWriters(database, sources));
  });
  afterAll(() => database.drop());

  /** A source that never ran. */
  function freshWriter(): Writer {
    const writer = writers[next++];
    if (!writer) throw new Error('every writer is taken');
    return writer;
  }
  const record = ({ lease, sourceId }: Writer, run: Partial<RunRecord>): Promise<RunOutcome> =>
    recordRun(database.pool, lease, aRun({ sourceId, startedAt: database.clock.now(), ...run }));

  it('is all that a run which brought nothing new writes', async () => {
    const writer = freshWriter();
    const { lastSequence } = await readLogHead(database.pool);
    expect(await record(writer, {})).toMatchObject({ rowsNew: 0, rowsChanged: 0, lastSequence: null });
    expect(await writer.write([])).toMatchObject({ rowsChanged: 0, lastSequence: null });
    expect((await readLogHead(database.pool)).lastSequence).toBe(lastSequence);
  });

  it.each([
    ['failed', { failure: FAILURE }],
    ['refused rows', { rowsRefused: 1 }],
    ['was a window of a backfill', { mode: 'BACKFILL' as const }],
  ])('is announced where the run %s', async (_how, run) => {
    const writer = freshWriter();
    const { lastSequence: before } = await readLogHead(database.pool);
    const outcome = await record(writer, run);
    expect(outcome.lastSequence).toBe(before + 1n);
    expect(await readEvents(database.pool, { after: before, limit: 10 })).toMatchObject([
      { sequence: before + 1n, topic: 'INGEST_RUNS', objectId: outcome.runId },
    ]);
    const { rows } = await database.pool.query(
      'select first_sequence, last_sequence from ingest_runs where ingest_run_id = $1',
      [outcome.runId],
    );
    expect(rows).toEqual([{ first_sequence: before + 1n, last_sequence: before + 1n }]);
  });

  it('is announced for the first success after a failure, and not for the second', async () => {
    const writer = freshWriter();
    await record(writer, { failure: FAILURE });
    expect((await record(writer, {})).lastSequence).not.toBeNull();
    expect((await record(writer, {})).lastSequence).toBeNull();
  });

  it('holds the words of a publisher that jsonb does not take', async () => {
    const refusals = [{ row: 'NUL \0', reason: 'half a pair \ud800, a whole one \u{1f50c}' }];
    const unlisted = [{ rawFuel: 'tide \udfff "\\ \t\n', permille: 3 }];
    const mix = { permille: aMix(400).permille, unlisted };
    const { runId } = await freshWriter().write([aStatement({ regionId: 18, from: FROM, mix })], {
      rowsRefused: 1,
      refusals,
    });
    const { rows } = await database.pool.query(
      'select refusals, (select unlisted_fuels from observations o where o.ingest_run_id = r.ingest_run_id) as unlisted from ingest_runs r where ingest_run_id = $1',
      [runId],
    );
    expect(rows).toEqual([
      {
        refusals: [{ row: 'NUL \ufffd', reason: 'half a pair \ufffd, a whole one \u{1f50c}' }],
        unlisted: [{ rawFuel: 'tide \ufffd "\\ \t\n', permille: 3 }],
      },
    ]);
  });

  it('never ends before it began, though the process and the database keep two clocks', async () => {
    const startedAt = new Date(database.clock.now().getTime() + 60_000);
    const { runId } = await record(freshWriter(), { startedAt });
    const { rows } = await database.pool.query(
      'select finished_at from ingest_runs where ingest_run_id = $1',
      [runId],
    );
    expect(rows).toEqual([{ finished_at: startedAt }]);
  });
});
