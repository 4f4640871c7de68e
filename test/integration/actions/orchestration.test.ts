import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshKey } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const MORNING = new Date('2026-03-02T08:00:00Z');
const HALF_HOURS = 24;
/** Dirty and dear in the morning, clean and cheap from 14:00 on. */
const isClean = (i: number): boolean => i >= 12;

type Answer = Readonly<Record<string, unknown>>;

describe("the documents' example, by the API alone", () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let compute: Tenant;
  let gridOperator: Tenant;

  beforeAll(async () => {
    grid = await startGrid(MORNING, createMovingDatabase);
    compute = await createTenant(grid.database, 'Compute');
    gridOperator = await createTenant(grid.database, 'Grid', { type: 'GRID_OPERATOR' });
    await grid.record(
      REGIONAL,
      forecasts(MORNING, HALF_HOURS, [13], (_region, i) => (isClean(i) ? 105 : 180)),
    );
    await grid.recordSeries(
      'market_prices',
      Array.from({ length: HALF_HOURS }, (_, i) => ({
        at: new Date(MORNING.getTime() + i * 1_800_000),
        kind: 'OUTTURN' as const,
        issuedAt: null,
        market: 'MARKET_INDEX' as const,
        provider: 'APXMIDP',
        gbpPerMwh: isClean(i) ? 45 : 95,
        volumeMwh: 1000,
        expectedErrorGbpPerMwh: null,
        formula: null,
      })),
      'elexon-market-index',
    );
  });
  afterAll(() => grid.close());

  /** Does an action as an operator; it must not be refused. */
  async function does(
    tenant: Tenant,
    name: string,
    input: Answer,
    type: string,
    fields: string,
  ): Promise<Answer> {
    const inputType =
      name === 'acceptNegotiation'
        ? 'AnswerNegotiationInput'
        : `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await grid.server.query<Record<string, Answer>>(
      `mutation ($key: String!, $input: ${inputType}!) { ${name}(idempotencyKey: $key, input: $input) {
         ... on ${type} { ${fields} } ... on ActionRefusal { code message faults { path message } } } }`,
      { key: freshKey(), input },
      tenant.key,
    );
    expect(errors).toBeUndefined();
    expect(data?.[name]).not.toHaveProperty('code');
    return data?.[name] ?? {};
  }

  it('registers, defers, negotiates, holds, runs and reckons what was saved', async () => {
    const agent = (tenant: Tenant, agentId: string, type: string) =>
      does(tenant, 'registerAgent', { agentId, name: agentId, type }, 'Agent', 'agentId status');
    await agent(compute, 'orchestrator', 'COMPUTE_ORCHESTRATOR');
    await agent(gridOperator, 'grid-desk', 'GRID_OPERATOR');
    await does(
      compute,
      'registerDataCentre',
      { dcId: 'london-1', name: 'London One', regionId: 13, pue: 1.2, capacityMw: 2 },
      'DataCentre',
      'dcId',
    );

    // 1. The workload is registered: 5,000 kWh, under 120 g and with 75 % renewables.
    const submitted = await does(
      compute,
      'submitWorkload',
      {
        jobId: 'gpt',
        name: 'GPT-4 Training',
        type: 'TRAINING_RUN',
        estimatedEnergyKwh: 5000,
        durationMinutes: 240,
        deadline: '2026-03-03T08:00Z',
        maxCarbonIntensityGco2PerKwh: 120,
        minRenewablePct: 75,
      },
      'Workload',
      'jobId status powerKw isDeferrable',
    );
    expect(submitted).toEqual({ jobId: 'gpt', status: 'PENDING', powerKw: 1250, isDeferrable: true });

    // 2. The orchestrator looks at the grid: too dirty now.
    const { data: now } = await grid.server.query<{
      gridNow: { carbonIntensity: { forecastGco2PerKwh: number } };
    }>('{ gridNow(regionId: 13) { carbonIntensity { forecastGco2PerKwh } } }');
    expect(now?.gridNow.carbonIntensity.forecastGco2PerKwh).toBe(180);

    // 3. It decides to wait for 14:00, and the decision keeps what it saw.
    const facilityKwh = 5000 * 1.2;
    const decision = await does(
      compute,
      'recordDecision',
      {
        decisionId: 'defer-gpt',
        type: 'DEFER_WORKLOAD',
        agentId: 'orchestrator',
        jobId: 'gpt',
        targetDcId: 'london-1',
        signals: [
          { regionId: 13, from: '2026-03-02T08:00Z' },
          { regionId: 13, from: '2026-03-02T14:00Z' },
        ],
        reasoning: 'Carbon 180 gCO2/kWh exceeds the cap of 120; from 14:00 it is 105.',
        policy: { name: 'wait-for-cap', version: '1' },
        constraintsEvaluated: [
          { name: 'maxCarbonIntensityGco2PerKwh', limit: 120, value: 180, satisfied: false },
        ],
        prediction: {
          predictedCarbonGco2: facilityKwh * 105,
          carbonSavedGco2: facilityKwh * 75,
          predictedCostGbp: 270,
          costSavedGbp: 300,
        },
      },
      'Decision',
      'number isSynthetic inputs { signals { carbonIntensity { forecastGco2PerKwh } } }',
    );
    expect(decision).toMatchObject({
      number: 1,
      isSynthetic: false,
      inputs: {
        signals: [
          { carbonIntensity: { forecastGco2PerKwh: 180 } },
          { carbonIntensity: { forecastGco2PerKwh: 105 } },
        ],
      },
    });
    const deferred = await does(
      compute,
      'deferWorkload',
      { jobId: 'gpt', reason: 'CARBON' },
      'Workload',
      'status',
    );
    expect(deferred['status']).toBe('DEFERRED_CARBON');

    // 4. and 5. Terms are found with the grid operator, in turns.
    const window = { from: '2026-03-02T14:00Z', to: '2026-03-02T18:00Z' };
    const opened = await does(
      compute,
      'openNegotiation',
      {
        initiatorAgentId: 'orchestrator',
        responderAgentId: 'grid-desk',
        type: 'WORKLOAD_ALLOCATION',
        jobId: 'gpt',
        terms: { window, powerKw: 1500, gbpPerMwh: 45, flexibilityRevenueGbp: 150 },
      },
      'Negotiation',
      'negotiationId status',
    );
    const { negotiationId } = opened;
    const terms = { window, powerKw: 1500, carbonGco2PerKwh: 105, gbpPerMwh: 45, flexibilityRevenueGbp: 180 };
    await does(
      gridOperator,
      'counterNegotiation',
      { negotiationId, agentId: 'grid-desk', terms },
      'Negotiation',
      'status',
    );
    const accepted = await does(
      compute,
      'acceptNegotiation',
      { negotiationId, agentId: 'orchestrator' },
      'Negotiation',
      'status outcome { carbonGco2PerKwh gbpPerMwh flexibilityRevenueGbp }',
    );
    expect(accepted).toEqual({
      status: 'ACCEPTED',
      outcome: { carbonGco2PerKwh: 105, gbpPerMwh: 45, flexibilityRevenueGbp: 180 },
    });

    // 6. The power is held and confirmed, and the work runs in its window.
    const held = await does(
      compute,
      'holdPlacement',
      { jobId: 'gpt', dcId: 'london-1', ...window, decisionId: 'defer-gpt' },
      'Placement',
      'placementId state',
    );
    await does(compute, 'confirmPlacement', { placementId: held['placementId'] }, 'Placement', 'state');
    await grid.database.advance({ minutes: 360 });
    await does(compute, 'startWorkload', { jobId: 'gpt' }, 'Workload', 'status');
    await grid.database.advance({ minutes: 240 });
    const completed = await does(
      compute,
      'completeWorkload',
      { jobId: 'gpt', actualEnergyKwh: 5000, flexibilityRevenueGbp: 180 },
      'Workload',
      'status actualEnergyKwh actualCarbonGco2 actualCostGbp flexibilityRevenueGbp actualsNote',
    );
    expect(completed).toMatchObject({
      status: 'COMPLETED',
      actualEnergyKwh: 5000,
      flexibilityRevenueGbp: 180,
    });
    expect(completed['actualCarbonGco2']).toBeCloseTo(facilityKwh * 105, 3);
    expect(completed['actualCostGbp']).toBeCloseTo((facilityKwh / 1000) * 45, 6);

    // What was saved, by what really was.
    const { data } = await grid.server.query<{
      decision: {
        outcomes: { carbonSavedGco2: number; costSavedGbp: number }[];
        placements: { state: string }[];
      };
      decisionHead: { count: number };
      workload: {
        carbonSaved: Readonly<Record<string, number>>;
        costSaved: Readonly<Record<string, number>>;
      };
    }>(
      `{ decision(decisionId: "defer-gpt") { outcomes { carbonSavedGco2 costSavedGbp } placements { state } }
         workload(jobId: "gpt") { carbonSaved { predictedGco2 realisedGco2 realisedGco2PerKwh } costSaved { realisedGbp } }
         decisionHead { count } }`,
      {},
      compute.key,
    );
    expect(data?.decision.placements).toEqual([{ state: 'DONE' }]);
    expect(data?.decision.outcomes).toHaveLength(1);
    expect(data?.decision.outcomes[0]?.carbonSavedGco2).toBeCloseTo(facilityKwh * 75, 3);
    expect(data?.decision.outcomes[0]?.costSavedGbp).toBeCloseTo(300, 6);
    expect(data?.decisionHead.count).toBe(1);
    const { carbonSaved, costSaved } = data!.workload;
    expect(carbonSaved['predictedGco2']).toBeCloseTo(facilityKwh * 75, 3);
    expect(carbonSaved['realisedGco2']).toBeCloseTo(facilityKwh * 75, 3);
    expect(carbonSaved['realisedGco2PerKwh']).toBeCloseTo((facilityKwh * 75) / 5000, 6);
    expect(costSaved['realisedGbp']).toBeCloseTo(300, 6);
  });
});
