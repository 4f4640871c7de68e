import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHalfHours, halfHours } from '../../../src/domain/half-hour.js';
import type { DemandStatement, PriceStatement } from '../../../src/domain/series.js';
import { createDeriver } from '../../../src/ingest/derivations/run.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { FORECASTS, MIXES, momentAfter, said, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-10T12:34:00Z');
const HALF_HOUR = new Date('2026-03-10T12:30:00Z');

const demand = (
  from: Date,
  kind: 'FORECAST' | 'OUTTURN',
  values: Partial<DemandStatement>,
): DemandStatement => ({
  at: from,
  kind,
  issuedAt: null,
  nationalDemandMw: null,
  transmissionSystemDemandMw: null,
  embeddedWindMw: null,
  embeddedSolarMw: null,
  ...values,
});
const price = (from: Date, gbpPerMwh: number, rest: Partial<PriceStatement> = {}): PriceStatement => ({
  at: from,
  kind: 'OUTTURN',
  issuedAt: null,
  market: 'MARKET_INDEX',
  provider: 'APXMIDP',
  gbpPerMwh,
  volumeMwh: 100,
  expectedErrorGbpPerMwh: null,
  formula: null,
  ...rest,
});
const power = (at: Date, fuelType: string, mw: number, resolutionMinutes: 5 | 30 = 5) =>
  ({ at, kind: 'OUTTURN', issuedAt: null, resolutionMinutes, fuelType, mw }) as const;

