import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harvest } from '../../src/ingest/harvest.js';
import { RECORD_KINDS, type RecordKind } from '../../src/ingest/record-kinds.js';
import { SOURCES, sourceById, type AnySource } from '../../src/ingest/registry.js';
import type { Records } from '../../src/ingest/source.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { elexonSayingsOf, elexonStored, expectSameSayings, type ElexonSayings } from './elexon-sayings.js';
import {
  RECORDED_DIR,
  SKIPPED_BECAUSE,
  csvRows,
  recordedFiles,
  type RecordedFile,
} from './recorded-files.js';

const LATER = new Date('2026-11-01T00:00:00Z');
/** Bodies of data sets that have a conformance test of their own, and of a NESO table. */
const ELSEWHERE = /^(balancing\/acceptances|datasets\/(pn|qpn|mels|mils|b1610|remit)_|history\/embedded)/;
/** Recorded: 61 units with an id of the system operator and nothing else. */
const UNITS_WITHOUT_ID = 61;

type Row = Record<string, unknown>;
const numberOf = (text: string | undefined): number | null =>
  text === undefined || text === '' ? null : Number(text);

describe.skipIf(!RECORDED_DIR)(
  `Elexon Insights${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    const files = recordedFiles('elexon');
    const untested = new Set(files.map(({ name }) => name));
    let database: TestDatabase;
    let runner: TestRunner;

    beforeAll(async () => {
      database = await createTestDatabase();
      runner = createTestRunner(database, 'http://127.0.0.1:9');
    });
    afterAll(async () => {
      await runner.close();
      await database.drop();
    });

    const named = (pattern: RegExp): RecordedFile[] => {
      const found = files.filter(({ name }) => pattern.test(name));
      for (const { name } of found) untested.delete(name);
      return found;
    };
    const bodies = (pattern: RegExp) =>
      named(pattern).map(({ name, text }) => ({ name, body: JSON.parse(text) as unknown }));

    /** Stores what one body says, as a run of its source would, where nothing was stored, and reads it back. */
    async function storedOf(source: AnySource, body: unknown, said: ElexonSayings): Promise<ElexonSayings> {
      await database.owner.query(
        'truncate demand_statements, fuel_generation, frequency_readings, market_prices, bm_units, grid_signals',
      );
      const instants = [...said.keys()]
        .map((key) => Date.parse(key.slice(0, 24)))
        .filter((ms) => !Number.isNaN(ms));
      const least = instants.reduce((a, b) => Math.min(a, b), LATER.getTime());
      const most = instants.reduce((a, b) => Math.max(a, b), 0);
      const window = { from: new Date(least), to: new Date(most || LATER) };
      const kind: RecordKind<Records[keyof Records]> = RECORD_KINDS[source.produces];
      const harvest = new Harvest(kind, window);
      harvest.add(source.parse(body, LATER));
      expect(harvest.refusals.slice(0, 3)).toEqual(source.id === 'elexon-bm-units' ? expect.any(Array) : []);
      const lease = await runner.leases.acquire(`source:${source.id}`);
      if (!lease) throw new Error('the lease is taken');
      await kind.store(harvest.rows, {
        database,
        lease,
        run: {
          sourceId: database.sources.idOf(source.id),
          mode: 'COMMAND',
          endpoint: 'recorded',
          window,
          startedAt: database.clock.now(),
          httpStatus: 200,
          retries: 0,
          rowsRead: harvest.rowsRead,
          rowsRefused: 0,
          rowsDuplicate: 0,
          refusals: [],
          backfillId: null,
          failure: null,
        },
        priority: source.priority,
        announce: false,
      });
      return elexonStored(database, source);
    }

    async function expectStored(id: string, body: unknown, least = 1): Promise<ElexonSayings> {
      const source = sourceById(id);
      const said = elexonSayingsOf(source, body);
      expect(said.size).toBeGreaterThanOrEqual(least);
      const stored = await storedOf(source, body, said);
      expectSameSayings(stored, said);
      return stored;
    }

    it.each([
      ...bodies(/^datasets\/(indo|itsdo)_/).map((each) => ({ ...each, id: 'elexon-demand-outturn' })),
      ...bodies(/^(datasets\/ndf_|forecast\/)/).map((each) => ({ ...each, id: 'elexon-demand-forecast' })),
      ...bodies(/^datasets\/mid_/).map((each) => ({ ...each, id: 'elexon-market-index' })),
      ...bodies(/^(datasets\/system_prices|system-prices\/)/).map((each) => ({
        ...each,
        id: 'elexon-system-prices',
      })),
      ...bodies(/^generation\//).map((each) => ({ ...each, id: 'elexon-generation-per-type' })),
    ])('stores what $name says', async ({ id, body }) => {
      await expectStored(id, body);
    });

    it('puts the 46 periods of a recorded day on their instants', async () => {
      const [file] = files.filter(({ name }) => name.includes('46periods'));
      const stored = await expectStored('elexon-system-prices', JSON.parse(file?.text ?? ''), 92);
      const sells = [...stored.keys()].filter((key) => key.endsWith(' 2')).toSorted();
      expect([sells.length, sells[0], sells.at(-1)]).toEqual([
        46,
        '2026-03-29T00:00:00.000Z 2',
        '2026-03-29T22:30:00.000Z 2',
      ]);
    });

    it.each(bodies(/^(datasets\/bmunits|reference\/bmunits)/))(
      'stores the units of $name',
      async ({ body }) => {
        const nameless = (body as readonly Row[]).filter(({ elexonBmUnit }) => elexonBmUnit === null).length;
        await expectStored('elexon-bm-units', body);
        const { refusals } = sourceById('elexon-bm-units').parse(body, LATER);
        expect(refusals).toHaveLength(nameless);
        expect(nameless).toBeLessThanOrEqual(UNITS_WITHOUT_ID);
      },
    );

    it.each(named(/^demand\/.*csv$/))('stores the rows of $name', async ({ text }) => {
      const rows = csvRows(text).map(
        ({ settlementPeriod, initialDemandOutturn, initialTransmissionSystemDemandOutturn, ...row }) => ({
          ...row,
          settlementPeriod: Number(settlementPeriod),
          initialDemandOutturn: Number(initialDemandOutturn),
          initialTransmissionSystemDemandOutturn: Number(initialTransmissionSystemDemandOutturn),
        }),
      );
      await expectStored('elexon-demand-outturn', rows, 96);
    });

    it.each(named(/^fuelinst\//))(
      'stores every five minutes of $name',
      async ({ text }) => {
        const rows = csvRows(text).map(({ periodStartUTC, fuelType, generationMW, publishTimeUTC }) => ({
          dataset: 'FUELINST',
          publishTime: publishTimeUTC,
          startTime: periodStartUTC,
          fuelType,
          generation: numberOf(generationMW),
        }));
        await expectStored('elexon-fuelinst', rows, 178_000);
      },
      180_000,
    );

    /** Rows of a year by settlement date and period; the collector's own UTC column is an hour off in summer. */
    const settled = ({ settlement_date, settlement_period }: Record<string, string>) => ({
      settlementDate: settlement_date,
      settlementPeriod: Number(settlement_period),
    });

    it.each(named(/^history\/fuelhh/))(
      'stores every half hour of $name, 46 and 50 periods a day included',
      async ({ text }) => {
        const days = csvRows(text);
        const fuels = Object.keys(days[0] ?? {})
          .slice(3)
          .filter((name) => name !== 'INDO' && name !== 'ITSDO');
        const generation = days.flatMap((row) =>
          fuels.map((fuelType) => ({ ...settled(row), fuelType, generation: numberOf(row[fuelType]) })),
        );
        await expectStored('elexon-fuelhh', generation, 340_000);
        const demand = days.map((row) => ({
          ...settled(row),
          initialDemandOutturn: numberOf(row['INDO']),
          initialTransmissionSystemDemandOutturn: numberOf(row['ITSDO']),
        }));
        await expectStored('elexon-demand-outturn', demand, 35_000);
      },
      180_000,
    );

    it.each(named(/^history\/system_price/))(
      'stores every price of $name',
      async ({ text }) => {
        const rows = csvRows(text).map((row) => ({
          ...settled(row),
          systemSellPrice: numberOf(row['system_sell_price']),
          systemBuyPrice: null,
        }));
        await expectStored('elexon-system-prices', rows, 17_520);
      },
      120_000,
    );

    it.each(named(/^market-index\//))(
      'stores every price of $name at which there was trade',
      async ({ text }) => {
        const rows = csvRows(text).map((row) => {
          const [date = '', period, dataProvider = '', volume, price] = Object.values(row);
          return {
            dataset: 'MID',
            settlementDate: new Date(`${date} UTC`).toISOString().slice(0, 10),
            settlementPeriod: Number(period),
            dataProvider,
            price: numberOf(price),
            volume: numberOf(volume),
          };
        });
        const stored = await expectStored('elexon-market-index', rows, 7_000);
        // As measured: the exchange that nearly never trades did so in 18 half hours.
        expect([...stored.keys()].filter((key) => key.endsWith('N2EXMIDP'))).toHaveLength(18);
      },
      120_000,
    );

    it.each(named(/^openapi\//))('asks only for what $name documents', async ({ text }) => {
      const { paths } = JSON.parse(text) as {
        paths: Record<string, { get: { parameters?: { name: string; in: string; required?: boolean }[] } }>;
      };
      const window = { from: new Date('2026-03-02T12:00Z'), to: new Date('2026-03-02T13:00Z') };
      const asked: string[] = [];
      for (const source of SOURCES.filter(({ baseUrl }) => baseUrl === 'ELEXON_URL')) {
        const json = async (path: string) => void asked.push(path);
        const text = () => Promise.reject(new Error('no source of Elexon reads text'));
        for await (const body of source.fetch(window, { baseUrl: '', json, text }))
          expect(body).toBeUndefined();
      }
      for (const path of asked) {
        const { pathname, searchParams } = new URL(path, 'http://publisher');
        const documented = Object.keys(paths).find((template) =>
          new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
        );
        const parameters = paths[documented ?? '']?.get.parameters ?? [];
        expect(documented, pathname).toBeDefined();
        const inQuery = parameters.filter((parameter) => parameter.in === 'query');
        expect(
          inQuery.map(({ name }) => name),
          pathname,
        ).toEqual(expect.arrayContaining([...searchParams.keys()]));
        for (const { name, required } of inQuery)
          if (required) expect([...searchParams.keys()], pathname).toContain(name);
      }
      expect(asked.length).toBeGreaterThanOrEqual(9);
    });

    it('leaves no recorded file untested', () => {
      expect([...untested].filter((name) => !ELSEWHERE.test(name))).toEqual([]);
    });
  },
);
