import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCES, type AnySource } from '../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../src/ingest/run.js';
import { windowNow } from '../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { elexonServed } from './elexon-served.js';
import { elexonSayingsOf, elexonStored, expectSameSayings, type ElexonSayings } from './elexon-sayings.js';
import { REPLAY_MISSING, startReplay, type Replay } from './replay-server.js';

const DAY_MS = 24 * 3_600_000;
const ELEXON = SOURCES.filter(({ baseUrl }) => baseUrl === 'ELEXON_URL');

/** What is recorded around each instant: the recommended ones, and the days on which clocks change. */
const INSTANTS: Readonly<Record<string, readonly string[]>> = {
  '2025-01-31T12:10:00Z': [
    'elexon-fuelhh',
    'elexon-demand-outturn',
    'elexon-market-index',
    'elexon-system-prices',
    'elexon-bm-units',
  ],
  // Nobody recorded the demand summary: the replay sums up what is recorded of FUELINST, in the form of the OpenAPI.
  '2026-01-15T12:10:00Z': ['elexon-fuelinst', 'elexon-demand-summary', 'elexon-bm-units'],
  '2025-02-26T12:10:00Z': [
    'elexon-fuelhh',
    'elexon-demand-outturn',
    'elexon-demand-forecast',
    'elexon-market-index',
    'elexon-system-prices',
    'elexon-bm-units',
  ],
  '2025-03-31T00:10:00Z': [
    'elexon-fuelhh',
    'elexon-demand-outturn',
    'elexon-market-index',
    'elexon-system-prices',
    'elexon-bm-units',
  ],
  '2025-10-27T00:40:00Z': [
    'elexon-fuelhh',
    'elexon-demand-outturn',
    'elexon-system-prices',
    'elexon-bm-units',
  ],
  '2024-01-02T12:10:00Z': ['elexon-generation-per-type', 'elexon-bm-units'],
};

/** Wide enough for what any route answers beyond its window. */
const around = (instant: string): { readonly from: Date; readonly to: Date } => {
  const day = Date.parse(`${instant.slice(0, 10)}T00:00Z`);
  return { from: new Date(day - 10 * DAY_MS), to: new Date(day + 10 * DAY_MS) };
};

