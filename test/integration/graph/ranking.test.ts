import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { LICENCE_AREAS, OUTTURNS, REGIONAL, mix, momentAfter, said, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const HALF_HOUR = new Date('2026-03-02T12:30:00Z');

describe('the ranking of regions', () => {
  let grid: Grid;
  let early: string;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    const values: Readonly<Record<number, number>> = { 1: 0, 2: 50, 3: 50, 4: 50, 5: 10, 6: 200 };
    await grid.record(REGIONAL, [
      ...Object.entries(values).map(([regionId, intensityGco2PerKwh]) =>
        said({
          regionId: Number(regionId),
          from: HALF_HOUR,
          intensityGco2PerKwh,
          mix: mix({ WIND: 1000 - intensityGco2PerKwh, NUCLEAR: intensityGco2PerKwh }),
        }),
      ),
      said({ regionId: 7, from: HALF_HOUR, mix: mix({ SOLAR: 300, GAS: 700 }) }),
      said({ regionId: 18, from: HALF_HOUR, intensityGco2PerKwh: 1 }),
      said({ regionId: 15, from: HALF_HOUR, intensityGco2PerKwh: 1 }),
    ]);
    early = (await momentAfter(grid)).toISOString();
    await grid.record(REGIONAL, [
      said({ regionId: 6, from: HALF_HOUR, intensityGco2PerKwh: 5 }),
      said({ regionId: 9, from: addHalfHours(HALF_HOUR, 1), intensityGco2PerKwh: 90 }),
    ]);
  });
  afterAll(() => grid.close());

  interface Ranked {
    readonly rank: number | null;
    readonly value: number | null;
    readonly region: { readonly regionId: number };
    readonly signal: { readonly from: string } | null;
  }
  const ranking = async (args: string) => {
    const { data, errors } = await grid.server.query<{ regionRanking: Ranked[] | null }>(
      `{ regionRanking${args} { rank value region { regionId } signal { from } } }`,
    );
    return errors?.[0]?.extensions.code ?? data?.regionRanking ?? [];
  };
  const places = async (args: string) =>
    ((await ranking(args)) as Ranked[]).map(({ rank, region, value }) => [rank, region.regionId, value]);
  const unranked = (regionIds: readonly number[]) => regionIds.map((regionId) => [null, regionId, null]);

  it('puts the lowest intensity first, zero above all; equals share a rank; those without a value come last', async () => {
    expect(await places('')).toEqual([
      [1, 1, 0],
      [2, 6, 5],
      [3, 5, 10],
      [4, 2, 50],
      [4, 3, 50],
      [4, 4, 50],
      ...unranked([7, 8, 9, 10, 11, 12, 13, 14]),
    ]);
    expect(await places('(metric: CARBON)')).toEqual(await places(''));
  });

  it('is as it was known at a past instant', async () => {
    expect((await places(`(asOf: "${early}")`)).slice(0, 6)).toEqual([
      [1, 1, 0],
      [2, 5, 10],
      [3, 2, 50],
      [3, 3, 50],
      [3, 4, 50],
      [6, 6, 200],
    ]);
  });

  it('is by the highest share for the other metrics', async () => {
    expect((await places('(metric: WIND)')).slice(0, 8)).toEqual([
      [1, 1, 100],
      [2, 5, 99],
      [3, 2, 95],
      [3, 3, 95],
      [3, 4, 95],
      [6, 6, 80],
      [7, 7, 0],
      [null, 8, null],
    ]);
    expect((await places('(metric: RENEWABLES)')).slice(6, 8)).toEqual([
      [7, 7, 30],
      [null, 8, null],
    ]);
    expect((await places('(metric: LOW_CARBON)')).slice(0, 8)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((regionId) => [1, regionId, 100]),
      [7, 7, 30],
      [null, 8, null],
    ]);
  });

  it('is for the half hour that covers the instant asked, with its signals', async () => {
    const [first, second] = (await ranking('(at: "2026-03-02T13:29:59Z")')) as Ranked[];
    expect(first).toMatchObject({
      rank: 1,
      value: 90,
      region: { regionId: 9 },
      signal: { from: '2026-03-02T13:00:00.000Z' },
    });
    expect(second).toMatchObject({ rank: null, signal: null });
    const all = (await ranking('')) as Ranked[];
    expect(all.find(({ region }) => region.regionId === 7)?.signal).toEqual({
      from: HALF_HOUR.toISOString(),
    });
  });

  it('holds the fourteen licence areas and no other region', async () => {
    const all = (await ranking('')) as Ranked[];
    expect(all.map(({ region }) => region.regionId).sort((a, b) => a - b)).toEqual(LICENCE_AREAS);
  });

  it('prefers what happened to what was expected', async () => {
    await grid.record(OUTTURNS, [
      said({ regionId: 1, from: HALF_HOUR, kind: 'OUTTURN', intensityGco2PerKwh: 60 }),
    ]);
    expect((await places('')).find(([, regionId]) => regionId === 1)).toEqual([6, 1, 60]);
  });

  it('is missing where no licence area has a value', async () => {
    expect(await ranking('(at: "2026-03-02T11:00Z")')).toBe('DATA_MISSING');
    expect(await ranking('(metric: WIND, at: "2026-03-02T13:00Z")')).toBe('DATA_MISSING');
  });

  it.each(['(metric: PRICE)', '(metric: null)', '(at: "yesterday")', '(asOf: "2100-01-01T00:00Z")'])(
    'is refused for %s',
    async (args) => {
      expect(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']).toContain(await ranking(args));
    },
  );
});
