import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doneOn } from '../../support/act.js';
import { createDataCentre } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';

const MORNING = new Date('2026-03-02T08:00:00Z');
const HALF_HOURS = 48;
/** London is clean from 14:00 to 16:00; Norwich is always the same, and dirtier than that. */
const gco2Of = (regionId: number, i: number): number =>
  regionId === 13 ? (i >= 12 && i < 16 ? 60 : 200) : 150;
const at = (halfHour: number): string => new Date(MORNING.getTime() + halfHour * 1_800_000).toISOString();

let grid: Grid;
let tenant: Tenant;
let other: Tenant;
let network: Tenant;

beforeAll(async () => {
  grid = await startGrid(MORNING);
  tenant = await createTenant(grid.database, 'Compute');
  other = await createTenant(grid.database, 'Other');
  network = await createTenant(grid.database, 'Network', { type: 'GRID_OPERATOR' });
  await grid.record(REGIONAL, forecasts(MORNING, HALF_HOURS, [10, 13], gco2Of));
  await createDataCentre(grid.database, other.operatorId, 'london', {
    regionId: 13,
    capacityMw: 3,
    pue: 1.5,
  });
  await createDataCentre(grid.database, other.operatorId, 'norwich', { regionId: 10, capacityMw: 1 });
  const work = { powerKw: 1000, durationMinutes: 120, allowedDcIds: ['london'] };
  await submit(tenant, 'over-cap', { ...work, maxCarbonIntensityGco2PerKwh: 120 });
  await submit(tenant, 'half', { ...work, powerKw: 100 });
  await submit(tenant, 'best-already', { ...work, powerKw: 100 });
  await place(tenant, 'best-already', 12);
  await submit(tenant, 'badly-placed', { ...work, powerKw: 200 });
  await place(tenant, 'badly-placed', 4);
  await submit(tenant, 'at-once', { ...work, isDeferrable: false });
  await submit(tenant, 'impossible', { ...work, maxCarbonIntensityGco2PerKwh: 20 });
  await submit(other, 'of-another', work);
  await publish('area', { regionId: 13, volumeMw: 1, gbpPerMwh: 80, from: at(1), to: at(3) });
  await publish('nation', { regionId: 18, volumeMw: 50, gbpPerMwh: 40, from: at(1), to: at(8) });
  await publish('withdrawn', { regionId: 13, volumeMw: 50, gbpPerMwh: 900, from: at(1), to: at(8) });
  await act(
    network,
    'withdrawFlexibilityWindow',
    { flexibilityWindowId: 'withdrawn' },
    'FlexibilityWindow { id }',
  );
  await publish('upward', {
    ...{ regionId: 13, volumeMw: 50, gbpPerMwh: 900, from: at(1), to: at(8) },
    ...{ service: 'TURN_UP', direction: 'INCREASE_DEMAND' },
  });
});
afterAll(() => grid.close());

const act = (of: Tenant, action: string, input: object, selection: string) =>
  doneOn(grid.server, of.key, action, input, { selection });
const submit = (of: Tenant, jobId: string, rest: object) =>
  act(
    of,
    'submitWorkload',
    { jobId, name: jobId, type: 'TRAINING_RUN', deadline: at(30), ...rest },
    'Workload { jobId }',
  );
const publish = (flexibilityWindowId: string, rest: object) =>
  act(
    network,
    'publishFlexibilityWindow',
    { flexibilityWindowId, service: 'TURN_DOWN', direction: 'DECREASE_DEMAND', ...rest },
    'FlexibilityWindow { id }',
  );
async function place(of: Tenant, jobId: string, slot: number): Promise<void> {
  const { placementId } = await act(
    of,
    'holdPlacement',
    { jobId, dcId: 'london', from: at(slot), to: at(slot + 4), ttlSeconds: 600 },
    'Placement { placementId }',
  );
  await act(of, 'confirmPlacement', { placementId }, 'Placement { placementId }');
}

interface Opportunity {
  readonly workload: { readonly jobId: string; readonly status: string };
  readonly isConfirmed: boolean;
  readonly standsAt: readonly object[];
  readonly over: readonly object[];
  readonly plan: object;
  readonly carbonSavedGco2: number | null;
  readonly costSavedGbp: number | null;
  readonly flexibilityRevenueGbp: number;
  readonly flexibilityWindows: readonly object[];
}
interface Page {
  readonly flexibilityOpportunities: {
    readonly edges: readonly { readonly cursor: string; readonly node: Opportunity }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly examinedCount: number;
    readonly unexaminedCount: number;
  };
}
const FIELDS = `edges { cursor node { workload { jobId status } isConfirmed standsAt { dataCentre { dcId } from to }
  asItStands { carbonGco2 } over { name unit limit value from dataCentre { dcId } } carbonSavedGco2 costSavedGbp
  plan { isPlaced places { from dataCentre { dcId } } plan { method infeasible { unplaced { jobId } } } }
  flexibilityRevenueGbp flexibilityWindows { energyMwh revenueGbp window { flexibilityWindowId } } } }
  pageInfo { hasNextPage endCursor } examinedCount unexaminedCount`;
