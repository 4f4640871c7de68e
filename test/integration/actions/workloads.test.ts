import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataCentre, mutate } from '../../support/compute.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const NOW = new Date('2026-03-02T12:10:00Z');
const DEADLINE = '2026-03-03T12:00:00.000Z';

interface Answer {
  readonly [field: string]: unknown;
  readonly placementId: string;
}

describe('a workload', () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let ours: Tenant;
  let theirs: Tenant;

  beforeAll(async () => {
    grid = await startGrid(NOW, createMovingDatabase);
    ours = await createTenant(grid.database, 'Ours');
    theirs = await createTenant(grid.database, 'Theirs');
    const { operatorId } = ours;
    await createDataCentre(grid.database, operatorId, 'london-1', { capacityMw: 2, pue: 1.25 });
    await createDataCentre(grid.database, operatorId, 'london-2', { capacityMw: 2 });
    await createDataCentre(grid.database, operatorId, 'wales-1', { regionId: 7 });
    await createDataCentre(grid.database, operatorId, 'closed', { status: 'MAINTENANCE' });
    const noon = new Date('2026-03-02T12:00Z');
    await grid.record(
      REGIONAL,
      forecasts(noon, 3, [13], (_region, i) => 100 + 10 * i),
    );
    await grid.recordSeries(
      'market_prices',
      [0, 1].map((i) => ({
        at: new Date(noon.getTime() + i * 1_800_000),
        kind: 'OUTTURN' as const,
        issuedAt: null,
        market: 'MARKET_INDEX' as const,
        provider: 'APXMIDP',
        gbpPerMwh: 80 + i * 20,
        volumeMwh: 1000,
        expectedErrorGbpPerMwh: null,
        formula: null,
      })),
      'elexon-market-index',
    );
  });
  afterAll(() => grid.close());

  const asks = async (
    name: string,
    input: Record<string, unknown>,
    fields = name.endsWith('Placement') ? 'placementId state' : 'status',
    key = ours.key,
  ): Promise<Answer> => (await mutate(grid.server, name, input, { key, fields })) as Answer;
  const submit = (jobId: string, input: Record<string, unknown> = {}) =>
    asks('submitWorkload', {
      jobId,
      name: jobId,
      type: 'TRAINING_RUN',
      powerKw: 100,
      durationMinutes: 60,
      deadline: DEADLINE,
      ...input,
    });
  const hold = (jobId: string, input: Record<string, unknown> = {}) =>
    asks('holdPlacement', {
      jobId,
      dcId: 'london-1',
      from: '2026-03-02T12:00Z',
      to: '2026-03-02T13:00Z',
      ...input,
    });
  /** Sets when its last run began, which else is whenever the test came to it. */
  const ranFrom = (jobId: string, at: string) =>
    grid.database.owner.query(
      `update workload_runs set started_at = $2 where workload_run_id = (select max(workload_run_id)
         from workload_runs r join workloads w using (workload_id) where w.job_id = $1)`,
      [jobId, at],
    );

  it('goes from its submission over a placement to totals by the half hours it ran in', async () => {
    const submitted = await asks(
      'submitWorkload',
      {
        jobId: 'whole',
        name: 'Whole',
        type: 'TRAINING_RUN',
        estimatedEnergyKwh: 100,
        powerKw: 200,
        deadline: DEADLINE,
        maxCarbonIntensityGco2PerKwh: 120,
        allowedRegionIds: [13],
        allowedDcIds: ['london-1'],
        isInterruptible: true,
      },
      'durationMinutes status deadline priority urgency possibleStatuses host { dcId } operator { name } version signalsConsumed { edges { cursor } }',
    );
    expect(submitted).toEqual({
      __typename: 'Workload',
      durationMinutes: 30,
      status: 'PENDING',
      deadline: DEADLINE,
      priority: 50,
      urgency: 'MEDIUM',
      possibleStatuses: expect.arrayContaining(['QUEUED', 'REJECTED']) as unknown,
      host: null,
      operator: { name: 'Ours' },
      version: 1,
      signalsConsumed: { edges: [] },
    });
    expect(await asks('queueWorkload', { jobId: 'whole' })).toMatchObject({ status: 'QUEUED' });
    const held = await asks(
      'holdPlacement',
      { jobId: 'whole', dcId: 'london-1', from: '2026-03-02T12:00Z', to: '2026-03-02T13:00Z' },
      `placementId state releasedReason slots { edges { node { from to powerKw facilityKw } } } workload { jobId } dataCentre { dcId }
       decision { decisionId }`,
    );
    expect(held).toMatchObject({
      state: 'HELD',
      releasedReason: null,
      slots: {
        edges: [
          { node: { from: '2026-03-02T12:00:00.000Z', powerKw: 200, facilityKw: 250 } },
          { node: { to: '2026-03-02T13:00:00.000Z', powerKw: 200, facilityKw: 250 } },
        ],
      },
      workload: { jobId: 'whole' },
      dataCentre: { dcId: 'london-1' },
      decision: null,
    });
    const { placementId } = held;
    expect(
      await asks(
        'confirmPlacement',
        { placementId },
        'state expiresAt workload { status host { dcId placements { edges { node { placementId } } } } }',
      ),
    ).toMatchObject({
      state: 'CONFIRMED',
      expiresAt: null,
      workload: {
        status: 'SCHEDULED',
        host: { dcId: 'london-1', placements: { edges: [{ node: { placementId } }] } },
      },
    });
    expect(await asks('startWorkload', { jobId: 'whole' })).toMatchObject({ status: 'RUNNING' });
    expect(await asks('releasePlacement', { placementId })).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
      possible: ['CONFIRMED', 'DONE'],
    });
    expect(await asks('confirmPlacement', { placementId })).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
    });
    await ranFrom('whole', '2026-03-02T12:10:00Z');
    await grid.database.advance({ minutes: 40 });
    const completed = await asks(
      'completeWorkload',
      {
        jobId: 'whole',
        actualEnergyKwh: 90,
        completedAt: '2026-03-02T12:40:00Z',
        flexibilityRevenueGbp: 3.5,
      },
      `status actualEnergyKwh actualCarbonGco2 actualCostGbp actualsNote completedAt flexibilityRevenueGbp possibleStatuses
       runs { startedAt stoppedAt dataCentre { dcId } } placements { edges { node { state } } }`,
    );
    // 60 kWh × 1.25 × 100 g and 30 kWh × 1.25 × 110 g; at 80 and at 100 GBP/MWh.
    expect(completed['actualCarbonGco2']).toBeCloseTo(7_500 + 4_125, 6);
    expect(completed['actualCostGbp']).toBeCloseTo(6 + 3.75, 9);
    expect(completed).toMatchObject({
      status: 'COMPLETED',
      actualEnergyKwh: 90,
      actualsNote: 'carbon is an ESTIMATE by the last forecast for 2026-03-02T12:00Z to 2026-03-02T13:00Z',
      completedAt: '2026-03-02T12:40:00.000Z',
      flexibilityRevenueGbp: 3.5,
      possibleStatuses: [],
      runs: [
        {
          startedAt: '2026-03-02T12:10:00.000Z',
          stoppedAt: '2026-03-02T12:40:00.000Z',
          dataCentre: { dcId: 'london-1' },
        },
      ],
      placements: { edges: [{ node: { state: 'DONE' } }] },
    });
  });

  const CONSUMED = `query ($job: String!) { workload(jobId: $job) { signalsConsumed { edges { node { from energyKwh facilityEnergyKwh
    carbonIntensityGco2PerKwh carbonIntensityKind carbonGco2 gbpPerMwh market costGbp carbonIntensityProvenance { source quality }
    region { regionId } dataCentre { dcId }
    signal { carbonIntensity { forecastGco2PerKwh } workloadsConsuming { edges { node { jobId } } } } } } } } }`;

  it('keeps what its totals were computed from, and links to the signals of the half hours', async () => {
    // The facility changed, and so did the forecast: the past did not.
    await grid.database.owner.query(`update data_centres set pue = 2 where dc_id = 'london-1'`);
    await grid.record(
      REGIONAL,
      forecasts(new Date('2026-03-02T12:00Z'), 1, [13], () => 999),
    );
    const { data, errors } = await grid.server.query<{
      workload: { signalsConsumed: { edges: { node: Record<string, unknown> }[] } };
    }>(CONSUMED, { job: 'whole' }, ours.key);
    expect(errors).toBeUndefined();
    const nodes = data?.workload.signalsConsumed.edges.map(({ node }) => node);
    expect(nodes).toMatchObject([
      {
        from: '2026-03-02T12:00:00.000Z',
        energyKwh: 60,
        facilityEnergyKwh: 75,
        carbonIntensityGco2PerKwh: 100,
        carbonIntensityKind: 'ESTIMATE',
        carbonGco2: 7_500,
        gbpPerMwh: 80,
        market: 'MARKET_INDEX',
        costGbp: 6,
        carbonIntensityProvenance: { source: REGIONAL, quality: 'REAL' },
        region: { regionId: 13 },
        dataCentre: { dcId: 'london-1' },
        signal: {
          carbonIntensity: { forecastGco2PerKwh: 999 },
          workloadsConsuming: { edges: [{ node: { jobId: 'whole' } }] },
        },
      },
      { from: '2026-03-02T12:30:00.000Z', energyKwh: 30, carbonIntensityGco2PerKwh: 110, gbpPerMwh: 100 },
    ]);
    await grid.database.owner.query(`update data_centres set pue = 1.25 where dc_id = 'london-1'`);
    const seen = await grid.server.query<{ workload: unknown; gridNow: unknown }>(
      `query ($job: String!) { workload(jobId: $job) { jobId }
         gridNow(regionId: 13) { workloadsConsuming { edges { node { jobId } } } } }`,
      { job: 'whole' },
      theirs.key,
    );
    expect(seen.data).toEqual({ workload: null, gridNow: { workloadsConsuming: { edges: [] } } });
  });

  it('has no total of which a half hour is missing, and says which', async () => {
    await submit('dark', { powerKw: 10 });
    expect(await asks('startWorkload', { jobId: 'dark', dcId: 'wales-1' })).toMatchObject({
      status: 'RUNNING',
    });
    await ranFrom('dark', '2026-03-02T12:00:00Z');
    const completed = await asks(
      'completeWorkload',
      { jobId: 'dark', actualEnergyKwh: 10, completedAt: '2026-03-02T12:45:00Z' },
      'actualCarbonGco2 actualCostGbp actualsNote',
    );
    expect(completed).toMatchObject({
      actualCarbonGco2: null,
      actualCostGbp: expect.closeTo((10 * 30 * 0.08 + 10 * 15 * 0.1) / 45) as unknown,
      actualsNote: 'no carbon intensity of region 7 for 2026-03-02T12:00Z to 2026-03-02T13:00Z',
    });
    await submit('dear', { powerKw: 10 });
    await asks('startWorkload', { jobId: 'dear', dcId: 'london-2' });
    await ranFrom('dear', '2026-03-02T11:30:00Z');
    expect(
      await asks(
        'completeWorkload',
        { jobId: 'dear', actualEnergyKwh: 0, completedAt: '2026-03-02T12:00:00Z' },
        'actualCarbonGco2 actualCostGbp actualsNote actualEnergyKwh',
      ),
    ).toMatchObject({
      actualEnergyKwh: 0,
      actualCarbonGco2: null,
      actualCostGbp: null,
      actualsNote:
        'no carbon intensity of region 13 for 2026-03-02T11:30Z to 2026-03-02T12:00Z; no price for 2026-03-02T11:30Z to 2026-03-02T12:00Z',
    });
  });

  it('is paused and resumed elsewhere, and keeps its power meanwhile', async () => {
    await submit('moving', { isInterruptible: true });
    const [here, there] = [
      await hold('moving', { from: '2026-03-02T12:30Z', to: '2026-03-02T13:30Z' }),
      await hold('moving', { dcId: 'london-2', from: '2026-03-02T12:30Z', to: '2026-03-02T13:30Z' }),
    ];
    await asks('confirmPlacement', { placementId: here.placementId });
    await asks('confirmPlacement', { placementId: there.placementId });
    const states =
      'status host { dcId } runs { stoppedAt dataCentre { dcId } } placements { edges { node { state } } }';
    expect(await asks('startWorkload', { jobId: 'moving' }, states)).toMatchObject({
      host: { dcId: 'london-1' },
      runs: [{ stoppedAt: null, dataCentre: { dcId: 'london-1' } }],
      placements: { edges: [{ node: { state: 'CONFIRMED' } }, { node: { state: 'RUNNING' } }] },
    });
    expect(await asks('pauseWorkload', { jobId: 'moving', reason: 'for the grid' }, states)).toMatchObject({
      status: 'PAUSED',
      placements: { edges: [{ node: { state: 'CONFIRMED' } }, { node: { state: 'CONFIRMED' } }] },
    });
    expect(await asks('startWorkload', { jobId: 'moving' })).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
      possible: ['RUNNING', 'FAILED', 'CANCELLED'],
    });
    expect(await asks('resumeWorkload', { jobId: 'moving', dcId: 'london-2' }, states)).toMatchObject({
      status: 'RUNNING',
      host: { dcId: 'london-2' },
      runs: [{ dataCentre: { dcId: 'london-2' } }, { dataCentre: { dcId: 'london-1' } }],
      placements: { edges: [{ node: { state: 'RUNNING' } }, { node: { state: 'CONFIRMED' } }] },
    });
    expect(await asks('failWorkload', { jobId: 'moving', reason: 'out of memory' }, states)).toMatchObject({
      status: 'FAILED',
      placements: { edges: [{ node: { state: 'DONE' } }, { node: { state: 'RELEASED' } }] },
    });
  });

  it('waits again when its only confirmed place is given back', async () => {
    await submit('fickle');
    const { placementId } = await hold('fickle', { from: '2026-03-02T13:00Z', to: '2026-03-02T14:00Z' });
    await asks('confirmPlacement', { placementId });
    expect(
      await asks(
        'releasePlacement',
        { placementId, reason: 'changed my mind' },
        'state releasedReason workload { status host { dcId } }',
      ),
    ).toMatchObject({
      state: 'RELEASED',
      releasedReason: 'changed my mind',
      workload: { status: 'QUEUED', host: null },
    });
    expect(
      await asks(
        'deferWorkload',
        { jobId: 'fickle', reason: 'CARBON', note: 'cleaner at night' },
        'status statusReason',
      ),
    ).toMatchObject({ status: 'DEFERRED_CARBON', statusReason: 'cleaner at night' });
    expect(await asks('rejectWorkload', { jobId: 'fickle', reason: 'no room' })).toMatchObject({
      status: 'REJECTED',
    });
    expect(await asks('cancelWorkload', { jobId: 'fickle' })).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
      possible: [],
    });
    expect(await hold('fickle')).toMatchObject({ code: 'IMPOSSIBLE_TRANSITION' });
  });

  it('gives back what it holds when it is cancelled', async () => {
    await submit('called-off');
    const { placementId } = await hold('called-off', { from: '2026-03-02T13:00Z', to: '2026-03-02T14:00Z' });
    await asks('cancelWorkload', { jobId: 'called-off', reason: 'not needed' });
    expect(await asks('confirmPlacement', { placementId })).toMatchObject({ code: 'IMPOSSIBLE_TRANSITION' });
  });

  it('is submitted for no user that is not active, nor given to one', async () => {
    await grid.database.owner.query(
      `insert into users (operator_id, email, name, is_active) values ($1, 'gone@ours.example', 'Gone', false)`,
      [ours.operatorId],
    );
    const userEmail = 'gone@ours.example';
    const refused = {
      code: 'USER_INACTIVE',
      faults: [{ path: 'input.userEmail', message: 'is not active: no work is submitted for it' }],
    };
    expect(await submit('of-gone', { userEmail })).toMatchObject(refused);
    await submit('of-nobody');
    expect(await asks('amendWorkload', { jobId: 'of-nobody', userEmail })).toMatchObject(refused);
    await grid.database.owner.query(`update users set is_active = true where email = $1`, [userEmail]);
    expect(await asks('amendWorkload', { jobId: 'of-nobody', userEmail })).toMatchObject({
      __typename: 'Workload',
    });
  });

  it('may run anywhere again when what limited its places is cleared', async () => {
    await submit('placed', { allowedRegionIds: [13], allowedDcIds: [], minRenewablePct: 20 });
    const places = 'allowedRegionIds allowedDcIds minRenewablePct';
    expect(await asks('amendWorkload', { jobId: 'placed', priority: 1 }, places)).toMatchObject({
      allowedRegionIds: [13],
      minRenewablePct: 20,
    });
    expect(
      await asks(
        'amendWorkload',
        { jobId: 'placed', allowedRegionIds: null, allowedDcIds: null, minRenewablePct: null },
        places,
      ),
    ).toMatchObject({ allowedRegionIds: [], allowedDcIds: [], minRenewablePct: null });
  });

  it('is amended before it runs, by its version, and within what it holds', async () => {
    await submit('amended', { carbonBudgetGco2: 5_000 });
    const amended = 'estimatedEnergyKwh powerKw durationMinutes carbonBudgetGco2 maxCostGbp name version';
    expect(
      await asks(
        'amendWorkload',
        { jobId: 'amended', expectedVersion: 1, durationMinutes: 90, maxCostGbp: 7 },
        amended,
      ),
    ).toMatchObject({
      estimatedEnergyKwh: 150,
      powerKw: 100,
      durationMinutes: 90,
      carbonBudgetGco2: 5_000,
      maxCostGbp: 7,
      version: 2,
    });
    expect(await asks('amendWorkload', { jobId: 'amended', expectedVersion: 1, name: 'x' })).toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(
      await asks(
        'amendWorkload',
        { jobId: 'amended', carbonBudgetGco2: null, powerKw: 50, name: null },
        amended,
      ),
    ).toMatchObject({ durationMinutes: 180, carbonBudgetGco2: null, name: 'amended', version: 3 });
    const { placementId } = await hold('amended', { from: '2026-03-02T13:00Z', to: '2026-03-02T14:00Z' });
    expect(await asks('amendWorkload', { jobId: 'amended', allowedRegionIds: [7] })).toMatchObject({
      code: 'LIMIT_BROKEN',
      faults: [{ path: 'input', message: expect.stringContaining(placementId) as unknown }],
    });
    await asks('startWorkload', { jobId: 'amended', dcId: 'london-2' });
    expect(await asks('amendWorkload', { jobId: 'amended', name: 'late' })).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
    });
  });

  it('takes the key of a submission that was wrong for the one that is right', async () => {
    const again = (durationMinutes: number) =>
      mutate(
        grid.server,
        'submitWorkload',
        { jobId: 'mended', name: 'x', type: 'OTHER', powerKw: 1, durationMinutes, deadline: DEADLINE },
        { key: ours.key, fields: 'status', idempotencyKey: 'mended' },
      );
    expect(await again(24 * 60 * 3)).toMatchObject({ code: 'INVALID', faults: [{ path: 'input.deadline' }] });
    expect(await again(60)).toMatchObject({ status: 'PENDING' });
    expect(await again(61)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it("is nobody else's to see or to move", async () => {
    await submit('private');
    const { placementId } = await hold('private', { from: '2026-03-02T14:00Z', to: '2026-03-02T15:00Z' });
    const key = theirs.key;
    const jobId = 'private';
    const calls: [string, Record<string, unknown>][] = [
      ['amendWorkload', { jobId, name: 'x' }],
      ['queueWorkload', { jobId }],
      ['deferWorkload', { jobId, reason: 'PRICE' }],
      ['rejectWorkload', { jobId, reason: 'x' }],
      ['startWorkload', { jobId, dcId: 'london-1' }],
      ['pauseWorkload', { jobId }],
      ['resumeWorkload', { jobId }],
      ['completeWorkload', { jobId, actualEnergyKwh: 1 }],
      ['failWorkload', { jobId, reason: 'x' }],
      ['cancelWorkload', { jobId }],
      ['holdPlacement', { jobId, dcId: 'london-1', from: '2026-03-02T14:00Z', to: '2026-03-02T15:00Z' }],
      ['confirmPlacement', { placementId }],
      ['releasePlacement', { placementId }],
    ];
    for (const [name, input] of calls)
      expect([name, (await asks(name, input, 'id', key))['code']]).toEqual([name, 'NOT_FOUND']);
    const { data } = await grid.server.query(
      `query ($id: String!) { placement(placementId: $id) { id } placements { edges { node { id } } } workloads { edges { node { id } } } }`,
      { id: placementId },
      key,
    );
    expect(data).toEqual({ placement: null, placements: { edges: [] }, workloads: { edges: [] } });
  });
});