describe.skipIf(REPLAY_MISSING)(
  `a replay of Elexon's recorded days${REPLAY_MISSING ? ` (skipped: ${REPLAY_MISSING})` : ''}`,
  () => {
    describe.each(Object.entries(INSTANTS))('at %s', (instant, recorded) => {
      let replay: Replay;
      let database: TestDatabase;
      let runner: TestRunner;
      let server: TestServer;

      beforeAll(async () => {
        replay = await startReplay(instant);
        database = await createTestDatabase({ pylonNow: new Date(instant) });
        runner = createTestRunner(database, replay.elexonUrl);
        server = await startTestServer(database);
      });
      afterAll(async () => {
        await server.stop();
        await runner.close();
        await database.drop();
        await replay.stop();
      });

      const windowOf = (source: AnySource) => windowNow(source, undefined, database.clock.now());
      const run = (source: AnySource): Promise<RunReport> =>
        runSource(runner, { source, mode: 'COMMAND', window: windowOf(source) });
      /** What the publisher answers to the requests of a source. */
      async function said(source: AnySource): Promise<ElexonSayings> {
        const baseUrl = replay.elexonUrl;
        const json = async (path: string): Promise<unknown> => (await fetch(`${baseUrl}${path}`)).json();
        const sayings: ElexonSayings = new Map();
        const text = async (url: string): Promise<string> => (await fetch(url)).text();
        for await (const body of source.fetch(windowOf(source), { baseUrl, json, text }))
          for (const [key, value] of elexonSayingsOf(source, body)) sayings.set(key, value);
        return sayings;
      }

      it.each(ELEXON.filter(({ id }) => recorded.includes(id)))(
        'stores and serves what $id answers',
        async (source) => {
          const sayings = await said(source);
          expect(sayings.size).toBeGreaterThan(0);
          expect(await run(source)).toMatchObject({ status: 'SUCCEEDED', error: null });
          expectSameSayings(await elexonStored(database, source), sayings);
          expectSameSayings(await elexonServed(server, source, around(instant)), sayings);
          expect(await run(source)).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
        },
      );

      it.each(ELEXON.filter(({ id }) => !recorded.includes(id)))(
        'names the emptiness of $id, of which nothing is recorded then',
        async (source) => {
          expect(await run(source)).toMatchObject({ status: 'FAILED', error: { code: 'SOURCE_EMPTY' } });
          expect((await elexonStored(database, source)).size).toBe(0);
        },
      );
    });

    describe('on the days of 46 and of 50 periods', () => {
      it.each([
        ['2025-03-31T00:40:00Z', '2025-03-30', 46, '2025-03-30T00:00:00.000Z', '2025-03-30T22:30:00.000Z'],
        ['2025-10-27T00:40:00Z', '2025-10-26', 50, '2025-10-25T23:00:00.000Z', '2025-10-26T23:30:00.000Z'],
      ])(
        'at %s, %s has %i prices and demands, each on its instant',
        async (instant, date, periods, first, last) => {
          const replay = await startReplay(instant);
          const database = await createTestDatabase({ pylonNow: new Date(instant) });
          const runner = createTestRunner(database, replay.elexonUrl);
          for (const source of ELEXON.filter(({ id }) => /system-prices|demand-outturn/.test(id)))
            await runSource(runner, {
              source,
              mode: 'COMMAND',
              window: windowNow(source, undefined, database.clock.now()),
            });
          const { rows } = await database.pool.query(
            `select count(*)::integer as periods, count(distinct p.gbp_per_mwh)::integer > 1 as prices, min(at), max(at)
           from market_prices p join demand_statements d using (at) where market = 2 and at between $1 and $2`,
            [first, last],
          );
          const { rows: days } = await database.pool.query(
            'select max(settlement_period)::integer as periods, count(*)::integer as signals from grid_signals where settlement_date = $1',
            [date],
          );
          await runner.close();
          await database.drop();
          await replay.stop();
          expect(rows).toEqual([{ periods, prices: true, min: new Date(first), max: new Date(last) }]);
          expect(days).toEqual([{ periods, signals: periods }]);
        },
      );
    });

    describe('and its faults', () => {
      const instant = '2025-02-26T12:10:00Z';
      let replay: Replay;
      let database: TestDatabase;
      let runner: TestRunner;

      beforeAll(async () => {
        replay = await startReplay(instant);
        database = await createTestDatabase({ pylonNow: new Date(instant) });
        runner = createTestRunner(database, replay.elexonUrl, { timeoutMs: 500 });
      });
      afterAll(async () => {
        await runner.close();
        await database.drop();
        await replay.stop();
      });

      it.each(ELEXON.filter(({ id }) => INSTANTS[instant]?.includes(id)))(
        'leave what $id said before as it was',
        async (source) => {
          const run = (): Promise<RunReport> =>
            runSource(runner, {
              source,
              mode: 'COMMAND',
              window: windowNow(source, undefined, database.clock.now()),
            });
          await run();
          const before = await elexonStored(database, source);
          const codes: Record<string, string | undefined> = {};
          for (const fault of [
            '500',
            '503',
            '429',
            'timeout',
            'reset',
            'truncate',
            'html',
            'empty',
            'wrongschema',
          ]) {
            await replay.control({ prefix: 'elexon', fault, times: 100 });
            codes[fault] = (await run()).error?.code;
            await replay.control({ reset: true });
          }
          expect(codes).toEqual({
            500: 'SOURCE_UNAVAILABLE',
            503: 'SOURCE_UNAVAILABLE',
            429: 'SOURCE_RATE_LIMITED',
            timeout: 'SOURCE_UNAVAILABLE',
            reset: 'SOURCE_UNAVAILABLE',
            truncate: 'SOURCE_UNAVAILABLE',
            html: 'SOURCE_CONTRACT_BROKEN',
            empty: 'SOURCE_EMPTY',
            wrongschema: 'SOURCE_CONTRACT_BROKEN',
          });
          for (const fault of ['slow', 'dup']) {
            await replay.control({ prefix: 'elexon', fault, times: 1 });
            expect((await run()).rowsChanged).toBe(0);
            await replay.control({ reset: true });
          }
          expectSameSayings(await elexonStored(database, source), before);
        },
        60_000,
      );
    });
  },
);
