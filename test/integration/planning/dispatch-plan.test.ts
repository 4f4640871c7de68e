import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doneOn } from '../../support/act.js';
import { createDataCentre } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';

const MORNING = new Date('2026-03-02T08:00:00Z');
const at = (halfHour: number): string => new Date(MORNING.getTime() + halfHour * 1_800_000).toISOString();
/** London is clean until 10:00, and dirty from then on. */
const gco2Of = (_regionId: number, i: number): number => (i < 4 ? 50 : 300);

let grid: Grid;
let tenant: Tenant;
let other: Tenant;

beforeAll(async () => {
  grid = await startGrid(MORNING);
  tenant = await createTenant(grid.database, 'Compute');
  other = await createTenant(grid.database, 'Other');
  await grid.record(REGIONAL, forecasts(MORNING, 20, [10, 13], gco2Of));
  await createDataCentre(grid.database, other.operatorId, 'london', { capacityMw: 9, pue: 1.25 });
  for (const of of [tenant, other]) await place(of, 6);
  await store(tenant, 'battery', { regionId: 13 });
  await store(tenant, 'workless', { regionId: 10 });
  await store(tenant, 'resting', { regionId: 13, status: 'MAINTENANCE' });
  await store(tenant, 'wasteful', { regionId: 13, efficiencyPct: 10 });
  await store(other, 'of-another', { regionId: 13 });
});
afterAll(() => grid.close());

const act = (of: Tenant, action: string, input: object, selection: string) =>
  doneOn(grid.server, of.key, action, input, { selection });
const store = (of: Tenant, assetId: string, rest: object) =>
  act(
    of,
    'registerStorageAsset',
    {
      ...{ assetId, name: assetId, capacityMwh: 4, maxChargeMw: 2, maxDischargeMw: 2, efficiencyPct: 80 },
      ...rest,
    },
    'StorageAsset { assetId }',
  );
/** One hour of 1 MW, 1.25 MW of the facility. */
async function place(of: Tenant, slot: number): Promise<void> {
  await act(
    of,
    'submitWorkload',
    { jobId: 'job', name: 'job', type: 'TRAINING_RUN', powerKw: 1000, durationMinutes: 60, deadline: at(20) },
    'Workload { jobId }',
  );
  const { placementId } = await act(
    of,
    'holdPlacement',
    { jobId: 'job', dcId: 'london', from: at(slot), to: at(slot + 2), ttlSeconds: 600 },
    'Placement { placementId }',
  );
  await act(of, 'confirmPlacement', { placementId }, 'Placement { placementId }');
}

interface Step {
  readonly from: string;
  readonly chargeKwh: number;
  readonly dischargeKwh: number;
  readonly heldKwh: number;
}
interface Dispatch {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
  readonly loadKwh: number;
  readonly carbonSavedGco2: number | null;
  readonly costSavedGbp: number | null;
  readonly idleReason: string | null;
}
const planOf = async (assetId: string, args = '', key: string | undefined = tenant.key) => {
  const { data, errors } = await grid.server.query<{
    storageAsset: { dispatchPlan: Dispatch | null } | null;
  }>(
    `{ storageAsset(assetId: "${assetId}") { dispatchPlan${args} {
      from to loadKwh carbonSavedGco2 costSavedGbp idleReason steps { from chargeKwh dischargeKwh heldKwh } } } }`,
    {},
    key,
  );
  return errors ? errors.map(({ extensions }) => extensions.code) : data?.storageAsset?.dispatchPlan;
};

describe('StorageAsset.dispatchPlan', () => {
  it('charges while power is clean, and feeds the operator’s own confirmed work when it is not', async () => {
    const plan = (await planOf('battery')) as Dispatch;
    expect(plan).toMatchObject({ from: at(1), to: at(49), loadKwh: 1250, idleReason: null });
    const sum = (of: (step: Step) => number) => plan.steps.reduce((all, step) => all + of(step), 0);
    expect(sum(({ chargeKwh }) => chargeKwh)).toBeCloseTo(1562.5, 6);
    expect(sum(({ dischargeKwh }) => dischargeKwh)).toBeCloseTo(1250, 6);
    for (const { from, chargeKwh, dischargeKwh } of plan.steps) {
      expect(chargeKwh > 0).toBe(from < at(4));
      expect(dischargeKwh > 0).toBe(from >= at(6) && from < at(8));
    }
    expect(plan.steps.at(-1)?.heldKwh).toBeCloseTo(0, 6);
    expect(plan.carbonSavedGco2).toBeCloseTo(1250 * 300 - 1562.5 * 50, 6);
    expect(plan.costSavedGbp).toBeNull();
  });

  it.each([
    ['workless', /No confirmed work/],
    ['resting', /MAINTENANCE/],
    ['wasteful', /save nothing/],
  ])('says why %s does nothing', async (assetId, reason) => {
    const plan = (await planOf(assetId)) as Dispatch;
    expect(plan.steps).toEqual([]);
    expect(plan.idleReason).toMatch(reason);
  });

  it('looks at the hours asked for', async () => {
    const args = `(from: "${at(3)}", to: "${at(7)}")`;
    expect(await planOf('battery', args)).toMatchObject({ from: at(3), to: at(7), loadKwh: 625 });
    expect(await planOf('battery', `(to: "${at(1)}")`)).toEqual(['BAD_USER_INPUT']);
    expect(await planOf('battery', `(to: "${at(400)}")`)).toEqual(['BAD_USER_INPUT']);
  });

  it('is shown to nobody but its operator', async () => {
    expect(await planOf('of-another')).toBeNull();
    expect(await planOf('battery', '', other.key)).toBeNull();
    const { data } = await grid.server.query(
      '{ storageAsset(assetId: "battery") { dispatchPlan { loadKwh } } }',
    );
    expect(data).toEqual({ storageAsset: { dispatchPlan: null } });
  });
});