interface Prices {
  readonly marketPrices: {
    readonly edges: readonly { readonly node: { readonly market: string; readonly provider: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

describe('series in the graph', () => {
  let grid: Grid;
  let runner: TestRunner;
  let firstKnown: Date;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    runner = createTestRunner(grid.database, 'http://127.0.0.1:9');
    await grid.record(FORECASTS, [said({ from: HALF_HOUR, intensityGco2PerKwh: 120, index: 'LOW' })]);
    await grid.record('carbon-intensity-regional', [
      said({ regionId: 13, from: HALF_HOUR, intensityGco2PerKwh: 77, index: 'LOW' }),
    ]);
    await grid.recordSeries('demand_statements', [
      demand(HALF_HOUR, 'FORECAST', { nationalDemandMw: 30_000, embeddedSolarMw: 0 }),
      demand(addHalfHours(HALF_HOUR, 200), 'FORECAST', { nationalDemandMw: 25_000 }),
    ]);
    await grid.recordSeries('market_prices', [price(HALF_HOUR, -3.5)]);
    firstKnown = await momentAfter(grid);
    await grid.recordSeries('demand_statements', [
      demand(HALF_HOUR, 'OUTTURN', {
        nationalDemandMw: 31_000,
        transmissionSystemDemandMw: 32_000,
        embeddedWindMw: 4_000,
      }),
    ]);
    await grid.recordSeries('market_prices', [
      price(HALF_HOUR, 90, { provider: 'N2EXMIDP', volumeMwh: 300 }),
      price(HALF_HOUR, 10, { market: 'SYSTEM_SELL', provider: 'ELEXON', volumeMwh: null }),
    ]);
    const five = new Date('2026-03-10T12:25:00Z');
    await grid.recordSeries('fuel_generation', [
      power(five, 'CCGT', 9_000.5),
      power(five, 'WIND', 8_000),
      power(five, 'PS', -300),
      power(five, 'INTFR', 1_500),
      power(five, 'INTNSL', -200),
      power(HALF_HOUR, 'CCGT', 8_900, 30),
      power(HALF_HOUR, 'Wind Offshore', 5_000, 30),
      power(HALF_HOUR, 'Wind Onshore', 3_000, 30),
      power(HALF_HOUR, 'Solar', 0, 30),
    ]);
    await grid.recordSeries('frequency_readings', [
      { at: five, kind: 'OUTTURN', issuedAt: null, hz: 49.987 },
      { at: new Date('2026-03-10T12:25:15Z'), kind: 'OUTTURN', issuedAt: null, hz: 50.012 },
    ]);
  });
  afterAll(async () => {
    await runner.close();
    await grid.close();
  });

  const ask = async <Data>(query: string): Promise<Data> => {
    const { data, errors } = await grid.server.query<Data>(query);
    if (!data || errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const day = 'from: "2026-03-10T00:00Z", to: "2026-03-11T00:00Z"';

  it('show on the signal of Great Britain, now and as of before', async () => {
    const signal = (asOf = '') =>
      ask<{ gridNow: unknown }>(
        `{ gridNow(regionId: 18${asOf}) { demand { forecastMw outturnMw transmissionSystemDemandMw embeddedWindMw embeddedSolarMw provenance { source quality } }
           price { gbpPerMwh market kind expectedErrorGbpPerMwh } } }`,
      );
    expect(await signal()).toEqual({
      gridNow: {
        demand: {
          forecastMw: 30_000,
          outturnMw: 31_000,
          transmissionSystemDemandMw: 32_000,
          embeddedWindMw: 4_000,
          embeddedSolarMw: 0,
          provenance: { source: FORECASTS, quality: 'REAL' },
        },
        price: {
          gbpPerMwh: (-3.5 * 100 + 90 * 300) / 400,
          market: 'MARKET_INDEX',
          kind: 'OUTTURN',
          expectedErrorGbpPerMwh: null,
        },
      },
    });
    expect(await signal(`, asOf: "${firstKnown.toISOString()}"`)).toMatchObject({
      gridNow: {
        demand: { forecastMw: 30_000, outturnMw: null, embeddedWindMw: null },
        price: { gbpPerMwh: -3.5 },
      },
    });
  });

  it('show on other regions as far as they hold there', async () => {
    expect(
      await ask('{ gridNow(regionId: 13) { demand { forecastMw } gridStress price { gbpPerMwh } } }'),
    ).toMatchObject({ gridNow: { demand: null, gridStress: null, price: { gbpPerMwh: 66.625 } } });
  });

  it('make a signal where nothing else is known of the half hour', async () => {
    expect(
      await ask(`{ gridSignals(regionIds: [18], from: "2026-03-14T16:30Z", to: "2026-03-14T17:00Z") {
        edges { node { settlementPeriod quality carbonIntensity { index } generationMix { fuel } demand { forecastMw } } } } }`),
    ).toEqual({
      gridSignals: {
        edges: [
          {
            node: {
              settlementPeriod: 34,
              quality: null,
              carbonIntensity: null,
              generationMix: null,
              demand: { forecastMw: 25_000 },
            },
          },
        ],
      },
    });
  });

  it('are listed: demand', async () => {
    const page = (rest: string) =>
      ask<{ demand: { edges: { cursor: string; node: unknown }[] } }>(
        `{ demand(from: "2026-03-10T00:00Z", to: "2026-03-20T00:00Z", first: 1${rest}) { edges { cursor node { from to settlementDate settlementPeriod demand { forecastMw outturnMw } } } } }`,
      );
    const first = (await page('')).demand.edges[0];
    expect(first?.node).toEqual({
      from: '2026-03-10T12:30:00.000Z',
      to: '2026-03-10T13:00:00.000Z',
      settlementDate: '2026-03-10',
      settlementPeriod: 26,
      demand: { forecastMw: 30_000, outturnMw: 31_000 },
    });
    expect((await page(`, after: "${first?.cursor}"`)).demand.edges).toMatchObject([
      { node: { demand: { forecastMw: 25_000, outturnMw: null } } },
    ]);
  });

  it('are listed: prices, of one market or of all, with their links', async () => {
    expect(
      await ask(`{ marketPrices(market: MARKET_INDEX, ${day}) { edges { node { from to settlementDate settlementPeriod market provider gbpPerMwh volumeMwh formula
        gridSignal { carbonIntensity { forecastGco2PerKwh } } region { regionId } } } } }`),
    ).toMatchObject({
      marketPrices: {
        edges: [
          {
            node: {
              provider: 'APXMIDP',
              gbpPerMwh: -3.5,
              volumeMwh: 100,
              settlementPeriod: 26,
              formula: null,
            },
          },
          {
            node: {
              provider: 'N2EXMIDP',
              gbpPerMwh: 90,
              gridSignal: { carbonIntensity: { forecastGco2PerKwh: 120 } },
              region: { regionId: 18 },
            },
          },
        ],
      },
    });
    const cursors = async (first: number): Promise<string[]> => {
      const seen: string[] = [];
      for (let after: string | null = null; ;) {
        const answer: Prices = await ask(
          `{ marketPrices(${day}, first: ${first}${after ? `, after: "${after}"` : ''}) { edges { node { market provider } } pageInfo { hasNextPage endCursor } } }`,
        );
        seen.push(...answer.marketPrices.edges.map(({ node }) => `${node.market} ${node.provider}`));
        if (!answer.marketPrices.pageInfo.hasNextPage) return seen;
        after = answer.marketPrices.pageInfo.endCursor;
      }
    };
    expect(await cursors(1)).toEqual(['MARKET_INDEX APXMIDP', 'MARKET_INDEX N2EXMIDP', 'SYSTEM_SELL ELEXON']);
    expect(await cursors(100)).toEqual(await cursors(2));
  });

  it('are listed: generation, at the finest resolution known unless another is asked for', async () => {
    const rows = async (args: string): Promise<string[]> =>
      (
        await ask<{
          fuelGeneration: { edges: { node: { fuelType: string; mw: number; resolutionMinutes: number } }[] };
        }>(
          `{ fuelGeneration(${args}) { edges { node { at to fuelType name fuelKind mw resolutionMinutes } } } }`,
        )
      ).fuelGeneration.edges.map(({ node }) => `${node.resolutionMinutes} ${node.fuelType} ${node.mw}`);
    expect(await rows(day)).toEqual([
      '5 CCGT 9000.5',
      '5 INTFR 1500',
      '5 INTNSL -200',
      '5 PS -300',
      '5 WIND 8000',
    ]);
    expect(await rows(`${day}, fuelTypes: ["WIND"]`)).toEqual(['5 WIND 8000']);
    expect(await rows(`${day}, resolution: HALF_HOUR`)).toEqual(['30 CCGT 8900']);
    expect(await rows(`${day}, classification: RESOURCE_TYPE`)).toEqual([
      '30 Solar 0',
      '30 Wind Offshore 5000',
      '30 Wind Onshore 3000',
    ]);
    expect(await rows(`${day}, classification: RESOURCE_TYPE, joinWind: true, first: 2`)).toEqual([
      '30 Solar 0',
      '30 Wind 8000',
    ]);
    expect(await rows(`${day}, asOf: "${firstKnown.toISOString()}"`)).toEqual([]);
  });

  it('are summed: generation now, over its rows', async () => {
    const { generationNow, interconnectors } = await ask<{
      generationNow: { ageSeconds: number; totalMw: number } & {
        fuels: { fuelType: string; fuelKind: string; mw: number }[];
      };
      interconnectors: { code: string; flowNow: { mw: number } | null; flows: { edges: unknown[] } }[];
    }>(
      `{ generationNow { at ageSeconds generationMw netImportMw totalMw fuels { fuelType fuelKind mw } }
         interconnectors { code name country capacityMw flowNow { mw } flows(${day}) { edges { node { mw } } } } }`,
    );
    expect(generationNow).toMatchObject({
      at: '2026-03-10T12:25:00.000Z',
      generationMw: 16_700.5,
      netImportMw: 1_300,
      totalMw: 18_000.5,
    });
    expect(generationNow.ageSeconds).toBeGreaterThanOrEqual(9 * 60);
    expect(generationNow.totalMw).toBe(generationNow.fuels.reduce((sum, { mw }) => sum + mw, 0));
    expect(
      interconnectors.filter(({ flowNow }) => flowNow).map(({ code, flowNow }) => [code, flowNow?.mw]),
    ).toEqual([
      ['INTFR', 1_500],
      ['INTNSL', -200],
    ]);
    expect(interconnectors[0]?.flows.edges).toEqual([{ node: { mw: 1_500 } }]);
  });

  it('say when they are missing', async () => {
    const codesOf = async (query: string): Promise<unknown> =>
      (await grid.server.query(query)).errors?.map(({ extensions }) => extensions.code);
    expect(await codesOf(`{ generationNow(asOf: "${firstKnown.toISOString()}") { at } }`)).toEqual([
      'DATA_MISSING',
    ]);
    expect(await codesOf(`{ marketPrices(market: FORECAST, ${day}) { edges { cursor } } }`)).toEqual([
      'DATA_MISSING',
    ]);
  });

  it.each([
    [
      'reversed span',
      '{ frequency(from: "2026-03-11T00:00Z", to: "2026-03-10T00:00Z") { edges { cursor } } }',
      'BAD_USER_INPUT',
    ],
    [
      'too long',
      '{ frequency(from: "2026-01-01T00:00Z", to: "2026-03-10T00:00Z") { edges { cursor } } }',
      'BAD_USER_INPUT',
    ],
    [
      'unaligned',
      '{ marketPrices(from: "2026-03-10T00:10Z", to: "2026-03-11T00:00Z") { edges { cursor } } }',
      'BAD_USER_INPUT',
    ],
    ['no fuel type', `{ fuelGeneration(${day}, fuelTypes: []) { edges { cursor } } }`, 'BAD_USER_INPUT'],
    [
      'cursor of another connection',
      `{ demand(${day}, after: "WyJmMSIsMV0") { edges { cursor } } }`,
      'BAD_CURSOR',
    ],
    ['cursor that is none', `{ fuelGeneration(${day}, after: "x") { edges { cursor } } }`, 'BAD_CURSOR'],
    [
      'market unknown',
      `{ marketPrices(${day}, after: "WyJwMSIsMSw5LCIiXQ") { edges { cursor } } }`,
      'BAD_CURSOR',
    ],
  ])('refuse by name: %s', async (_name, query, code) => {
    expect((await grid.server.query(query)).errors?.[0]?.extensions.code).toBe(code);
  });

  it('are listed: frequency', async () => {
    expect(
      await ask(
        `{ frequency(from: "2026-03-10T12:00Z", to: "2026-03-10T12:30Z") { edges { node { at hz } } } }`,
      ),
    ).toEqual({
      frequency: {
        edges: [
          { node: { at: '2026-03-10T12:25:00.000Z', hz: 49.987 } },
          { node: { at: '2026-03-10T12:25:15.000Z', hz: 50.012 } },
        ],
      },
    });
  });

  it('are derived: stress and expected price, which are statements with a formula of their own', async () => {
    const midnight = new Date('2026-03-10T00:00:00Z');
    await grid.recordSeries(
      'demand_statements',
      halfHours(addHalfHours(midnight, -8 * 48), midnight).map((from, i) =>
        demand(from, 'OUTTURN', { nationalDemandMw: i % 2 === 0 ? 21_000 : 41_000 }),
      ),
    );
    await grid.recordSeries(
      'market_prices',
      [1, 4, 5, 6].map((days) => price(addHalfHours(HALF_HOUR, -48 * days), 10 * days)),
    );
    await createDeriver(runner).run(new Set());
    const { gridNow } = await ask<{ gridNow: unknown }>(
      '{ gridNow { gridStress gridStressFormula gridStressProvenance { source quality } price { gbpPerMwh } } }',
    );
    expect(gridNow).toEqual({
      gridStress: 0.5,
      gridStressFormula: 'demand-position/1',
      gridStressProvenance: { source: 'grid-stress', quality: 'REAL' },
      price: { gbpPerMwh: 66.625 },
    });
    const { marketPrices, gridSignals } = await ask<Record<string, unknown>>(
      `{ marketPrices(market: FORECAST, from: "2026-03-11T12:30Z", to: "2026-03-11T13:00Z") { edges { node { gbpPerMwh expectedErrorGbpPerMwh kind formula } } }
         gridSignals(regionIds: [18], from: "2026-03-11T12:30Z", to: "2026-03-11T13:00Z") { edges { node { price { gbpPerMwh market kind expectedErrorGbpPerMwh } } } } }`,
    );
    expect(marketPrices).toEqual({
      edges: [
        {
          node: { gbpPerMwh: 45, expectedErrorGbpPerMwh: 15, kind: 'DERIVED', formula: 'like-days-median/1' },
        },
      ],
    });
    expect(gridSignals).toEqual({
      edges: [
        {
          node: { price: { gbpPerMwh: 45, market: 'FORECAST', kind: 'DERIVED', expectedErrorGbpPerMwh: 15 } },
        },
      ],
    });
    const before = await grid.database.pool.query('select count(*)::integer as n from event_log');
    await createDeriver(runner).run(new Set());
    expect((await grid.database.pool.query('select count(*)::integer as n from event_log')).rows).toEqual(
      before.rows,
    );
  });

  it('leave the mix alone', async () => {
    await grid.recordSeries(
      'demand_statements',
      [demand(HALF_HOUR, 'OUTTURN', { nationalDemandMw: 31_001 })],
      MIXES,
    );
    expect(
      await ask('{ gridNow { carbonIntensity { forecastGco2PerKwh } generationMix { fuel } } }'),
    ).toEqual({
      gridNow: { carbonIntensity: { forecastGco2PerKwh: 120 }, generationMix: null },
    });
  });
});