const ask = async (args: string, key: string | undefined) => {
  const { data, errors } = await grid.server.query<Page>(
    `{ flexibilityOpportunities${args} { ${FIELDS} } }`,
    {},
    key,
  );
  return { page: data?.flexibilityOpportunities, codes: errors?.map(({ extensions }) => extensions.code) };
};
const opportunities = async (args = '', of: Tenant = tenant): Promise<Page['flexibilityOpportunities']> => {
  const { page, codes } = await ask(args, of.key);
  expect(codes).toBeUndefined();
  return page!;
};
const jobsOf = ({ edges }: Page['flexibilityOpportunities']): string[] =>
  edges.map(({ node }) => node.workload.jobId);

describe('flexibilityOpportunities', () => {
  it('ranks what saves the most first, and leaves out what has the best place or may not wait', async () => {
    const page = await opportunities();
    expect(jobsOf(page)).toEqual(['over-cap', 'badly-placed', 'half', 'impossible']);
    expect(page).toMatchObject({ examinedCount: 5, unexaminedCount: 0, pageInfo: { hasNextPage: false } });
  });

  it('says what work goes over, the better plan, and what that saves', async () => {
    const [first] = (await opportunities()).edges;
    expect(first!.node).toMatchObject({
      workload: { status: 'PENDING' },
      isConfirmed: false,
      standsAt: [{ dataCentre: { dcId: 'london' }, from: at(1), to: at(5) }],
      asItStands: { carbonGco2: 600_000 },
      over: [
        {
          ...{ name: 'maxCarbonIntensityGco2PerKwh', unit: 'gCO2/kWh', limit: 120, value: 200 },
          ...{ from: at(1), dataCentre: { dcId: 'london' } },
        },
      ],
      plan: { isPlaced: true, places: [{ from: at(12), dataCentre: { dcId: 'london' } }] },
      carbonSavedGco2: 420_000,
      costSavedGbp: null,
    });
  });

  it('measures scheduled work against its confirmed place', async () => {
    const { edges } = await opportunities();
    expect(edges[1]!.node).toMatchObject({
      workload: { jobId: 'badly-placed', status: 'SCHEDULED' },
      isConfirmed: true,
      standsAt: [{ from: at(4), to: at(8) }],
      over: [],
      carbonSavedGco2: 84_000,
    });
  });

  it('sells what is moved away once, to the window that pays the most, within its volume', async () => {
    const { edges } = await opportunities();
    const sold = edges.map(({ node }) => [
      node.flexibilityRevenueGbp,
      node.flexibilityWindows.map((each) => JSON.stringify(each)),
    ]);
    const earned = (window: string, energyMwh: number, revenueGbp: number) =>
      JSON.stringify({ energyMwh, revenueGbp, window: { flexibilityWindowId: window } });
    // 1.5 MW of the facility for 2 h: 1 MW × 1 h to the dear one, the rest to the other.
    expect(sold[0]).toEqual([80 + 2 * 40, [earned('area', 1, 80), earned('nation', 2, 80)]]);
    // 0.3 MW × 2 h of the nation's.
    expect(sold[1]?.[0]).toBeCloseTo(0.6 * 40, 9);
    // 0.15 MW × 2 h, all to the other: nothing is left of the dear one.
    expect(sold[2]?.[1]).toHaveLength(1);
    // It stays where it is: there is no other place.
    expect(sold[3]).toEqual([0, []]);
  });

  it('shows work that nothing can be done for, with why', async () => {
    const { edges } = await opportunities();
    expect(edges[3]!.node).toMatchObject({
      carbonSavedGco2: null,
      plan: { isPlaced: false, plan: { infeasible: { unplaced: [{ jobId: 'impossible' }] } } },
    });
  });

  it('goes on after a cursor, a page planned by itself', async () => {
    const first = await opportunities('(first: 2)');
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await opportunities(`(first: 2, after: "${first.pageInfo.endCursor}")`);
    expect([...jobsOf(first), ...jobsOf(rest)]).toEqual(jobsOf(await opportunities()));
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  it('keeps to the regions asked for, and all that lies in them', async () => {
    expect(jobsOf(await opportunities('(regionIds: [10])'))).toEqual([]);
    expect(jobsOf(await opportunities('(regionIds: [15])'))).toHaveLength(4);
  });

  it('is the caller’s own', async () => {
    expect(jobsOf(await opportunities('', other))).toEqual(['of-another']);
    expect(jobsOf(await opportunities('', network))).toEqual([]);
  });

  it.each([
    ['', undefined, 'UNAUTHENTICATED'],
    ['(first: 0)', 'own', 'BAD_USER_INPUT'],
    ['(after: "x")', 'own', 'BAD_CURSOR'],
    ['(regionIds: [19])', 'own', 'REGION_NOT_FOUND'],
    ['(objective: { carbonWeight: 0 })', 'own', 'BAD_USER_INPUT'],
  ])('refuses %s with a key of %s', async (args, whose, code) => {
    expect((await ask(args, whose && tenant.key)).codes).toEqual([code]);
  });
});
