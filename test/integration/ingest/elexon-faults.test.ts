import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCES } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import { wholeElexon } from '../../support/elexon-payloads.js';
import { startPublisher, type Fault, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createMovingDatabase, type MovingDatabase } from './moving-clock.js';
import { changedTables, tableStates } from './table-states.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const good = (path: string): unknown => wholeElexon(NOW, path);

/** The list of a body, whichever envelope it has. */
const rowsOf = (body: unknown): readonly unknown[] =>
  (Array.isArray(body) ? body : (body as { data: unknown }).data) as readonly unknown[];

/** Keys renamed and numbers as text, as a publisher that changed its format. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value === 'number') return `${value} units`;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`${key}_v2`, renamed(inner)]));
}

const FAULTS: readonly [Fault, string, RegExp][] = [
  ['500', 'SOURCE_UNAVAILABLE', /answered 500: /],
  ['503', 'SOURCE_UNAVAILABLE', /answered 503/],
  ['429', 'SOURCE_RATE_LIMITED', /answered 429: .*slow down/],
  ['reset', 'SOURCE_UNAVAILABLE', /could not be read: .*(ECONNRESET|UND_ERR_SOCKET)/],
  ['truncate', 'SOURCE_UNAVAILABLE', /could not be read/],
  ['hang', 'SOURCE_UNAVAILABLE', /could not be read: (UND_ERR_\w+_TIMEOUT|not done after 90 ms)/],
  ['html', 'SOURCE_CONTRACT_BROKEN', /which is no JSON: .*back soon/],
  ['not-json', 'SOURCE_CONTRACT_BROKEN', /200 with application\/json, which is no JSON/],
  ['empty', 'SOURCE_CONTRACT_BROKEN', /the body has no "data"; its keys are \[\]/],
  ['empty-list', 'SOURCE_EMPTY', /answered without any row/],
  ['error-body', 'SOURCE_CONTRACT_BROKEN', /an error in place of rows: .*valid datetime/],
];

const ANSWERS: readonly [string, (path: string) => unknown, string, RegExp][] = [
  [
    'a wrong shape',
    (path) => renamed(good(path)),
    'SOURCE_CONTRACT_BROKEN',
    /the body has no "data"|none of \d+ rows/,
  ],
  [
    'rows of a wrong shape',
    (path) => ({ data: renamed(rowsOf(good(path))) }),
    'SOURCE_CONTRACT_BROKEN',
    /none of \d+ rows could be taken/,
  ],
  ['404', () => undefined, 'SOURCE_CONTRACT_BROKEN', /answered 404/],
];

describe.each(SOURCES.filter(({ baseUrl }) => baseUrl === 'ELEXON_URL'))('$id at fault', (source) => {
  let database: MovingDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let impatient: TestRunner;
  let server: TestServer;
  let stored: Record<string, string>;

  beforeAll(async () => {
    database = await createMovingDatabase(NOW);
    publisher = await startPublisher(good);
    runner = createTestRunner(database, publisher.url);
    impatient = createTestRunner(database, publisher.url, { timeoutMs: 30 });
    server = await startTestServer(database);
    const { error } = await run();
    if (error) throw new Error(error.message);
    stored = await tableStates(database);
  });
  afterAll(async () => {
    await server.stop();
    await runner.close();
    await impatient.close();
    await publisher.close();
    await database.drop();
  });

  const run = (by = runner): Promise<RunReport> =>
    runSource(by, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, undefined, NOW),
    });
  const health = async (): Promise<unknown> => {
    const { data } = await server.query<{ sources: { id: string }[] }>(
      '{ sources { id state lastErrorCode lastError } }',
    );
    return data?.sources.find(({ id }) => id === source.id);
  };

  /** Nothing half written: besides the run and its event, every row is what it was. */
  async function expectNamedAndHarmless(report: RunReport, code: string, error: RegExp): Promise<void> {
    const message = expect.stringMatching(error) as string;
    expect(report).toMatchObject({ status: 'FAILED', rowsNew: 0, rowsChanged: 0, error: { code, message } });
    expect(changedTables(stored, await tableStates(database)).toSorted()).toEqual([
      'event_commits',
      'event_head',
      'event_log',
      'ingest_runs',
    ]);
    expect(await health()).toMatchObject({ state: 'FAILING', lastErrorCode: code, lastError: message });
  }

  it.each(FAULTS)('%s: nothing half written, named in run and health', async (fault, code, error) => {
    publisher.fail(fault);
    const report = await run(fault === 'hang' ? impatient : runner);
    publisher.heal();
    await expectNamedAndHarmless(report, code, error);
  });

  it.each(ANSWERS)(
    '%s: nothing half written, named in run and health',
    async (_name, answer, code, error) => {
      publisher.answer = answer;
      const report = await run();
      publisher.answer = good;
      await expectNamedAndHarmless(report, code, error);
    },
  );

  it('is healthy again at its next good answer, slow as it may be, which says nothing new', async () => {
    publisher.fail('slow', { times: 1, pauseMs: 10 });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
    expect(await health()).toMatchObject({ state: 'HEALTHY' });
  });

  it('every row twice: they go in once, and the second is counted', async () => {
    const once = await run();
    publisher.answer = (path) => ({ data: rowsOf(good(path)).flatMap((row) => [row, row]) });
    const twice = await run();
    publisher.answer = good;
    expect(twice).toMatchObject({
      status: 'SUCCEEDED',
      rowsRead: 2 * once.rowsRead,
      rowsRefused: 0,
      rowsChanged: 0,
    });
    expect(changedTables(stored, await tableStates(database))).not.toContain(source.produces);
  });

  it('a bad row among good ones is refused with its reason, and the good ones are taken', async () => {
    publisher.answer = (path) => ({ data: [null, ...rowsOf(good(path))] });
    const report = await run();
    publisher.answer = good;
    expect(report).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
    expect(report.rowsRefused).toBeGreaterThan(0);
    expect(report.refusals[0]).toEqual({ row: 'row 0', reason: 'is null, not an object' });
  });
});
