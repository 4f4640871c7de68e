import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actOn } from '../../support/act.js';
import { createDataCentre } from '../../support/compute.js';
import { createTenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const LATER = '2026-03-02T12:30:00Z';

let grid: Grid;

beforeAll(async () => {
  grid = await startGrid(NOW);
  await grid.record(
    REGIONAL,
    forecasts(NOW, 4, [1, 2, 3, 4], (regionId) => regionId * 10),
  );
  const owner = await createTenant(grid.database, 'Owner');
  const tenant = await createTenant(grid.database, 'Tenant');
  const centre = (dcId: string, regionId: number, rest: object = {}) =>
    createDataCentre(grid.database, owner.operatorId, dcId, { regionId, ...rest });
  await centre('small', 1, { capacityMw: 0.2 });
  await centre('large', 2, { capacityMw: 3, pue: 1.5 });
  await centre('next', 2, { capacityMw: 1 });
  await centre('closed', 3, { capacityMw: 9, status: 'OFFLINE' });
  const act = (action: string, input: object, selection: string) =>
    actOn(grid.server, tenant.key, action, input, { selection });
  await act(
    'submitWorkload',
    {
      ...{ jobId: 'job', name: 'job', type: 'TRAINING_RUN', powerKw: 1600, durationMinutes: 30 },
      deadline: '2026-03-02T14:00:00Z',
    },
    'Workload { jobId }',
  );
  const held = await act(
    'holdPlacement',
    { jobId: 'job', dcId: 'large', from: LATER, to: '2026-03-02T13:00:00Z', ttlSeconds: 600 },
    'Placement { placementId }',
  );
  if (held.__typename !== 'Placement') throw new Error(JSON.stringify(held));
});
afterAll(() => grid.close());

const ranking = async (args: string) => {
  const { data, errors } = await grid.server.query<{
    regionRanking: null | { rank: number; region: { regionId: number }; openCapacityKw: number | null }[];
  }>(`{ regionRanking${args} { rank region { regionId } openCapacityKw } }`);
  return (
    data?.regionRanking?.map(({ rank, region, openCapacityKw }) => [
      rank,
      region.regionId,
      openCapacityKw,
    ]) ?? [errors?.[0]?.extensions.code]
  );
};

describe('open capacity in the ranking of regions', () => {
  it('is what is left at the roomiest ACTIVE data centre of each', async () => {
    expect((await ranking('')).slice(0, 4)).toEqual([
      [1, 1, 200],
      [2, 2, 3000],
      [3, 3, null],
      [4, 4, null],
    ]);
  });

  it('is less what others’ placements take in the half hour, and then another may be the roomiest', async () => {
    expect(await ranking(`(at: "${LATER}", minOpenKw: 500)`)).toEqual([[1, 2, 1000]]);
  });

  it('leaves out regions without enough, and ranks those that are left', async () => {
    expect(await ranking('(minOpenKw: 200)')).toEqual([
      [1, 1, 200],
      [2, 2, 3000],
    ]);
    expect(await ranking('(minOpenKw: 201)')).toEqual([[1, 2, 3000]]);
    expect(await ranking('(minOpenKw: 3000.1)')).toEqual([]);
  });

  it.each([0, -1, 2_000_001])('refuses %d kW', async (minOpenKw) => {
    expect(await ranking(`(minOpenKw: ${minOpenKw})`)).toEqual(['BAD_USER_INPUT']);
  });
});
