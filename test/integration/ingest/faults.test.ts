import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sourceById } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createMovingDatabase, type MovingDatabase } from './moving-clock.js';
import { changedTables, tableStates } from './table-states.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const good = wholePublisher(NOW);

interface Served {
  readonly sources: readonly {
    readonly id: string;
    readonly state: string;
    readonly circuit: string;
    readonly nextAttemptAt: string | null;
    readonly failures: number;
    readonly lastErrorCode: string | null;
    readonly lastError: string | null;
    readonly ageSeconds: number | null;
  }[];
  readonly gridNow: {
    readonly quality: string;
    readonly ageSeconds: number;
    readonly carbonIntensity: { readonly forecastGco2PerKwh: number };
  };
  readonly ingestRuns: {
    readonly edges: readonly { readonly node: Record<string, unknown> }[];
  };
}

/** Keys renamed and numbers as text, as a publisher that changed its format. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value === 'number') return `${value} units`;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`${key}_v2`, renamed(inner)]));
}
const rowsOf = (path: string): unknown[] => (good(path) as { data: unknown[] }).data;

interface Fault {
  readonly name: string;
  readonly begin: (publisher: Publisher) => void;
  readonly code: string;
  readonly error: RegExp;
  readonly httpStatus: number | null;
  readonly retries: number;
}

const FAULTS: readonly Fault[] = [
  ['500', 'SOURCE_UNAVAILABLE', /answered 500: .*Internal server error/, 500, 2] as const,
  ['503', 'SOURCE_UNAVAILABLE', /answered 503/, 503, 2] as const,
  ['429', 'SOURCE_RATE_LIMITED', /answered 429: .*slow down/, 429, 2] as const,
  ['reset', 'SOURCE_UNAVAILABLE', /could not be read: .*(ECONNRESET|UND_ERR_SOCKET)/, null, 2] as const,
  ['truncate', 'SOURCE_UNAVAILABLE', /could not be read/, 200, 2] as const,
  ['html', 'SOURCE_CONTRACT_BROKEN', /200 with text\/html, which is no JSON: .*back soon/, 200, 0] as const,
  ['not-json', 'SOURCE_CONTRACT_BROKEN', /200 with application\/json, which is no JSON/, 200, 0] as const,
  ['empty', 'SOURCE_CONTRACT_BROKEN', /the body has no "data"; its keys are \[\]/, 200, 0] as const,
  ['empty-list', 'SOURCE_EMPTY', /answered without any row for \/regional\/intensity\//, 200, 0] as const,
  [
    'error-body',
    'SOURCE_CONTRACT_BROKEN',
    /an error in place of data: "Please enter a valid datetime"/,
    200,
    0,
  ] as const,
].map(([name, code, error, httpStatus, retries]) => ({
  name,
  begin: (publisher: Publisher) => publisher.fail(name),
  code,
  error,
  httpStatus,
  retries,
}));

const ANSWERS: readonly Fault[] = [
  {
    name: 'a wrong shape',
    begin: (publisher) => (publisher.answer = (path) => ({ data: renamed(rowsOf(path)) })),
    code: 'SOURCE_CONTRACT_BROKEN',
    error: /none of 97 rows could be taken, 97 were refused; the first: row 0: /,
    httpStatus: 200,
    retries: 0,
  },
  {
    name: '404',
    begin: (publisher) => (publisher.answer = () => undefined),
    code: 'SOURCE_CONTRACT_BROKEN',
    error: /answered 404: .*no such resource/,
    httpStatus: 404,
    retries: 0,
  },
];

describe('a publisher at fault', () => {
  let database: MovingDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let impatient: TestRunner;
  let server: TestServer;
  let waits: number[] = [];
  const source = sourceById('carbon-intensity-regional');

  beforeAll(async () => {
    database = await createMovingDatabase(NOW);
    publisher = await startPublisher(good);
    const wait = (ms: number) => Promise.resolve(waits.push(ms));
    runner = createTestRunner(database, publisher.url, { wait });
    impatient = createTestRunner(database, publisher.url, { wait, timeoutMs: 100 });
    server = await startTestServer(database);
    await run();
  });
  beforeEach(() => {
    publisher.heal();
    publisher.answer = good;
    waits = [];
  });
  afterAll(async () => {
    await server.stop();
    await runner.close();
    await impatient.close();
    await publisher.close();
    await database.drop();
  });

  const run = (by: TestRunner = runner): Promise<RunReport> =>
    runSource(by, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, undefined, database.clock.now()),
    });
  const served = async (): Promise<Served> => {
    const { data, errors } = await server.query<Served>(`{
      sources { id state circuit nextAttemptAt failures lastErrorCode lastError ageSeconds }
      gridNow { quality ageSeconds carbonIntensity { forecastGco2PerKwh } }
      ingestRuns(first: 1) { edges { node { source status rowsRead rowsChanged rowsRefused errorCode error httpStatus retries endpoint refusals { row reason } } } }
    }`);
    if (!data) throw new Error(JSON.stringify(errors));
    return data;
  };
  const healthIn = (answer: Served) => answer.sources.find(({ id }) => id === source.id);
  const runIn = (answer: Served) => answer.ingestRuns.edges[0]?.node;
  const counts = async () => {
    const { rows } = await database.owner.query<
      Record<'runs' | 'events' | 'signalEvents' | 'synthetic', number>
    >(
      `select (select count(*)::integer from ingest_runs) as runs, (select count(*)::integer from event_log) as events,
         (select count(*)::integer from event_log where topic = 1) as "signalEvents",
         (select count(*)::integer from observations where quality <> 1) as synthetic`,
    );
    return rows[0] ?? { runs: 0, events: 0, signalEvents: 0, synthetic: 0 };
  };

  /** What a run at fault does: to the tables, and to what is served 100 seconds on. */
  async function effectsOf(fault: Fault, by: TestRunner) {
    const before = await served();
    fault.begin(publisher);
    await database.advance({ seconds: 100 });
    const [states, numbers] = [await tableStates(database), await counts()];
    const { status, rowsNew, rowsChanged, retries, error } = await run(by);
    const [changed, after, now] = [
      changedTables(states, await tableStates(database)),
      await served(),
      await counts(),
    ];
    const health = healthIn(after);
    return {
      report: { status, rowsNew, rowsChanged, retries, code: error?.code, error: error?.message },
      changed: changed.toSorted(),
      written: {
        runs: now.runs - numbers.runs,
        events: now.events - numbers.events,
        synthetic: now.synthetic,
      },
      run: runIn(after),
      health: { state: health?.state, code: health?.lastErrorCode, error: health?.lastError },
      failures: (health?.failures ?? 0) - (healthIn(before)?.failures ?? 0),
      quality: after.gridNow.quality,
      isSameValue:
        after.gridNow.carbonIntensity.forecastGco2PerKwh ===
        before.gridNow.carbonIntensity.forecastGco2PerKwh,
      isOlder: after.gridNow.ageSeconds >= before.gridNow.ageSeconds + 100,
      waits: waits.length,
    };
  }

  /** Nothing half written, the run and the health name it, what was good stays, older, and nothing synthetic. */
  const namedAndHarmless = ({ code, error: pattern, httpStatus, retries }: Fault) => {
    const error = expect.stringMatching(pattern) as string;
    return {
      report: { status: 'FAILED', rowsNew: 0, rowsChanged: 0, retries, code, error },
      changed: ['event_commits', 'event_head', 'event_log', 'ingest_runs'],
      written: { runs: 1, events: 1, synthetic: 0 },
      run: expect.objectContaining({
        source: source.id,
        status: 'FAILED',
        errorCode: code,
        error,
        httpStatus,
        retries,
        rowsChanged: 0,
      }) as object,
      health: { state: 'FAILING', code, error },
      failures: 1,
      quality: 'REAL',
      isSameValue: true,
      isOlder: true,
      waits: retries,
    };
  };

  it.each([...FAULTS, ...ANSWERS])(
    '$name: nothing half written, named in run and health, the last good value served with its age',
    async (fault) => {
      expect(await effectsOf(fault, runner)).toEqual(namedAndHarmless(fault));
    },
  );

  it('silence: the same, once time is up', async () => {
    const fault: Fault = {
      name: 'hang',
      begin: () => publisher.fail('hang'),
      code: 'SOURCE_UNAVAILABLE',
      error: /could not be read: (UND_ERR_\w+_TIMEOUT|not done after 300 ms)/,
      httpStatus: null,
      retries: 2,
    };
    expect(await effectsOf(fault, impatient)).toEqual(namedAndHarmless(fault));
  });

  it('shows the circuit open after so many failures, and until when', async () => {
    const health = healthIn(await served());
    expect(health?.failures).toBeGreaterThan(3);
    expect(health).toMatchObject({ circuit: 'OPEN' });
    expect(new Date(health?.nextAttemptAt ?? 0).getTime()).toBeGreaterThan(database.clock.now().getTime());
    await database.advance({ minutes: 15 });
    expect(healthIn(await served())).toMatchObject({
      state: 'FAILING',
      circuit: 'HALF_OPEN',
      nextAttemptAt: null,
    });
  });

  it('is healthy again at its next good answer, which says nothing new and writes its run and one event', async () => {
    const states = await tableStates(database);
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
    expect(healthIn(await served())).toMatchObject({ state: 'HEALTHY', circuit: 'CLOSED', failures: 0 });
    expect(changedTables(states, await tableStates(database))).not.toContain('observations');
    expect(changedTables(states, await tableStates(database))).not.toContain('grid_signals');
  });

  it('slow: the values come in', async () => {
    publisher.fail('slow', { times: 1 });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', retries: 0, rowsRead: 1746 });
  });

  it('every row twice: they go in once, and the second is counted', async () => {
    publisher.answer = (path) => ({ data: rowsOf(path).flatMap((row) => [row, row]) });
    const states = await tableStates(database);
    expect(await run()).toMatchObject({
      status: 'SUCCEEDED',
      rowsRead: 2 * 1746,
      rowsDuplicate: 1746,
      rowsRefused: 0,
      rowsChanged: 0,
    });
    expect(changedTables(states, await tableStates(database))).toEqual(['ingest_runs']);
  });

  it('back after one failure: the retry is counted, its wait was passed on', async () => {
    publisher.fail('503', { times: 1 });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', retries: 1 });
    expect(runIn(await served())).toMatchObject({
      status: 'SUCCEEDED',
      retries: 1,
      httpStatus: 200,
      errorCode: null,
    });
    expect(waits).toHaveLength(1);
  });

  it('slow down for two seconds: waited within the run', async () => {
    publisher.fail('429', { times: 1, retryAfter: '2' });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', retries: 1 });
    expect(waits[0]).toBeGreaterThanOrEqual(2000);
  });

  it('slow down for ten minutes: not tried again, and the circuit keeps to it', async () => {
    publisher.fail('429', { retryAfter: '600' });
    const asked = publisher.asked.length;
    expect(await run()).toMatchObject({
      status: 'FAILED',
      retries: 0,
      error: { code: 'SOURCE_RATE_LIMITED' },
    });
    expect(publisher.asked.length).toBe(asked + 1);
    const health = healthIn(await served());
    expect(health).toMatchObject({ state: 'FAILING', circuit: 'OPEN', failures: 1 });
    const wait = new Date(health?.nextAttemptAt ?? 0).getTime() - database.clock.now().getTime();
    expect(wait).toBeGreaterThan(590_000);
    expect(wait).toBeLessThanOrEqual(600_000);

    // A run by hand that fails otherwise does not make the scheduler forget it.
    publisher.heal();
    publisher.fail('500');
    await run();
    expect(healthIn(await served())).toMatchObject({
      circuit: 'OPEN',
      failures: 2,
      nextAttemptAt: health?.nextAttemptAt,
    });
  });

  describe('in some rows', () => {
    const spoilt = (path: string): { data: { from: string; regions: Record<string, unknown>[] }[] } =>
      structuredClone(good(path)) as ReturnType<typeof spoilt>;

    it('has those refused with their reasons and counted, and the good ones taken', async () => {
      publisher.answer = (path) => {
        const body = spoilt(path);
        for (const period of body.data) {
          for (const [i, region] of period.regions.entries())
            Object.assign(region['intensity'] as object, { forecast: i === 0 ? '321' : 321 });
        }
        return body;
      };
      expect(await run()).toMatchObject({
        status: 'SUCCEEDED',
        rowsRead: 1746,
        rowsRefused: 97,
        rowsNew: 0,
        rowsChanged: 1649,
      });
      const node = runIn(await served());
      expect(node).toMatchObject({ rowsRefused: 97, errorCode: null });
      expect(node?.['refusals']).toHaveLength(20);
      expect(node?.['refusals']).toContainEqual({
        row: 'region 1, period "2026-03-02T12:00Z"',
        reason: 'forecast "321" is no whole number of g/kWh from 0 to 2000',
      });
      expect((await served()).gridNow.carbonIntensity.forecastGco2PerKwh).toBe(321);
    });

    it('has text that no database holds, and is named without it', async () => {
      publisher.answer = (path) => {
        const body = spoilt(path);
        Object.assign(body.data[0]?.regions[0] ?? {}, { regionid: 'NUL \0 and half \ud800 of a pair' });
        Object.assign(body.data[0]?.regions[1] ?? {}, { generationmix: [{ fuel: 'wi\0nd', perc: 1 }] });
        Object.assign(body.data[0]?.regions[2] ?? {}, { regionid: { toString: 1 } });
        Object.assign(body.data[0]?.regions[3] ?? {}, { regionid: 'x'.repeat(100_000) });
        Object.assign(body.data[0]?.regions[4] ?? {}, { generationmix: [{ fuel: 'a\ud800', perc: 1 }] });
        return body;
      };
      expect(await run()).toMatchObject({ status: 'SUCCEEDED', rowsRefused: 5 });
      const refusals = runIn(await served())?.['refusals'] as { row: string; reason: string }[];
      expect(refusals).toHaveLength(5);
      for (const { row, reason } of refusals) {
        expect(row.length).toBeLessThan(300);
        expect(row + reason).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }
    });

    it('is of another century, for which no partitions are made', async () => {
      publisher.answer = (path) => {
        const body = spoilt(path);
        Object.assign(body.data[0] ?? {}, { from: '0001-01-01T00:00Z', to: '0001-01-01T00:30Z' });
        Object.assign(body.data[1] ?? {}, { from: '2062-03-02T12:00Z', to: '2062-03-02T12:30Z' });
        return body;
      };
      const partitions = `select inhrelid from pg_inherits where inhparent = 'observations'::regclass order by 1`;
      const { rows: before } = await database.owner.query(partitions);
      expect(await run()).toMatchObject({ status: 'SUCCEEDED', rowsRead: 1746, rowsRefused: 36 });
      expect((await database.owner.query(partitions)).rows).toEqual(before);
      expect(runIn(await served())?.['refusals']).toContainEqual({
        row: 'region 1, period 2062-03-02T12:00:00.000Z',
        reason: expect.stringMatching(/^is far from what was asked for, 2026-/) as string,
      });
    });

    it('says twice what differs: the later counts, and leaves out nothing that the earlier said', async () => {
      publisher.answer = (path) => {
        const first = spoilt(path).data[0] ?? { from: '', regions: [] };
        const region = { ...first.regions[12], generationmix: [] };
        return {
          data: [
            first,
            { ...first, regions: [{ ...region, intensity: { forecast: 77, index: 'low' } }] },
            {
              ...first,
              regions: [
                {
                  ...region,
                  intensity: { forecast: null },
                  generationmix: first.regions[12]?.['generationmix'] ?? [],
                },
              ],
            },
          ],
        };
      };
      expect(await run()).toMatchObject({ status: 'SUCCEEDED', rowsRead: 20, rowsDuplicate: 2 });
      const { rows } = await database.owner.query(
        `select intensity_gco2_per_kwh as g, carbon_index as index, wind_permille as wind from observations where region_id = 13 order by sequence desc limit 1`,
      );
      expect(rows).toEqual([{ g: 77, index: 2, wind: 400 }]);
    });
  });

  it('every row bad: a broken contract, with the first reason', async () => {
    publisher.answer = (path) => ({ data: rowsOf(path).map(() => null) });
    expect(await run()).toMatchObject({
      status: 'FAILED',
      rowsRead: 97,
      rowsRefused: 97,
      error: {
        code: 'SOURCE_CONTRACT_BROKEN',
        message: 'none of 97 rows could be taken, 97 were refused; the first: row 0: is null, not an object',
      },
    });
  });

  it('states nothing synthetic, whatever failed', async () => {
    expect(await counts()).toMatchObject({ synthetic: 0 });
  });
});

