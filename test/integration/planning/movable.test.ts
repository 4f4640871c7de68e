import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actOn, refusalOf } from '../../support/act.js';
import { createDataCentre } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';

const MORNING = new Date('2026-03-02T08:00:00Z');
const at = (halfHour: number): string => new Date(MORNING.getTime() + halfHour * 1_800_000).toISOString();

let grid: Grid;
let tenant: Tenant;

beforeAll(async () => {
  grid = await startGrid(MORNING);
  tenant = await createTenant(grid.database, 'Compute');
  await grid.record(
    REGIONAL,
    forecasts(MORNING, 40, [10, 13], (regionId) => (regionId === 13 ? 300 : 100)),
  );
  await createDataCentre(grid.database, tenant.operatorId, 'london', { capacityMw: 2 });
  for (const jobId of ['stays', 'moves']) await place(jobId);
  await createDataCentre(grid.database, tenant.operatorId, 'norwich', { regionId: 10, capacityMw: 2 });
});
afterAll(() => grid.close());

const act = (action: string, input: object, selection: string) =>
  actOn(grid.server, tenant.key, action, input, { selection });

/** 500 kW of London, of 2 MW, for the same two hours. */
async function place(jobId: string): Promise<void> {
  const work = { powerKw: 500, durationMinutes: 120, deadline: at(30), earliestStart: at(8) };
  await act('submitWorkload', { jobId, name: jobId, type: 'TRAINING_RUN', ...work }, 'Workload { jobId }');
  const placed = await act('placeWorkload', { jobId }, 'Decision { decisionId }');
  if (placed.__typename !== 'Decision') throw new Error(JSON.stringify(placed));
}

const replan = () =>
  act(
    'replanWorkload',
    { jobId: 'moves', reason: 'Norwich opened.' },
    'Decision { decisionId workload { host { dcId } } }',
  );
const london = (column: string, value: number) =>
  grid.database.owner.query(`update data_centres set ${column} = $1 where dc_id = 'london'`, [value]);

describe('work that would be better off elsewhere', () => {
  it('stays where its data centre cannot let so much of its power be moved', async () => {
    await london('flexibility_rating', 0.2);
    const refused = await replan();
    expect(refusalOf(refused)).toMatch(/^NOT_WORTH_IT/);
    expect(refused.message).toMatch(/0\.2 of its capacity/);
  });

  it('stays where the rest would be less than the least load of its data centre', async () => {
    await london('flexibility_rating', 0.25);
    await london('min_load_pct', 30);
    const refused = await replan();
    expect(refusalOf(refused)).toMatch(/^NOT_WORTH_IT/);
    expect(refused.message).toMatch(/below its least load .* 30 %/);
  });

  it('moves where the rest is enough', async () => {
    await london('min_load_pct', 25);
    expect(await replan()).toMatchObject({ workload: { host: { dcId: 'norwich' } } });
  });
});
