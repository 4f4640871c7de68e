import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataCentre } from '../../support/compute.js';
import { actOn, refusalOf } from '../../support/act.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { readDecisionContent, type DecisionContent } from '../../../src/domain/compute/decision-content.js';
import type { PlannedInputs } from '../../../src/planning/decided-plan.js';
import { replay } from '../../../src/planning/replay.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const MORNING = new Date('2026-03-02T08:00:00Z');
const HALF_HOURS = 48;
/** London is clean from 14:00 to 16:00; Scotland is cleaner, and always the same. */
const gco2Of = (regionId: number, i: number): number =>
  regionId === 13 ? (i >= 12 && i < 16 ? 60 : 200) : regionId === 1 ? 80 : 150;
const at = (halfHour: number): string => new Date(MORNING.getTime() + halfHour * 1_800_000).toISOString();

let grid: Grid & { readonly database: MovingDatabase };
let tenant: Tenant;
let other: Tenant;

beforeAll(async () => {
  grid = await startGrid(MORNING, createMovingDatabase);
  tenant = await createTenant(grid.database, 'Compute');
  other = await createTenant(grid.database, 'Other');
  await grid.record(REGIONAL, forecasts(MORNING, HALF_HOURS, [1, 10, 13], gco2Of));
  await createDataCentre(grid.database, other.operatorId, 'london', {
    regionId: 13,
    capacityMw: 2,
    pue: 1.5,
  });
  await createDataCentre(grid.database, other.operatorId, 'norwich', { regionId: 10, capacityMw: 2 });
});
afterAll(() => grid.close());

const query = async <Data>(text: string, key?: string): Promise<Data> => {
  const { data, errors } = await grid.server.query<Data>(text, {}, key);
  expect(errors).toBeUndefined();
  return data!;
};
const codeOf = async (text: string, key?: string): Promise<unknown> =>
  (await grid.server.query(text, {}, key)).errors?.map(({ extensions }) => extensions.code);

