import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settlementPeriodStart, settlementPeriodsOn } from '../../../src/domain/settlement-period.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import {
  ALL_REGIONS,
  FORECASTS,
  MIXES,
  OUTTURNS,
  REGIONAL,
  forecasts,
  mix,
  momentAfter,
  said,
  startGrid,
  type Grid,
} from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const HALF_HOUR = new Date('2026-03-02T12:30:00Z');
const LONDON = 13;

describe('the grid now', () => {
  let grid: Grid;
  let beforeAnything: Date;
  let firstKnown: Date;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    beforeAnything = grid.database.clock.now();
    await grid.record(
      REGIONAL,
      forecasts(HALF_HOUR, 4, ALL_REGIONS, (region, i) => region * 10 + i),
    );
    firstKnown = await momentAfter(grid);
    await grid.record(FORECASTS, [said({ from: HALF_HOUR, intensityGco2PerKwh: 120, index: 'LOW' })]);
    await grid.record(REGIONAL, [said({ regionId: LONDON, from: HALF_HOUR, intensityGco2PerKwh: 77 })]);
  });
  afterAll(() => grid.close());

  const now = async (args: string) => {
    const { data, errors } = await grid.server.query<{
      gridNow: {
        from: string;
        region: { regionId: number };
        carbonIntensity: { forecastGco2PerKwh: number };
      } | null;
    }>(`{ gridNow${args} { from region { regionId } carbonIntensity { forecastGco2PerKwh } ageSeconds } }`);
    const signal = data?.gridNow;
    return signal
      ? `${signal.region.regionId} ${signal.from} ${signal.carbonIntensity.forecastGco2PerKwh}`
      : errors?.[0]?.extensions.code;
  };
  const at = HALF_HOUR.toISOString();

  it.each([
    ['', `18 ${at} 120`],
    ['(regionId: 18)', `18 ${at} 120`],
    ['(regionId: 13)', `13 ${at} 77`],
    ['(code: "LONDON")', `13 ${at} 77`],
    ['(code: "london")', `13 ${at} 77`],
    ['(code: "GB")', `18 ${at} 120`],
    ['(postcode: "SW1A 1AA")', `13 ${at} 77`],
    ['(postcode: "sw1a1aa")', `13 ${at} 77`],
    ['(postcode: "EH1")', `2 ${at} 20`],
    ['(regionId: null)', `18 ${at} 120`],
  ])('is the half hour that covers the instant: gridNow%s', async (args, expected) => {
    expect(await now(args)).toBe(expected);
  });

  it.each([
    ['(regionId: 0)', 'REGION_NOT_FOUND'],
    ['(regionId: 19)', 'REGION_NOT_FOUND'],
    ['(regionId: -2147483648)', 'REGION_NOT_FOUND'],
    ['(code: "ATLANTIS")', 'REGION_NOT_FOUND'],
    ['(code: "")', 'REGION_NOT_FOUND'],
    ['(code: "toString")', 'REGION_NOT_FOUND'],
    ['(postcode: "")', 'REGION_NOT_FOUND'],
    ['(postcode: "BT1 1AA")', 'REGION_NOT_FOUND'],
    ['(postcode: "ZZ99 9ZZ")', 'REGION_NOT_FOUND'],
    ['(regionId: 13, code: "LONDON")', 'BAD_USER_INPUT'],
    ['(asOf: "2026-03-02T12:30:00Z")', 'DATA_MISSING'],
    ['(asOf: "2100-01-01T00:00Z")', 'BAD_USER_INPUT'],
  ])('says why there is none: gridNow%s is %s', async (args, code) => {
    expect(await now(args)).toBe(code);
  });

  it('is answered as it was known at a past instant, of one region and of all', async () => {
    expect(await now(`(regionId: 13, asOf: "${firstKnown.toISOString()}")`)).toBe(`13 ${at} 130`);
    expect(await now(`(asOf: "${firstKnown.toISOString()}")`)).toBe(`18 ${at} 180`);
    expect(await now(`(asOf: "${beforeAnything.toISOString()}")`)).toBe('DATA_MISSING');
    const { data } = await grid.server.query<{
      regions: { regionId: number; signalNow: { carbonIntensity: { forecastGco2PerKwh: number } } }[];
    }>(
      `{ regions { regionId signalNow(asOf: "${firstKnown.toISOString()}") { carbonIntensity { forecastGco2PerKwh } } } }`,
    );
    expect(data?.regions.map(({ signalNow }) => signalNow.carbonIntensity.forecastGco2PerKwh)).toEqual(
      ALL_REGIONS.map((region) => region * 10),
    );
  });

  it('shows what was said of it as of the same instant', async () => {
    const said = async (asOf: string) => {
      const { data } = await grid.server.query<{
        gridNow: { observations: { source: string; carbonIntensityGco2PerKwh: number }[] };
      }>(`{ gridNow(regionId: 13${asOf}) { observations { source carbonIntensityGco2PerKwh } } }`);
      return data?.gridNow.observations.map((each) => each.carbonIntensityGco2PerKwh);
    };
    expect(await said('')).toEqual([77, 130]);
    expect(await said(`, asOf: "${firstKnown.toISOString()}"`)).toEqual([130]);
  });

  it('counts its age from when it was last confirmed, to the instant asked', async () => {
    const { data } = await grid.server.query<
      Record<string, { ageSeconds: number; carbonIntensity: { provenance: { knownAt: string } } }>
    >(
      `{ now: gridNow { ageSeconds carbonIntensity { provenance { knownAt } } }
         then: gridNow(asOf: "${firstKnown.toISOString()}") { ageSeconds carbonIntensity { provenance { knownAt } } } }`,
    );
    expect(data?.['then']?.ageSeconds).toBe(0);
    const known = new Date(data?.['now']?.carbonIntensity.provenance.knownAt ?? '').getTime();
    const age = data?.['now']?.ageSeconds ?? -1;
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThanOrEqual((grid.database.clock.now().getTime() - known) / 1000);
  });
});