describe('a publisher', () => {
  let database: MovingDatabase;

  beforeAll(async () => {
    database = await createMovingDatabase(NOW);
  });
  afterAll(() => database.drop());

  const runAgainst = async (id: string, body: unknown): Promise<RunReport> => {
    const publisher = await startPublisher(() => body);
    const runner = createTestRunner(database, publisher.url);
    const source = sourceById(id);
    const report = await runSource(runner, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, undefined, database.clock.now()),
    });
    await runner.close();
    await publisher.close();
    return report;
  };

  it('whose only value is not settled yet has said nothing, and broken no contract', async () => {
    const period = { from: '2026-03-02T12:00Z', to: '2026-03-02T12:30Z' };
    const intensity = { forecast: null, actual: 5, index: 'low' };
    const report = await runAgainst('carbon-intensity-national-outturn', {
      data: [{ ...period, intensity }],
    });
    expect(report).toMatchObject({
      status: 'FAILED',
      rowsRead: 1,
      rowsRefused: 0,
      error: {
        code: 'SOURCE_EMPTY',
        message: expect.stringContaining('1 rows, none with a value yet') as string,
      },
    });
  });

  it('whose names no database holds has them refused, and the good ones taken', async () => {
    const factors = { 'Ga\0s': 1, 'half \ud800 of a pair': 2, 'line\nbreak \u001b[31m': 3, Wind: 0 };
    const report = await runAgainst('carbon-intensity-factors', { data: [factors] });
    expect(report).toMatchObject({ status: 'SUCCEEDED', rowsRead: 4, rowsRefused: 3, rowsChanged: 1 });
    const { rows } = await database.owner.query(
      'select refusals from ingest_runs order by ingest_run_id desc limit 1',
    );
    expect(rows).toEqual([
      {
        refusals: [
          { row: 'Ga\uFFFDs', reason: 'is no fuel name' },
          { row: 'half \uFFFD of a pair', reason: 'is no fuel name' },
          { row: 'line break \uFFFD[31m', reason: 'is no fuel name' },
        ],
      },
    ]);
  });
});
