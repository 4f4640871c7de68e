import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../../src/ingest/backfill.js';
import { SOURCES, sourceById, type AnySource } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { renamed, rowsIn, withRows } from '../../support/envelopes.js';
import {
  NESO_PACKAGES,
  csvBody,
  datastoreBody,
  demandUpdateRows,
  nesoAnswer,
  packageBody,
} from '../../support/neso-payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { changedTables, tableStates } from './table-states.js';

const NOW = new Date('2026-03-02T12:34:00Z');
/** A run writes its row, and one event where it begins or ends to fail. */
const OF_A_RUN = new Set(['ingest_runs', 'event_commits', 'event_head', 'event_log']);
const good = (path: string): unknown => nesoAnswer(path, NOW, 0);
const isPackage = (path: string): boolean => path.startsWith('/package_show');

describe("NESO's data portal", () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(good);
  });
  afterAll(async () => {
    await publisher.close();
    await database.drop();
  });
  /** A runner that has asked nobody anything yet. */
  const withRunner = async <T>(work: () => Promise<T>, timeoutMs = 2_000): Promise<T> => {
    runner = createTestRunner(database, publisher.url, { timeoutMs });
    try {
      return await work();
    } finally {
      await runner.close();
    }
  };
  afterEach(() => {
    publisher.answer = good;
    publisher.heal();
  });

  const run = (source: AnySource): Promise<RunReport> =>
    runSource(runner, {
      source,
      ...(source.cadence
        ? { mode: 'COMMAND', window: windowNow(source, undefined, database.clock.now()) }
        : {
            mode: 'BACKFILL',
            window: { from: new Date('2026-03-01T00:00Z'), to: new Date('2026-03-02T00:00Z') },
          }),
    });
  const changedBesidesTheRun = async (states: Awaited<ReturnType<typeof tableStates>>): Promise<string[]> =>
    changedTables(states, await tableStates(database)).filter((table) => !OF_A_RUN.has(table));
  const rowsOf = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
    (await database.owner.query<Record<string, unknown>>(sql)).rows;
  const stated = (id: string, table = 'demand_statements') =>
    rowsOf(
      `select distinct on (at, kind) at, kind, national_demand_mw as nd, transmission_system_demand_mw as tsd,
         embedded_wind_mw as wind, embedded_solar_mw as solar
       from ${table} join sources using (source_id) where code = '${id}' order by at, kind, sequence desc`,
    );

  describe.each(SOURCES.filter(({ baseUrl }) => baseUrl === 'NESO_URL'))('and $id', (source) => {
    const dataPath = source.id === 'neso-demand-history' ? '/dataset/' : '/datastore_search';

    it('come in, and an answer that says nothing new writes its run alone', async () => {
      await withRunner(async () => {
        expect(await run(source)).toMatchObject({ status: 'SUCCEEDED', rowsRefused: 0, retries: 0 });
        const states = await tableStates(database);
        expect(await run(source)).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
        expect(await changedBesidesTheRun(states)).toEqual([]);
      });
    });

    it.each([
      ['500', 'SOURCE_UNAVAILABLE'],
      ['503', 'SOURCE_UNAVAILABLE'],
      ['429', 'SOURCE_RATE_LIMITED'],
      ['reset', 'SOURCE_UNAVAILABLE'],
      ['truncate', 'SOURCE_UNAVAILABLE'],
      ['hang', 'SOURCE_UNAVAILABLE'],
      ['html', 'SOURCE_CONTRACT_BROKEN'],
      ['not-json', 'SOURCE_CONTRACT_BROKEN'],
      ['empty', 'SOURCE_CONTRACT_BROKEN'],
      ['error-body', 'SOURCE_CONTRACT_BROKEN'],
    ] as const)('at fault with %s: nothing is written but the run, which names it', async (fault, code) => {
      const timeoutMs = fault === 'hang' ? 30 : 2_000;
      const states = await tableStates(database);
      for (const path of ['/package_show', dataPath]) {
        publisher.fail(fault, { path });
        const report = await withRunner(() => run(source), timeoutMs);
        expect(report).toMatchObject({ status: 'FAILED', error: { code } });
        publisher.heal();
      }
      expect(await changedBesidesTheRun(states)).toEqual([]);
    });

    it('at fault with a changed format: nothing is written but the run, which names it', async () => {
      const states = await tableStates(database);
      publisher.answer = (path) => (isPackage(path) ? good(path) : renamed(good(path)));
      const report = await withRunner(() => run(source));
      expect(report).toMatchObject({ status: 'FAILED', error: { code: 'SOURCE_CONTRACT_BROKEN' } });
      expect(await changedBesidesTheRun(states)).toEqual([]);
    });

    it('that cannot be found: a person looks, and every resource there is is named', async () => {
      publisher.answer = (path) =>
        isPackage(path)
          ? packageBody('', [{ id: 'other', name: 'Embedded Forecast Archive', file: 'a.csv' }])
          : good(path);
      const report = await withRunner(() => run(source));
      expect(report).toMatchObject({
        status: 'FAILED',
        error: {
          code: 'SOURCE_CONTRACT_BROKEN',
          message: expect.stringMatching(/^the body of package .* lists no resource named like/) as string,
        },
      });
    });

    it('slow, or with every row twice: the values go in once', async () => {
      const states = await tableStates(database);
      publisher.fail('slow', { path: dataPath, times: 1, pauseMs: 10 });
      await withRunner(async () => {
        expect(await run(source)).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
        publisher.answer = (path) =>
          isPackage(path)
            ? good(path)
            : withRows(
                good(path),
                rowsIn(good(path)).flatMap((row) => [row, row]),
              );
        const report = await run(source);
        expect(report).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
        expect(report.rowsDuplicate).toBeGreaterThan(0);
      });
      expect(await changedBesidesTheRun(states)).toEqual([]);
    });
  });

  it.each(SOURCES.filter(({ baseUrl, cadence }) => baseUrl === 'NESO_URL' && cadence))(
    '$id without any row is a failure, and no empty success',
    async (source) => {
      publisher.answer = (path) => (isPackage(path) ? good(path) : withRows(good(path), []));
      expect(await withRunner(() => run(source))).toMatchObject({
        status: 'FAILED',
        error: { code: 'SOURCE_EMPTY' },
      });
    },
  );

  describe('stores what the rows say', () => {
    it('outturn and what is expected, each as its kind, on the half hours of settlement periods', async () => {
      await withRunner(() => run(sourceById('neso-demand-update')));
      const rows = await stated('neso-demand-update');
      // From 48 hours before 12:30 on, 192 half hours; the one that 12:34 lies in is not over.
      expect(rows).toHaveLength(192);
      expect(rows[0]).toEqual({
        at: new Date('2026-02-28T12:30Z'),
        kind: 2,
        nd: 30_000,
        tsd: 31_500,
        wind: 1_000,
        solar: 0,
      });
      expect(rows[95]).toMatchObject({ at: new Date('2026-03-02T12:00Z'), kind: 2, nd: 30_095 });
      expect(rows[96]).toEqual({
        at: new Date('2026-03-02T12:30Z'),
        kind: 1,
        nd: null,
        tsd: null,
        wind: 1_096,
        solar: 96,
      });
    });

    it('embedded generation by the start of the half hour, though its label is the end', async () => {
      await withRunner(() => run(sourceById('neso-embedded-forecast')));
      const rows = await stated('neso-embedded-forecast');
      expect(rows).toHaveLength(96);
      expect(rows[0]).toEqual({
        at: new Date('2026-03-02T12:30Z'),
        kind: 1,
        nd: null,
        tsd: null,
        wind: 2_000,
        solar: 0,
      });
    });

    it('the half-hourly forecast by the start of the half hour, 2400 included', async () => {
      await withRunner(() => run(sourceById('neso-demand-forecast-14-day')));
      const rows = await stated('neso-demand-forecast-14-day');
      expect(rows).toHaveLength(48);
      expect(rows[0]).toMatchObject({ at: new Date('2026-03-04T00:00Z'), kind: 1, nd: 25_000 });
      expect(rows[47]).toMatchObject({ at: new Date('2026-03-04T23:30Z'), kind: 1, nd: 25_047 });
    });

    it('cardinal points as spans of their own, and no half hour', async () => {
      await withRunner(() => run(sourceById('neso-demand-forecast-day-ahead')));
      expect(
        await rowsOf(
          `select at, ends_at, cardinal_point as point, point_type as type, feature, demand_mw as mw, kind, quality
           from demand_cardinal_points join sources using (source_id) where code = 'neso-demand-forecast-day-ahead' order by at`,
        ),
      ).toEqual(
        [
          ['00:00', '00:30', '1F', 'F', null, 20_000],
          ['04:00', '07:30', '1B', 'T', 'Om', 20_001],
          ['08:00', '12:00', '2A', 'P', 'DM', 20_002],
          ['23:30', '24:00', '4', 'F', null, 20_003],
        ].map(([from, to, point, type, feature, mw]) => ({
          at: new Date(`2026-03-03T${from}Z`),
          ends_at: new Date(`2026-03-03T${to}Z`),
          point,
          type,
          feature,
          mw,
          kind: 1,
          quality: 1,
        })),
      );
    });

    it('revises a cardinal point, and tells of the day in one event', async () => {
      await withRunner(async () => {
        const source = sourceById('neso-demand-forecast-day-ahead');
        await run(source);
        publisher.answer = (path) => nesoAnswer(path, NOW, 7);
        const report = await run(source);
        expect(report).toMatchObject({ rowsNew: 0, rowsChanged: 4 });
        const events = await rowsOf(
          `select topic from event_log where sequence > (select max(last_sequence) from ingest_runs where last_sequence < ${report.lastSequence})`,
        );
        expect(events).toEqual([{ topic: 2 }]);
      });
      expect(
        await rowsOf(
          `select demand_mw as mw from demand_cardinal_points join sources using (source_id)
           where code = 'neso-demand-forecast-day-ahead' and cardinal_point = '1F' order by sequence`,
        ),
      ).toEqual([{ mw: 20_000 }, { mw: 20_007 }]);
    });
  });

  describe('a resource', () => {
    const source = sourceById('neso-demand-update');
    const [known] = NESO_PACKAGES['daily-demand-update'] ?? [];
    const asked = (since: number): string[] =>
      publisher.asked.slice(since).map((path) => path.replace(/&limit.*/, ''));
    const body = () => datastoreBody(demandUpdateRows(NOW_START, 4, NOW, (i) => 31_000 + i));
    const NOW_START = new Date('2026-03-02T10:00Z');

    it('that is gone is looked up again, and asked for under its new id', async () => {
      await withRunner(async () => {
        await run(source);
        const before = publisher.asked.length;
        const remade = { id: 'made-again', name: 'Demand Data Update', file: 'demanddataupdate.csv' };
        publisher.answer = (path) =>
          isPackage(path)
            ? packageBody('daily-demand-update', [
                { id: 'archive', name: 'Demand Data Update Archive', file: 'demanddataupdate_archive.csv' },
                remade,
              ])
            : path.includes('made-again')
              ? body()
              : undefined;
        expect(await run(source)).toMatchObject({ status: 'SUCCEEDED', rowsRead: 4 });
        expect(asked(before)).toEqual([
          `/datastore_search?resource_id=${known?.id}`,
          '/package_show?id=daily-demand-update',
          '/datastore_search?resource_id=made-again',
        ]);
      });
    });

    it('that stays gone is a broken contract, after one more look', async () => {
      await withRunner(async () => {
        publisher.answer = (path) => (isPackage(path) ? good(path) : undefined);
        const before = publisher.asked.length;
        expect(await run(source)).toMatchObject({
          status: 'FAILED',
          error: { code: 'SOURCE_CONTRACT_BROKEN', message: expect.stringContaining('404') as string },
        });
        expect(asked(before)).toHaveLength(3);
      });
    });

    it('that several might be is none: the first would be a guess', async () => {
      publisher.answer = (path) =>
        isPackage(path)
          ? packageBody(
              'daily-demand-update',
              ['a', 'b'].map((id) => ({ id, name: 'Demand Data Update', file: `${id}.csv` })),
            )
          : body();
      expect(await withRunner(() => run(source))).toMatchObject({
        error: { message: expect.stringMatching(/lists several resources named like/) as string },
      });
    });

    it('comes page by page until its total', async () => {
      const rows = demandUpdateRows(NOW_START, 5, NOW, (i) => 32_000 + i);
      publisher.answer = (path) => {
        if (isPackage(path)) return good(path);
        const offset = Number(new URL(path, 'http://neso').searchParams.get('offset'));
        return datastoreBody(rows.slice(offset, offset + 2), rows.length);
      };
      const before = publisher.asked.length;
      expect(await withRunner(() => run(source))).toMatchObject({
        status: 'SUCCEEDED',
        rowsRead: 5,
        rowsDuplicate: 0,
      });
      expect(
        publisher.asked.slice(before).map((path) => new URL(path, 'http://neso').searchParams.get('offset')),
      ).toEqual([null, '0', '2', '4']);
    });

    it('whose pages end before its total is a broken contract, and nothing of it is stored', async () => {
      const rows = demandUpdateRows(NOW_START, 2, NOW, (i) => 33_000 + i);
      publisher.answer = (path) =>
        isPackage(path) ? good(path) : datastoreBody(path.includes('offset=0') ? rows : [], 3);
      const states = await tableStates(database);
      expect(await withRunner(() => run(source))).toMatchObject({
        status: 'FAILED',
        error: {
          code: 'SOURCE_CONTRACT_BROKEN',
          message: 'the body holds no row of those after 2, though 3 are said to be',
        },
      });
      expect(await changedBesidesTheRun(states)).toEqual([]);
    });
  });

  describe('the history', () => {
    const source = sourceById('neso-demand-history');
    const bring = (from: string, to: string) =>
      withRunner(() => backfill(runner, source, { from: new Date(from), to: new Date(to) }));

    it('of a span over a new year comes from the files of both years, each row once', async () => {
      expect(await bring('2024-12-31T12:00Z', '2025-01-01T12:00Z')).toMatchObject({
        rows: 48,
        changed: 48,
        refused: 0,
        windows: 1,
        retries: 0,
      });
      const rows = await rowsOf(
        `select at, national_demand_mw as nd from demand_statements join sources using (source_id)
         where code = 'neso-demand-history' and at between '2024-12-31T23:00Z' and '2025-01-01T00:30Z' order by at`,
      );
      // The half hour of a year is its row's number: 2024 had 17,568, of which the file's demand repeats after 5,000.
      expect(rows).toEqual([
        { at: new Date('2024-12-31T23:00Z'), nd: 30_000 + (17_566 % 5_000) },
        { at: new Date('2024-12-31T23:30Z'), nd: 30_000 + (17_567 % 5_000) },
        { at: new Date('2025-01-01T00:00Z'), nd: 30_000 },
        { at: new Date('2025-01-01T00:30Z'), nd: 30_001 },
      ]);
    });

    it.each([
      ['of 46', '2025-03-29T23:00Z', '2025-03-30T23:30Z', '2025-03-30T00:00Z', '2025-03-30T23:00Z', 46],
      ['of 50', '2025-10-25T22:00Z', '2025-10-27T01:00Z', '2025-10-25T23:00Z', '2025-10-27T00:00Z', 50],
      ['in summer', '2025-06-30T22:00Z', '2025-07-02T00:00Z', '2025-06-30T23:00Z', '2025-07-01T23:00Z', 48],
    ])('of a day %s periods lands on its half hours', async (_name, from, to, dayStart, dayEnd, periods) => {
      await bring(from, to);
      const rows = await rowsOf(
        `select at from demand_statements join sources using (source_id)
         where code = 'neso-demand-history' and at >= '${dayStart}' and at < '${dayEnd}' order by at`,
      );
      expect(rows.map(({ at }) => at)).toEqual(
        Array.from({ length: periods }, (_, i) => new Date(new Date(dayStart).getTime() + i * 1_800_000)),
      );
      expect(
        await rowsOf(
          `select count(*)::integer as n, max(settlement_period)::integer as last from grid_signals
           where region_id = 18 and from_at >= '${dayStart}' and from_at < '${dayEnd}'`,
        ),
      ).toEqual([{ n: periods, last: periods }]);
    });

    it('comes from the host that is asked, whatever host the list names', async () => {
      // The list names api.neso.energy; the file is asked of the publisher of this test.
      const before = publisher.asked.length;
      await bring('2025-05-01T00:00Z', '2025-05-02T00:00Z');
      expect(publisher.asked.slice(before)).toEqual([
        '/package_show?id=historic-demand-data',
        '/dataset/historic-demand-data/resource/history-2025/download/demanddata_2025.csv',
      ]);
    });

    it('in which a half hour is not settled yet states nothing of it', async () => {
      publisher.answer = (path) =>
        isPackage(path)
          ? good(path)
          : csvBody([
              {
                SETTLEMENT_DATE: '01-FEB-2025',
                SETTLEMENT_PERIOD: 1,
                ND: 29_000,
                TSD: 31_000,
                EMBEDDED_WIND_GENERATION: 5,
                EMBEDDED_SOLAR_GENERATION: 0,
              },
              {
                SETTLEMENT_DATE: '01-FEB-2025',
                SETTLEMENT_PERIOD: 2,
                ND: 0,
                TSD: 0,
                EMBEDDED_WIND_GENERATION: 5,
                EMBEDDED_SOLAR_GENERATION: 0,
              },
            ]);
      expect(await bring('2025-02-01T00:00Z', '2025-02-02T00:00Z')).toMatchObject({ rows: 2, changed: 1 });
    });
  });
});