describe('values of a signal', () => {
  let grid: Grid;
  const at = (i: number) => addHalfHours(HALF_HOUR, i);

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.record(FORECASTS, [
      said({ from: at(-2), intensityGco2PerKwh: 7, index: 'VERY_LOW' }),
      said({ from: at(0), intensityGco2PerKwh: 0, index: 'VERY_LOW' }),
      said({ from: at(1), intensityGco2PerKwh: 300, issuedAt: new Date('2026-03-02T12:00:00Z') }),
    ]);
    await grid.record(OUTTURNS, [
      said({ from: at(-2), kind: 'OUTTURN', intensityGco2PerKwh: 0, index: 'HIGH' }),
    ]);
    await grid.record(MIXES, [
      said({
        from: at(-2),
        kind: 'OUTTURN',
        mix: mix({ WIND: 403, HYDRO: 7, SOLAR: 1, NUCLEAR: 189, BIOMASS: 50, GAS: 300 }, [
          { rawFuel: 'hydrogen', permille: 50 },
        ]),
      }),
      said({ from: at(2), kind: 'OUTTURN', mix: mix({ GAS: 1000 }) }),
    ]);
  });
  afterAll(() => grid.close());

  const signals = async () => {
    const { data, errors } = await grid.server.query<{
      gridSignals: { edges: { node: Record<string, unknown> }[] };
    }>(`{ gridSignals(regionIds: [18], from: "${at(-4).toISOString()}", to: "${at(4).toISOString()}") { edges { node {
      from to isForecast source quality knownAt ageSeconds
      carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index provenance { source quality issuedAt knownAt } }
      generationMix { fuel rawFuel pct } generationMixKind generationMixProvenance { source } renewablePct lowCarbonPct
      demand { forecastMw outturnMw transmissionSystemDemandMw embeddedWindMw embeddedSolarMw provenance { source } }
      gridStress price { gbpPerMwh market provenance { source } } } } } }`);
    expect(errors).toBeUndefined();
    return data?.gridSignals.edges.map(({ node }) => node) ?? [];
  };

  it('are zero where zero was said, and null where nothing was', async () => {
    const [past, present, next, mixOnly, ...more] = await signals();
    expect(more).toEqual([]);
    expect(past).toMatchObject({
      isForecast: false,
      source: OUTTURNS,
      carbonIntensity: {
        forecastGco2PerKwh: 7,
        outturnGco2PerKwh: 0,
        index: 'HIGH',
        provenance: { source: OUTTURNS, quality: 'REAL', issuedAt: null },
      },
    });
    expect(present).toMatchObject({
      from: at(0).toISOString(),
      to: at(1).toISOString(),
      isForecast: true,
      quality: 'REAL',
      carbonIntensity: { forecastGco2PerKwh: 0, outturnGco2PerKwh: null, index: 'VERY_LOW' },
      generationMix: null,
      generationMixKind: null,
      generationMixProvenance: null,
      renewablePct: null,
      lowCarbonPct: null,
      demand: null,
      gridStress: null,
      price: null,
    });
    expect(next).toMatchObject({
      carbonIntensity: {
        forecastGco2PerKwh: 300,
        index: null,
        provenance: { source: FORECASTS, issuedAt: '2026-03-02T12:00:00.000Z' },
      },
    });
    expect(mixOnly).toMatchObject({
      isForecast: true,
      source: null,
      quality: null,
      knownAt: null,
      ageSeconds: null,
      carbonIntensity: null,
      renewablePct: 0,
      lowCarbonPct: 0,
    });
  });

  it('list the nine fuels, zeros included, and a tenth as OTHER under its own word', async () => {
    const [past] = await signals();
    expect(past).toMatchObject({
      generationMixKind: 'OUTTURN',
      generationMixProvenance: { source: MIXES },
      renewablePct: 41.1,
      lowCarbonPct: 65,
      generationMix: [
        { fuel: 'BIOMASS', rawFuel: 'biomass', pct: 5 },
        { fuel: 'COAL', rawFuel: 'coal', pct: 0 },
        { fuel: 'IMPORTS', rawFuel: 'imports', pct: 0 },
        { fuel: 'GAS', rawFuel: 'gas', pct: 30 },
        { fuel: 'NUCLEAR', rawFuel: 'nuclear', pct: 18.9 },
        { fuel: 'OTHER', rawFuel: 'other', pct: 0 },
        { fuel: 'HYDRO', rawFuel: 'hydro', pct: 0.7 },
        { fuel: 'SOLAR', rawFuel: 'solar', pct: 0.1 },
        { fuel: 'WIND', rawFuel: 'wind', pct: 40.3 },
        { fuel: 'OTHER', rawFuel: 'hydrogen', pct: 5 },
      ],
    });
  });

  it('are missing, not half there, where now has a mix and no intensity', async () => {
    await grid.record(REGIONAL, [said({ regionId: 3, from: at(0), mix: mix({ WIND: 1000 }) })]);
    const { data, errors } = await grid.server.query('{ gridNow(regionId: 3) { renewablePct } }');
    expect([data, errors?.[0]?.extensions.code]).toEqual([{ gridNow: null }, 'DATA_MISSING']);
  });

  it('that a model made up say so, and give way to real ones', async () => {
    await grid.record('synthetic', [said({ regionId: 5, from: at(0), intensityGco2PerKwh: 222 })], {
      quality: 'SYNTHETIC',
    });
    const shown = () =>
      grid.server.query(
        '{ gridNow(regionId: 5) { quality source carbonIntensity { forecastGco2PerKwh provenance { quality } } } }',
      );
    expect((await shown()).data).toEqual({
      gridNow: {
        quality: 'SYNTHETIC',
        source: 'synthetic',
        carbonIntensity: { forecastGco2PerKwh: 222, provenance: { quality: 'SYNTHETIC' } },
      },
    });
    await grid.record(REGIONAL, [said({ regionId: 5, from: at(0), intensityGco2PerKwh: 111 })]);
    await grid.record('synthetic', [said({ regionId: 5, from: at(0), intensityGco2PerKwh: 223 })], {
      quality: 'SYNTHETIC',
    });
    expect((await shown()).data).toMatchObject({
      gridNow: { quality: 'REAL', source: REGIONAL, carbonIntensity: { forecastGco2PerKwh: 111 } },
    });
  });
});

