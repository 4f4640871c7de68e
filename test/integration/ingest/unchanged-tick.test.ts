import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLogHead } from '../../../src/database/event-log.js';
import { SOURCES, type AnySource } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { startScheduler } from '../../../src/ingest/scheduler.js';
import { windowNow } from '../../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { changedTables, tableStates } from './table-states.js';

const NOW = new Date('2026-03-02T12:34:00Z');

describe('a tick', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let shift = 0;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(wholePublisher(NOW, () => shift));
    runner = createTestRunner(database, publisher.url);
    for (const source of SOURCES) await run(source);
  });
  afterAll(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const run = (source: AnySource): Promise<RunReport> =>
    runSource(runner, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, undefined, database.clock.now()),
    });

  it.each(SOURCES)('of $id that says nothing new writes the row of its run and no other', async (source) => {
    const [states, head] = [await tableStates(database), await readLogHead(database.pool)];
    const { rows: before } = await database.owner.query('select count(*)::integer as runs from ingest_runs');
    expect(await run(source)).toMatchObject({
      status: 'SUCCEEDED',
      rowsNew: 0,
      rowsChanged: 0,
      lastSequence: null,
    });
    expect(changedTables(states, await tableStates(database))).toEqual(['ingest_runs']);
    const { rows: after } = await database.owner.query('select count(*)::integer as runs from ingest_runs');
    expect(Number(after[0].runs) - Number(before[0].runs)).toBe(1);
    expect(await readLogHead(database.pool)).toEqual(head);
  });

  it('in which nothing is due writes nothing at all', async () => {
    const scheduler = startScheduler(runner, {
      intervalSeconds: 3600,
      syntheticSeed: 1,
      logRetentionHours: 168,
    });
    await scheduler.look(); // the first makes the partitions of the next weeks
    const states = await tableStates(database);
    expect(await scheduler.look()).toEqual([]);
    await scheduler.stop();
    expect(changedTables(states, await tableStates(database))).toEqual([]);
  });

  it('with a revision is seen by the comparison above', async () => {
    shift = 1;
    const states = await tableStates(database);
    const [source] = SOURCES;
    expect(source && (await run(source))).toMatchObject({ rowsChanged: 97 });
    expect(changedTables(states, await tableStates(database))).toEqual(
      expect.arrayContaining(['event_head', 'event_log', 'grid_signals', 'ingest_runs', 'observations']),
    );
  });
});