describe('greenWindows', () => {
  interface Found {
    readonly greenWindows: {
      readonly windows: readonly Readonly<Record<string, unknown>>[];
      readonly infeasible: Readonly<Record<string, unknown>> | null;
    };
  }
  const windows = async (input: string): Promise<Found['greenWindows']> =>
    (
      await query<Found>(`{ greenWindows(input: { ${input} }) {
        windows { region { regionId } from to outcome { carbonGco2 gco2PerKwh energyKwh } atOnce { carbonGco2 } savedPct isSynthetic
          carbon { lowGco2 expectedGco2 highGco2 } }
        infeasible { isProven relaxations { kind limit amount } unplaced { neededHalfHours usableHalfHours limits { limit usableHalfHours unknownHalfHours } } } } }`)
    ).greenWindows;

  it('names the best time of each region first, and what it saves against running at once', async () => {
    const { windows: found } = await windows(
      'durationMinutes: 120, powerKw: 100, regionIds: [1, 13], first: 2',
    );
    expect(found).toMatchObject([
      {
        region: { regionId: 13 },
        ...{ from: at(12), to: at(16), savedPct: 70, isSynthetic: false },
        outcome: { carbonGco2: 12_000, gco2PerKwh: 60, energyKwh: 200 },
        atOnce: { carbonGco2: 40_000 },
      },
      { region: { regionId: 1 }, from: at(1), to: at(5), savedPct: 0, outcome: { carbonGco2: 16_000 } },
    ]);
  });

  it('begins in the half hour that runs where what is left of it is enough', async () => {
    const { windows: found } = await windows(`durationMinutes: 5, regionIds: [13], to: "${at(1)}"`);
    expect(found).toMatchObject([{ from: at(0), to: at(1), savedPct: 0 }]);
    const late = await grid.server.query(
      `{ greenWindows(input: { durationMinutes: 30, regionIds: [13], to: "${at(1)}" }) { halfHoursNeeded } }`,
    );
    expect(late.errors?.[0]?.message).toContain('leaves no half hour');
  });

  it('says what would be enough where no time keeps the limits', async () => {
    const { windows: found, infeasible } = await windows(
      'durationMinutes: 180, regionIds: [13], maxCarbonIntensityGco2PerKwh: 100',
    );
    expect(found).toEqual([]);
    expect(infeasible).toEqual({
      isProven: true,
      relaxations: [{ kind: 'RELAX_LIMIT', limit: 'maxCarbonIntensityGco2PerKwh', amount: 200 }],
      unplaced: [
        {
          neededHalfHours: 6,
          usableHalfHours: 4,
          limits: [{ limit: 'maxCarbonIntensityGco2PerKwh', usableHalfHours: 4, unknownHalfHours: 48 }],
        },
      ],
    });
  });

  it('says that nothing is known of what a limit is about', async () => {
    const { infeasible } = await windows(
      `durationMinutes: 60, regionIds: [13], to: "${at(9)}", maxPriceGbpPerMwh: 50, maxCarbonIntensityGco2PerKwh: 500`,
    );
    expect(infeasible).toMatchObject({
      relaxations: [],
      unplaced: [
        {
          limits: [
            { limit: 'maxCarbonIntensityGco2PerKwh', usableHalfHours: 8, unknownHalfHours: 0 },
            { limit: 'maxPriceGbpPerMwh', usableHalfHours: 0, unknownHalfHours: 8 },
          ],
        },
      ],
    });
  });

  it('believes less than the forecast where it is to be surer', async () => {
    const cap = 'durationMinutes: 60, regionIds: [13], maxCarbonIntensityGco2PerKwh: 61, first: 1';
    expect((await windows(cap)).windows).toHaveLength(1);
    expect((await windows(`${cap}, confidencePct: 95`)).windows).toHaveLength(0);
  });

  it.each([
    ['durationMinutes: 0', 'durationMinutes'],
    ['durationMinutes: 30, regionIds: [19]', 'regionIds'],
    ['durationMinutes: 30, regionIds: []', 'regionIds'],
    ['durationMinutes: 30, to: "2026-03-02T08:10Z"', 'to:'],
    ['durationMinutes: 30, to: "2026-04-02T08:00Z"', 'to:'],
    ['durationMinutes: 30, first: 101', 'first'],
    ['durationMinutes: 30, confidencePct: 20', 'confidencePct'],
    ['durationMinutes: 30, objective: { carbonWeight: 0 }', 'objective'],
    ['energyKwh: 100', 'energyKwh'],
  ])('refuses %s', async (input, named) => {
    const { errors } = await grid.server.query(`{ greenWindows(input: { ${input} }) { halfHoursNeeded } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain(named);
  });
});

const PLAN = `jobId isPlaced places { dataCentre { dcId } from to powerKw facilityKw } outcome { carbonGco2 energyKwh } atOnce { carbonGco2 }
  savedPct slackValue { carbonGco2 } alternatives { kind whyNot places { dataCentre { dcId } from } } reasons
  plan { method gapPct infeasible { isProven overload { from to dcIds demandedKwh availableKwh } relaxations { kind amount dcIds } } }`;

describe('planWorkload', () => {
  it('finds a place with room, by energy of the facility, with its reasons', async () => {
    const { planWorkload: planned } = await query<{ planWorkload: Record<string, unknown> }>(
      `{ planWorkload(work: { powerKw: 1000, durationMinutes: 120, deadline: "${at(20)}" }) { ${PLAN} } }`,
    );
    expect(planned).toMatchObject({
      isPlaced: true,
      places: [{ dataCentre: { dcId: 'london' }, from: at(12), to: at(16), powerKw: 1000, facilityKw: 1500 }],
      outcome: { carbonGco2: 180_000, energyKwh: 3000 },
      // At once Norwich would have been the better place.
      atOnce: { carbonGco2: 300_000 },
      savedPct: 40,
      slackValue: { carbonGco2: 0 },
      plan: { method: 'INDEPENDENT', gapPct: 0, infeasible: null },
    });
    expect(planned['alternatives']).toMatchObject([
      { kind: 'START_AT_ONCE', whyNot: expect.stringContaining('120.0 kg CO2 more') as string },
      { kind: 'OTHER_TIME' },
      { kind: 'OTHER_DATA_CENTRE', places: [{ dataCentre: { dcId: 'norwich' } }] },
    ]);
  });

  it('begins in the half hour that runs where what is left of it is enough, and compares with that', async () => {
    const planned = async (rest: string): Promise<Record<string, unknown>> =>
      (
        await query<{ planWorkload: Record<string, unknown> }>(
          `{ planWorkload(work: { powerKw: 1000, durationMinutes: 5, allowedDcIds: ["norwich"], ${rest} }) { ${PLAN} } }`,
        )
      ).planWorkload;
    expect(await planned(`deadline: "${at(20)}"`)).toMatchObject({
      places: [{ from: at(0), to: at(1) }],
      savedPct: 0,
    });
    const awaited = await planned(
      `deadline: "${at(20)}", earliestStart: "${at(0).replace('00:00', '20:00')}"`,
    );
    expect(awaited).toMatchObject({ places: [{ from: at(1) }] });
  });

  it('knows what an hour more would save', async () => {
    const { planWorkload: planned } = await query<{ planWorkload: Record<string, unknown> }>(
      `{ planWorkload(work: { powerKw: 1000, durationMinutes: 60, deadline: "${at(12)}", allowedDcIds: ["london"] }) { ${PLAN} } }`,
    );
    expect(planned).toMatchObject({ outcome: { carbonGco2: 300_000 }, slackValue: { carbonGco2: 210_000 } });
  });

  it('says of work that is too much what power would be enough', async () => {
    const { planWorkload: planned } = await query<{ planWorkload: Record<string, unknown> }>(
      `{ planWorkload(work: { powerKw: 3000, durationMinutes: 60, deadline: "${at(20)}", allowedDcIds: ["london"] }) { ${PLAN} } }`,
    );
    expect(planned).toMatchObject({
      isPlaced: false,
      plan: {
        infeasible: {
          isProven: true,
          relaxations: [{ kind: 'MORE_POWER', amount: 2500, dcIds: ['london'] }],
        },
      },
    });
  });

  it.each([
    [`work: { powerKw: 1, durationMinutes: 60, deadline: "2026-03-02T07:00Z" }`, 'BAD_USER_INPUT'],
    [`work: { powerKw: 1, durationMinutes: 60, deadline: "2027-03-02T07:00Z" }`, 'BAD_USER_INPUT'],
    [
      `work: { powerKw: 1, durationMinutes: 60, deadline: "${at(9)}", allowedRegionIds: [15] }`,
      'BAD_USER_INPUT',
    ],
    [
      `work: { powerKw: 1, durationMinutes: 60, deadline: "${at(9)}", allowedDcIds: ["atlantis"] }`,
      'BAD_USER_INPUT',
    ],
    [`work: { powerKw: -1, durationMinutes: 60, deadline: "${at(9)}" }`, 'BAD_USER_INPUT'],
    [`work: { powerKw: 1, deadline: "${at(9)}" }`, 'BAD_USER_INPUT'],
    [`jobId: "none"`, 'UNAUTHENTICATED'],
    [``, 'BAD_USER_INPUT'],
    [`work: { powerKw: 1, durationMinutes: 60, deadline: "${at(9)}" }, storage: true`, 'UNAUTHENTICATED'],
  ])('refuses planWorkload(%s)', async (args, code) => {
    const asked = args === '' ? '' : `(${args})`;
    expect(await codeOf(`{ planWorkload${asked} { jobId } }`)).toEqual([code]);
  });
});

describe('planWorkloads', () => {
  it('shares what power there is, and proves its gap', async () => {
    const work = (name: string) =>
      `{ jobId: "${name}", powerKw: 1000, durationMinutes: 60, deadline: "${at(20)}", allowedDcIds: ["london"] }`;
    const { planWorkloads: plan } = await query<{
      planWorkloads: { works: { places: { from: string }[] }[]; method: string; gapPct: number };
    }>(
      `{ planWorkloads(works: [${['a', 'b', 'c'].map(work).join(' ')}]) { method gapPct works { places { from } } } }`,
    );
    const starts = plan.works.map(({ places }) => places[0]!.from).sort();
    // One at a time fits; two fit into the clean hours.
    expect(new Set(starts).size).toBe(3);
    expect(starts.filter((start) => start >= at(12) && start < at(16))).toHaveLength(2);
    expect(plan.gapPct).toBeLessThan(1);
  });

  it('refuses more than a plan is for, with the limit', async () => {
    const works = Array.from({ length: 501 }, (_, i) => ({
      jobId: `w${i}`,
      powerKw: 1,
      durationMinutes: 30,
      deadline: at(9),
    }));
    const { errors } = await grid.server.query(
      'query ($works: [WorkToPlanInput!]) { planWorkloads(works: $works) { method } }',
      { works },
    );
    expect(errors?.[0]?.message).toMatch(/500/);
  });
});

describe('a workload that is placed by the planner', () => {
  const act = (action: string, input: object, fields: string) =>
    actOn(grid.server, tenant.key, action, input, { selection: fields });
  const submit = (jobId: string, rest: object) =>
    act(
      'submitWorkload',
      { jobId, name: jobId, type: 'TRAINING_RUN', deadline: at(30), ...rest },
      'Workload { jobId }',
    );
  const DECISION =
    'Decision { decisionId type reasoning policy { name } inputs { own } supersedes { decisionId } prediction { predictedCarbonGco2 carbonSavedGco2 } placements { placementId state dataCentre { dcId } slots(first: 10) { edges { node { from } } } } workload { status host { dcId } } constraintsEvaluated { name limit value satisfied } alternativesConsidered { name whyNot } isSynthetic }';

  it('has its power confirmed, with the decision that says why; and moves only when that pays', async () => {
    await submit('train', { powerKw: 1000, durationMinutes: 120, maxCarbonIntensityGco2PerKwh: 100 });
    // A weight that is left out counts nothing.
    const placed = await act('placeWorkload', { jobId: 'train', objective: { carbonWeight: 1 } }, DECISION);
    expect(placed).toMatchObject({
      type: 'DEFER_WORKLOAD',
      policy: { name: 'pylon.planner' },
      supersedes: null,
      prediction: { predictedCarbonGco2: 180_000, carbonSavedGco2: 120_000 },
      workload: { status: 'SCHEDULED', host: { dcId: 'london' } },
      placements: [{ state: 'CONFIRMED', dataCentre: { dcId: 'london' } }],
      constraintsEvaluated: [
        { name: 'maxCarbonIntensityGco2PerKwh', limit: 100, value: 60, satisfied: true },
      ],
    });
    expect(refusalOf(await act('replanWorkload', { jobId: 'train', reason: 'try' }, DECISION))).toBe(
      'NOT_WORTH_IT',
    );

    // A new data centre in Scotland is better by PUE, though its region is dirtier.
    await createDataCentre(grid.database, other.operatorId, 'perth', { regionId: 1, capacityMw: 2 });
    await grid.database.owner.query(`update data_centres set flexibility_rating = 1`);
    const moved = await act('replanWorkload', { jobId: 'train', reason: 'Perth opened.' }, DECISION);
    expect(moved).toMatchObject({
      type: 'SHIFT_REGION',
      supersedes: { decisionId: placed['decisionId'] },
      prediction: { predictedCarbonGco2: 160_000, carbonSavedGco2: 20_000 },
      workload: { status: 'SCHEDULED', host: { dcId: 'perth' } },
      placements: [{ state: 'CONFIRMED', dataCentre: { dcId: 'perth' } }],
    });
  });

  it('leaves a data centre that takes no work any more, whatever that costs', async () => {
    await grid.database.owner.query(`update data_centres set status = 'MAINTENANCE' where dc_id = 'perth'`);
    const moved = await act(
      'replanWorkload',
      { jobId: 'train', reason: 'Perth is closed.', imminentMinutes: 0 },
      DECISION,
    );
    expect(moved).toMatchObject({
      type: 'SHIFT_REGION',
      workload: { status: 'SCHEDULED', host: { dcId: 'london' } },
      prediction: { predictedCarbonGco2: 180_000, carbonSavedGco2: null },
    });
    await grid.database.owner.query(`update data_centres set capacity_mw = 1 where dc_id = 'london'`);
    await grid.database.owner.query(`update data_centres set status = 'ACTIVE' where dc_id = 'perth'`);
    const again = await act('replanWorkload', { jobId: 'train', reason: 'London is smaller.' }, DECISION);
    expect(again).toMatchObject({ workload: { host: { dcId: 'perth' } } });
    await grid.database.owner.query(`update data_centres set capacity_mw = 2 where dc_id = 'london'`);
  });

  it('is told what binds where there is no plan, and nothing was done', async () => {
    await submit('strict', { powerKw: 1000, durationMinutes: 120, maxCarbonIntensityGco2PerKwh: 40 });
    const refused = await act('placeWorkload', { jobId: 'strict' }, DECISION);
    expect(refused).toMatchObject({ code: 'NO_PLAN' });
    expect(refused.faults?.map(({ message }) => message).join('; ')).toMatch(
      /enough would be maxCarbonIntensityGco2PerKwh of 60/,
    );
    const { workload } = await query<{ workload: unknown }>(
      '{ workload(jobId: "strict") { status placements(first: 1) { edges { node { state } } } } }',
      tenant.key,
    );
    expect(workload).toEqual({ status: 'PENDING', placements: { edges: [] } });
  });

  it('never takes power that another took, however many ask at once', async () => {
    const jobs = Array.from({ length: 6 }, (_, i) => `rush-${i}`);
    for (const jobId of jobs)
      await submit(jobId, { powerKw: 1200, durationMinutes: 60, deadline: at(3), allowedDcIds: ['norwich'] });
    const answers = await Promise.all(jobs.map((jobId) => act('placeWorkload', { jobId }, DECISION)));
    expect(answers.filter(({ __typename }) => __typename === 'Decision')).toHaveLength(1);
    for (const answer of answers)
      if (answer.__typename !== 'Decision') expect(['NO_PLAN', 'CAPACITY_EXCEEDED']).toContain(answer.code);
  });

  it('leaves a reserve for work still to come, unless it has no place without it', async () => {
    const rest = { durationMinutes: 30, allowedDcIds: ['norwich'], deadline: at(10) };
    const roomFor = async (jobId: string, powerKw: number): Promise<string> => {
      await submit(jobId, { ...rest, powerKw });
      const placed = await act('placeWorkload', { jobId }, DECISION);
      expect(placed).toMatchObject({ placements: [{ state: 'CONFIRMED' }] });
      return JSON.stringify((placed['inputs'] as { own: PlannedInputs }).own.problem.centres[0]!.roomW);
    };
    expect(await roomFor('sparing', 1700)).not.toContain('2000000');
    expect(await roomFor('unsparing', 1900)).toContain('2000000');
  });

  it('leaves decisions that are whole, and that come out the same when they are made again', async () => {
    const report = await verifyDecisions(grid.database.owner, null, replay);
    expect(report).toMatchObject({ fault: null });
    expect(report.verified).toBeGreaterThanOrEqual(3);
    expect(report.replayed).toBe(report.verified);
  });

  it('are told apart from ones whose result does not follow from what they keep', async () => {
    const { rows } = await grid.database.owner.query<{ content: string }>(
      'select content from decisions limit 1',
    );
    const content = readDecisionContent(rows[0]!.content);
    expect(replay(content)).toEqual({ kind: 'SAME' });
    const kept = content.inputs.own as unknown as PlannedInputs;
    const with_ = (own: object): DecisionContent => ({
      ...content,
      inputs: { ...content.inputs, own: { ...kept, ...own } },
    });
    const [first, ...rest] = kept.answer.places;
    const moved = { ...kept.answer, places: [{ ...first!, slot: first!.slot - 1 }, ...rest] };
    expect(replay(with_({ answer: moved }))).toMatchObject({ kind: 'DIFFERENT' });
    const dirtier = kept.problem.regions.map((region) => ({
      ...region,
      gco2PerKwh: { runs: [900, kept.problem.slots] },
    }));
    expect(replay(with_({ problem: { ...kept.problem, regions: dirtier } }))).toMatchObject({
      kind: 'DIFFERENT',
    });
    expect(replay(with_({ problem: null }))).toMatchObject({ kind: 'DIFFERENT' });
    expect(replay({ ...content, policy: { name: 'pylon.planner', version: '99' } })).toEqual({
      kind: 'NOT_OURS',
    });
  });
});
