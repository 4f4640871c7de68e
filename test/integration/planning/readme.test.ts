import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actOn } from '../../support/act.js';
import { createDataCentre } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';

/** An evening on which the deadlines of the README lie ahead. */
const EVENING = new Date('2026-11-21T20:00:00Z');
const README = readFileSync('README.md', 'utf8');
const section = README.slice(README.indexOf('\n## Plan\n'), README.indexOf('\n## Explore\n'));
const examples = [...section.matchAll(/```graphql\n(.*?)```/gs)].map(([, text]) => text!);
const nameOf = (text: string): string => /\{ (\w+)/.exec(text)![1]!;

let grid: Grid;
let tenant: Tenant;

beforeAll(async () => {
  grid = await startGrid(EVENING);
  tenant = await createTenant(grid.database, 'Compute');
  await grid.record(
    REGIONAL,
    forecasts(EVENING, 96, [13], (_regionId, i) => (i >= 20 && i < 40 ? 90 : 200)),
  );
  await createDataCentre(grid.database, tenant.operatorId, 'london', { capacityMw: 5, pue: 1.2 });
  await actOn(
    grid.server,
    tenant.key,
    'submitWorkload',
    {
      ...{ jobId: 'gpt', name: 'Training', type: 'TRAINING_RUN', estimatedEnergyKwh: 5000 },
      ...{ durationMinutes: 240, deadline: '2026-11-23T08:00Z', maxCarbonIntensityGco2PerKwh: 120 },
    },
    { selection: 'Workload { jobId }' },
  );
});
afterAll(() => grid.close());

describe('the examples of plans in the README', () => {
  it('are of every way to plan', () => {
    expect(examples.map(nameOf)).toEqual([
      ...['greenWindows', 'planWorkload', 'planWorkloads', 'flexibilityOpportunities'],
      ...['placeWorkload', 'replanWorkload', 'regionRanking'],
    ]);
  });

  it.each(examples.map((text) => [nameOf(text), text]))('%s is answered', async (name, text) => {
    const { data, errors } = await grid.server.query(
      // No prices are known here, so nothing can be planned by them.
      text.replace('costWeight: 0.5', 'costWeight: 0'),
      {},
      tenant.key,
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data?.[name])).toMatch(EXPECTED[name]!);
  });
});

const EXPECTED: Readonly<Record<string, RegExp>> = {
  greenWindows: /"windows":\[\{"region":\{"shortName":"London"\}/,
  planWorkload: /"places":\[\{"dataCentre":\{"dcId":"london"\}/,
  planWorkloads: /"jobId":"gpt","places":\[\{"dataCentre":\{"dcId":"london"\}/,
  flexibilityOpportunities:
    /"jobId":"gpt"\},"over":\[\{"name":"maxCarbonIntensityGco2PerKwh","limit":120,"value":200/,
  placeWorkload: /"placements":\[\{"placementId":/,
  replanWorkload: /"code":"NOT_WORTH_IT"/,
  regionRanking: /"rank":1,"region":\{"shortName":"London"\},"value":\d+,"openCapacityKw":5000/,
};
