import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOTHENBURG, item, square } from '../../support/beckn.js';
import { stateItems } from '../../support/market-writer.js';
import { LICENCE_AREAS, momentAfter, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const kent = (id: string, end?: string) =>
  item({ id, zone: 'GB-SOUTH-2', area: 'Maidstone', availableAt: square(51.27, 0.52), ...(end && { end }) });

describe('the ranking of regions by compute windows', () => {
  let grid: Grid;
  let early: string;

  beforeAll(async () => {
    grid = await startGrid(NOW);
  });
  afterAll(() => grid.close());

  const best = async (args: string) => {
    const { data, errors } = await grid.server.query<{
      regionRanking: { rank: number | null; value: number | null; region: { regionId: number } }[] | null;
    }>(
      `{ regionRanking(metric: COMPUTE_WINDOWS${args}) { rank value region { regionId } signal { from } } }`,
    );
    if (errors) return errors[0]?.extensions.code;
    const places = data?.regionRanking ?? [];
    expect(places.map(({ region }) => region.regionId).sort((a, b) => a - b)).toEqual(LICENCE_AREAS);
    return places.slice(0, 3).map(({ rank, value, region }) => [rank, region.regionId, value]);
  };

  it('has no value while no marketplace has answered, and zero is one once it has', async () => {
    expect(await best('')).toBe('DATA_MISSING');
    await stateItems(grid.database, [item({ id: 'away', zone: 'SE-3', area: 'x', availableAt: GOTHENBURG })]);
    expect(await best('')).toEqual([
      [1, 1, 0],
      [1, 2, 0],
      [1, 3, 0],
    ]);
  });

  it('counts what is on offer at the instant, as it was known then', async () => {
    await stateItems(grid.database, [
      item({ id: 'leeds' }),
      kent('over', '11:00:00Z'),
      kent('short', '12:50:00Z'),
      kent('long'),
    ]);
    early = (await momentAfter(grid)).toISOString();
    await stateItems(grid.database, [item({ id: 'leeds' })]);
    expect(await best('')).toEqual([
      [1, 5, 1],
      [2, 1, 0],
      [2, 2, 0],
    ]);
    expect(await best(`, asOf: "${early}"`)).toEqual([
      [1, 14, 2],
      [2, 5, 1],
      [3, 1, 0],
    ]);
    expect(await best(`, asOf: "${early}", at: "2026-03-02T13:00:00Z"`)).toEqual([
      [1, 5, 1],
      [1, 14, 1],
      [3, 1, 0],
    ]);
    expect(await best(', asOf: "2026-03-02T12:00:00Z"')).toBe('DATA_MISSING');
  });
});