describe('a London day', () => {
  let grid: Grid;

  beforeAll(async () => {
    grid = await startGrid(NOW);
  });
  afterAll(() => grid.close());

  it.each([
    ['2025-03-30', 46],
    ['2025-06-15', 48],
    ['2025-10-26', 50],
    ['2025-12-31', 48],
  ])('%s has its %i settlement periods, in order, on every signal', async (date, periods) => {
    expect(settlementPeriodsOn(date)).toBe(periods);
    const start = settlementPeriodStart(date, 1);
    await grid.record(
      FORECASTS,
      Array.from({ length: periods + 2 }, (_, i) =>
        said({ from: addHalfHours(start, i - 1), intensityGco2PerKwh: i }),
      ),
    );
    const { data } = await grid.server.query<{
      gridSignals: { edges: { node: { settlementDate: string; settlementPeriod: number; from: string } }[] };
    }>(
      `{ gridSignals(regionIds: [18], first: 100, from: "${addHalfHours(start, -1).toISOString()}", to: "${addHalfHours(start, periods + 1).toISOString()}") {
        edges { node { settlementDate settlementPeriod from } } } }`,
    );
    const rows = data?.gridSignals.edges.map(({ node }) => node) ?? [];
    expect(rows).toHaveLength(periods + 2);
    const day = rows.slice(1, -1);
    expect(day.map(({ settlementPeriod }) => settlementPeriod)).toEqual(
      Array.from({ length: periods }, (_, i) => i + 1),
    );
    expect(new Set(day.map(({ settlementDate }) => settlementDate))).toEqual(new Set([date]));
    for (const { settlementPeriod, from } of day)
      expect(settlementPeriodStart(date, settlementPeriod).toISOString()).toBe(from);
    expect(rows[0]?.settlementDate).not.toBe(date);
    expect(rows.at(-1)).toMatchObject({ settlementPeriod: 1 });
  });
});

