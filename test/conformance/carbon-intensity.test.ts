import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GridStatement } from '../../src/domain/grid-statement.js';
import { addHalfHours } from '../../src/domain/half-hour.js';
import { formatMinute, parseMinute } from '../../src/domain/instant.js';
import { REGIONS } from '../../src/domain/regions.js';
import { PylonError } from '../../src/domain/errors.js';
import { recordGridStatements } from '../../src/database/grid-statements.js';
import { sourceById, type AnySource } from '../../src/ingest/registry.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { expectServed, sayingsOf } from './sayings.js';
import {
  RECORDED_DIR,
  SKIPPED_BECAUSE,
  csvRows,
  recordedFiles,
  type RecordedFile,
} from './recorded-files.js';

/** Long after every recording: every actual has settled. */
const LATER = new Date('2026-11-01T00:00:00Z');
const national = sourceById('carbon-intensity-national-outturn');
const regional = sourceById('carbon-intensity-regional');
const mix = sourceById('carbon-intensity-national-mix');
const factors = sourceById('carbon-intensity-factors');

describe.skipIf(!RECORDED_DIR)(
  `Carbon Intensity API${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    const files = recordedFiles('carbon-intensity');
    const untested = new Set(files.map(({ name }) => name));
    let database: TestDatabase;
    let runner: TestRunner;
    let server: TestServer;

    beforeAll(async () => {
      database = await createTestDatabase();
      runner = createTestRunner(database, 'http://127.0.0.1:9');
      server = await startTestServer(database);
    });
    afterAll(async () => {
      await server.stop();
      await runner.close();
      await database.drop();
    });

    const named = (pattern: RegExp): RecordedFile[] => {
      const found = files.filter(({ name }) => pattern.test(name));
      for (const { name } of found) untested.delete(name);
      return found;
    };

    /** Stores the statements of one body as its source would, in a database that held none of that source's. */
    async function store(source: AnySource, statements: readonly GridStatement[]): Promise<void> {
      await database.owner.query('truncate grid_signals, observations');
      const lease = await runner.leases.acquire(`source:${source.id}`);
      if (!lease) throw new Error('the lease is taken');
      const unique = [
        ...new Map(
          statements.map((each) => [`${each.regionId} ${each.from.getTime()} ${each.kind}`, each]),
        ).values(),
      ];
      await recordGridStatements(database.pool, {
        lease,
        run: {
          sourceId: database.sources.idOf(source.id),
          mode: 'COMMAND',
          endpoint: 'recorded',
          window: { from: LATER, to: LATER },
          startedAt: database.clock.now(),
          httpStatus: 200,
          retries: 0,
          rowsRead: statements.length,
          rowsRefused: 0,
          rowsDuplicate: 0,
          refusals: [],
          backfillId: null,
          failure: null,
        },
        quality: 'REAL',
        priority: source.priority,
        statements: unique,
        announce: false,
      });
    }

    function statementsOf(source: AnySource, body: unknown): readonly GridStatement[] {
      if (source.produces !== 'grid-statements') throw new Error(`${source.id} states no signals`);
      const { records, refusals } = source.parse(body, LATER);
      expect(refusals).toEqual([]);
      return records;
    }

    const bodies = (pattern: RegExp) =>
      named(pattern).map(({ name, text }) => ({
        name,
        body: JSON.parse(text) as { readonly data: unknown },
      }));

    it.each(bodies(/^national\/intensity_(_|from_to|fw48h).*json$/))('serves $name', async ({ body }) => {
      await store(national, statementsOf(national, body));
      await expectServed(server, sayingsOf(body));
    });

    it.each(bodies(/^regional\/.*json(\.gz)?$/))('serves $name', async ({ body }) => {
      await store(regional, statementsOf(regional, body));
      await expectServed(server, sayingsOf(body));
    });

    it.each(bodies(/^generation\//))('serves $name', async ({ body }) => {
      await store(mix, statementsOf(mix, body));
      await expectServed(server, sayingsOf(body));
    });

    it('keeps the 97 periods of a window asked on the half hour, each once', () => {
      const [fw48h] = files.filter(({ name }) => name.includes('intensity_fw48h'));
      const statements = statementsOf(national, JSON.parse(fw48h?.text ?? ''));
      expect(new Set(statements.map(({ from }) => from.getTime())).size).toBe(97);
    });

    it.each(bodies(/factors/))('reads $name', ({ body }) => {
      const [stated] = body.data as readonly Record<string, number>[];
      const { records, refusals } = factors.parse(body, LATER);
      expect(refusals).toEqual([]);
      expect(
        Object.fromEntries(records.map((each) => ('fuel' in each ? [each.fuel, each.gco2PerKwh] : []))),
      ).toEqual(stated);
    });

    it.each(bodies(/stats/))('refuses $name, which is a statistic over days and no half hour', ({ body }) => {
      const { records, refusals } = national.parse(body, LATER);
      expect(records).toEqual([]);
      expect(refusals).toHaveLength(1);
    });

    it.each(bodies(/^errors\//))('takes $name as a broken contract, never as no data', ({ body }) => {
      expect(() => national.parse(body, LATER)).toThrow(PylonError);
      expect(() => regional.parse(body, LATER)).toThrow(/Please/);
    });

    it.each(named(/^national\/history_.*csv/))(
      'serves every row of $name',
      async ({ text }) => {
        const rows = csvRows(text).map((row) => {
          const values = Object.values(row);
          const [from = '', to = '', forecast = '', actual = '', index = ''] = values;
          return {
            from: minuteOf(from),
            to: minuteOf(to),
            intensity: { forecast: wholeOf(forecast), actual: wholeOf(actual), index },
          };
        });
        const body = { data: rows };
        await store(national, statementsOf(national, body));
        await expectServed(server, sayingsOf(body));
      },
      120_000,
    );

    it.each(named(/^regional\/history_.*csv$/))(
      'serves every row of $name',
      async ({ text }) => {
        const skipLines = text.startsWith('Forecast') ? 1 : 0;
        const idOf = (name: string): number =>
          REGIONS.find(({ shortName }) => plain(shortName) === plain(name))?.regionId ?? Number.NaN;
        const data = csvRows(text, skipLines).map((row) => {
          const [first, ...regions] = Object.entries(row);
          const at = first?.[1] ?? '';
          const from = minuteOf(at);
          return {
            from,
            to: formatMinute(addHalfHours(parseMinute(from) ?? LATER, 1)),
            regions: regions.map(([name, value]) => ({
              regionid: idOf(name),
              intensity: { forecast: wholeOf(value), index: 'low' },
              generationmix: [],
            })),
          };
        });
        await store(regional, statementsOf(regional, { data }));
        await expectServed(server, sayingsOf({ data }));
      },
      120_000,
    );

    it.each(named(/polls/))('takes of $name each actual only once it is its own', ({ text }) => {
      const taken = new Map<string, number>();
      const last = new Map<string, number>();
      for (const { from = '', to = '', forecast, actual = '', index, fetched_at: fetchedAt = '' } of csvRows(
        text,
      )) {
        const body = {
          data: [{ from, to, intensity: { forecast: Number(forecast), actual: Number(actual), index } }],
        };
        const { records } = national.parse(body, new Date(fetchedAt));
        for (const each of records)
          if ('regionId' in each && each.kind === 'OUTTURN')
            taken.set(from, taken.get(from) ?? each.intensityGco2PerKwh ?? -1);
        last.set(from, Number(actual));
      }
      expect(taken.size).toBeGreaterThan(4);
      for (const [from, value] of taken) expect(value, from).toBe(last.get(from));
    });

    it('leaves no recorded file untested', () => {
      untested.delete('headers_of_cassettes.json'); // headers, no body
      expect([...untested]).toEqual([]);
    });
  },
);

/** `2023-01-01 00:00:00+00:00`, `2025-10-31T02:00:00` and `2026-05-05T23:00Z` as the API would write them. */
const minuteOf = (text: string): string => `${text.replace(' ', 'T').slice(0, 16)}Z`;
const wholeOf = (text: string): number | null => (text === '' ? null : Number(text));
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('&', 'and')
    .replaceAll(/[^a-z]/g, '');