describe('a forecast', () => {
  let grid: Grid;
  let early: Date;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.record(
      REGIONAL,
      forecasts(addHalfHours(HALF_HOUR, -2), 100, [LONDON], (_, i) => i),
    );
    early = await momentAfter(grid);
    await grid.record(
      REGIONAL,
      forecasts(HALF_HOUR, 3, [LONDON], (_, i) => 500 + i),
    );
    await grid.record(
      REGIONAL,
      forecasts(HALF_HOUR, 2, [2], (_, i) => 20 + i),
    );
    await grid.record(MIXES, [
      said({ from: addHalfHours(HALF_HOUR, 1), kind: 'OUTTURN', mix: mix({ GAS: 1000 }) }),
    ]);
  });
  afterAll(() => grid.close());

  const forecastOf = async (args: string) => {
    const { data, errors } = await grid.server.query<{
      forecast: { from: string; carbonIntensity: { forecastGco2PerKwh: number } }[] | null;
    }>(`{ forecast${args} { from carbonIntensity { forecastGco2PerKwh } } }`);
    return errors
      ? errors[0]?.extensions.code
      : data?.forecast?.map(({ from, carbonIntensity }) => [from, carbonIntensity.forecastGco2PerKwh]);
  };
  const rows = (from: Date, values: readonly number[]) =>
    values.map((value, i) => [addHalfHours(from, i).toISOString(), value]);

  it('begins with the half hour that covers now, and has two rows an hour', async () => {
    expect(await forecastOf('(regionId: 13, hours: 2)')).toEqual(rows(HALF_HOUR, [500, 501, 502, 5]));
    expect(await forecastOf('(code: "LONDON", hours: 1)')).toEqual(rows(HALF_HOUR, [500, 501]));
    expect(await forecastOf('(regionId: 13)')).toHaveLength(96);
  });

  it('ends where nothing more is known', async () => {
    expect(await forecastOf('(regionId: 2, hours: 96)')).toEqual(rows(HALF_HOUR, [20, 21]));
    expect(await forecastOf('(regionId: 13, hours: 96)')).toHaveLength(98);
  });

  it('begins elsewhere when asked to, on or between half hours', async () => {
    const from = addHalfHours(HALF_HOUR, -1);
    expect(await forecastOf(`(regionId: 13, hours: 1, from: "${from.toISOString()}")`)).toEqual(
      rows(from, [1, 500]),
    );
    expect(await forecastOf('(regionId: 13, hours: 1, from: "2026-03-02T12:29:59.999Z")')).toEqual(
      rows(from, [1, 500]),
    );
  });

  it('is answered as it was known at a past instant', async () => {
    expect(await forecastOf(`(regionId: 13, hours: 2, asOf: "${early.toISOString()}")`)).toEqual(
      rows(HALF_HOUR, [2, 3, 4, 5]),
    );
    expect(await forecastOf(`(regionId: 2, asOf: "${early.toISOString()}")`)).toBe('DATA_MISSING');
  });

  it('is missing, not empty, where no intensity is known', async () => {
    expect(await forecastOf('(regionId: 3)')).toBe('DATA_MISSING');
    expect(await forecastOf('')).toBe('DATA_MISSING');
  });

  it.each(['0', '-1', '97', '2147483647'])('is refused for %s hours', async (hours) => {
    expect(await forecastOf(`(regionId: 13, hours: ${hours})`)).toBe('BAD_USER_INPUT');
  });

  it('of each region is its own, together with what is missing', async () => {
    const { data, errors } = await grid.server.query<{
      regions: { regionId: number; forecast: { carbonIntensity: { forecastGco2PerKwh: number } }[] | null }[];
    }>('{ regions { regionId forecast(hours: 1) { carbonIntensity { forecastGco2PerKwh } } } }');
    expect(
      data?.regions.flatMap(({ regionId, forecast }) =>
        forecast
          ? [[regionId, ...forecast.map(({ carbonIntensity }) => carbonIntensity.forecastGco2PerKwh)]]
          : [],
      ),
    ).toEqual([
      [2, 20, 21],
      [13, 500, 501],
    ]);
    expect(errors).toHaveLength(16);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['DATA_MISSING']));
  });
});
