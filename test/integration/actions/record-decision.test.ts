import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { readDecisionContent } from '../../../src/domain/compute/decision-content.js';
import { SYNTHETIC_SOURCE } from '../../../src/ingest/synthetic-fill.js';
import { createFleetTenant, type FleetTenant } from '../../support/fleet.js';
import { createKey } from '../../support/tenants.js';
import {
  FORECASTS,
  OUTTURNS,
  REGIONAL,
  forecasts,
  mix,
  momentAfter,
  said,
  startGrid,
  type Grid,
} from '../graph/grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const HALF_HOUR = '2026-03-02T12:30:00.000Z';
const NEXT = '2026-03-02T13:00:00.000Z';
const SYNTHETIC_HALF_HOUR = '2026-03-03T12:30:00.000Z';

const DECISION = `id decisionId number type decidedAt isSynthetic reasoning hash previousHash content
  policy { name version } operator { name } agent { agentId } workload { jobId } region { regionId }
  sourceDataCentre { dcId } targetDataCentre { dcId } negotiation { negotiationId }
  supersedes { decisionId } supersededBy { decisionId } placements { id }
  gridSignal { from carbonIntensity { forecastGco2PerKwh } }
  inputs { asOf sequence own signals { from region { regionId }
    carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index provenance { source quality knownAt } }
    renewables { renewablePct lowCarbonPct kind provenance { source } }
    stress { gridStress formula provenance { source } } price { gbpPerMwh market kind provenance { source } } } }
  constraintsEvaluated { name unit limit value satisfied }
  alternativesConsidered { name dcId regionId from to predictedCarbonGco2 predictedCostGbp whyNot }
  prediction { predictedCarbonGco2 predictedCostGbp carbonSavedGco2 costSavedGbp flexibilityContributionMw }
  outcomes { carbonGco2 carbonSavedGco2 costGbp costSavedGbp flexibilityContributionMw note decision { decisionId } }`;
const RECORD = `mutation ($key: String!, $input: RecordDecisionInput!) { recordDecision(idempotencyKey: $key, input: $input) {
  __typename ... on Decision { ${DECISION} } ... on ActionRefusal { code message faults { path message } } } }`;
const OUTCOME = `mutation ($key: String!, $input: RecordDecisionOutcomeInput!) { recordDecisionOutcome(idempotencyKey: $key, input: $input) {
  __typename ... on DecisionOutcome { carbonGco2 carbonSavedGco2 costGbp costSavedGbp flexibilityContributionMw note }
  ... on ActionRefusal { code message faults { path } } } }`;

/** As much of an answer as the tests below look into. */
interface Answer {
  readonly __typename: string;
  readonly code: string;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  readonly decisionId: string;
  readonly number: number;
  readonly content: string;
  readonly hash: string;
  readonly previousHash: string;
  readonly isSynthetic: boolean;
  readonly inputs: {
    readonly asOf: string | null;
    readonly signals: readonly {
      readonly carbonIntensity: { readonly forecastGco2PerKwh: number } | null;
    }[];
  };
}

describe('recordDecision', () => {
  let grid: Grid;
  let north: FleetTenant;
  let south: FleetTenant;
  let keys = 0;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.record(REGIONAL, [
      ...forecasts(new Date(HALF_HOUR), 1, [13], () => 90),
      said({ regionId: 14, from: new Date(HALF_HOUR), intensityGco2PerKwh: 0 }),
    ]);
    await grid.record(FORECASTS, [
      said({ from: new Date(HALF_HOUR), intensityGco2PerKwh: 120, index: 'MODERATE' }),
    ]);
    await grid.record(OUTTURNS, [
      said({ from: new Date(HALF_HOUR), kind: 'OUTTURN', intensityGco2PerKwh: 118, index: 'LOW' }),
    ]);
    await grid.record(
      SYNTHETIC_SOURCE.id,
      [
        said({
          regionId: 13,
          from: new Date(SYNTHETIC_HALF_HOUR),
          intensityGco2PerKwh: 77,
          mix: mix({ WIND: 1000 }),
        }),
      ],
      { quality: 'SYNTHETIC' },
    );
    await grid.recordSeries('market_prices', [
      {
        at: new Date(HALF_HOUR),
        kind: 'OUTTURN',
        issuedAt: null,
        market: 'MARKET_INDEX',
        provider: 'APX',
        gbpPerMwh: -12.5,
        volumeMwh: 100,
        expectedErrorGbpPerMwh: null,
        formula: null,
      },
    ]);
    await grid.recordSeries('grid_stress', [
      { at: new Date(HALF_HOUR), kind: 'DERIVED', issuedAt: null, stress: 0.25, formula: 'test/1' },
    ]);
    north = await createFleetTenant(grid.database, 'North');
    south = await createFleetTenant(grid.database, 'South');
    await grid.database.owner.query(
      `insert into negotiations (code, type, initiator_agent_id, responder_agent_id, operator_id, responder_operator_id, awaiting_agent_id)
       values ('talk', 'OTHER', $1, $2, $3, $4, $2)`,
      [south.agentNumber, north.agentNumber, south.operatorId, north.operatorId],
    );
  });
  afterAll(() => grid.close());

  async function mutate(
    document: string,
    name: string,
    input: object,
    as: string,
    key: string,
  ): Promise<Answer> {
    const { data, errors } = await grid.server.query<Record<string, Answer>>(document, { key, input }, as);
    const answer = data?.[name];
    if (!answer) throw new Error(JSON.stringify(errors));
    return answer;
  }
  const record = (input: object, as = north.key, key = `key-${(keys += 1)}`): Promise<Answer> =>
    mutate(
      RECORD,
      'recordDecision',
      { type: 'DEFER_WORKLOAD', reasoning: 'It is cleaner then.', ...input },
      as,
      key,
    );
  const outcome = (input: object, as = north.key): Promise<Answer> =>
    mutate(OUTCOME, 'recordDecisionOutcome', input, as, `key-${(keys += 1)}`);
  async function ask<Data>(query: string, as?: string): Promise<Data> {
    const { data, errors } = await grid.server.query<Data>(query, {}, as);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }
  const decision = async (decisionId: string, as = north.key): Promise<Answer | null> =>
    (await ask<{ decision: Answer | null }>(`{ decision(decisionId: "${decisionId}") { ${DECISION} } }`, as))
      .decision;

  const FULL = {
    decisionId: 'full',
    policy: { name: 'carbon-first', version: '1.2' },
    inputs: { queue: ['a', 'ü"\\\n'], weight: 0.1 },
    constraintsEvaluated: [
      { name: 'maxCarbonIntensityGco2PerKwh', unit: 'gCO2/kWh', limit: 120, value: 90, satisfied: true },
      { name: 'deadline', satisfied: false },
    ],
    alternativesConsidered: [
      {
        name: 'now',
        dcId: 'south-dc',
        regionId: 14,
        from: HALF_HOUR,
        to: NEXT,
        predictedCarbonGco2: 0,
        predictedCostGbp: -3,
        whyNot: 'full',
      },
    ],
    prediction: {
      predictedCarbonGco2: 450_000,
      predictedCostGbp: 250,
      carbonSavedGco2: 150_000,
      costSavedGbp: -10,
      flexibilityContributionMw: 1,
    },
  };

  it('keeps all that was decided, with the very values of the signals it names', async () => {
    const input = {
      ...FULL,
      agentId: north.agent,
      jobId: north.job,
      sourceDcId: north.centre,
      targetDcId: south.centre,
      negotiationId: 'talk',
      regionId: 18,
      signalFrom: HALF_HOUR,
      signals: [
        { regionId: 13, from: HALF_HOUR },
        { regionId: 18, from: HALF_HOUR },
      ],
    };
    const first = await record(input, north.key, 'full');
    expect(first).toMatchObject({
      __typename: 'Decision',
      decisionId: 'full',
      type: 'DEFER_WORKLOAD',
      isSynthetic: false,
      reasoning: 'It is cleaner then.',
      policy: FULL.policy,
      operator: { name: 'North' },
      agent: { agentId: north.agent },
      workload: { jobId: north.job },
      region: { regionId: 18 },
      sourceDataCentre: { dcId: north.centre },
      targetDataCentre: { dcId: south.centre },
      negotiation: { negotiationId: 'talk' },
      supersedes: null,
      supersededBy: null,
      placements: [],
      outcomes: [],
      gridSignal: { from: HALF_HOUR, carbonIntensity: { forecastGco2PerKwh: 120 } },
      constraintsEvaluated: [
        FULL.constraintsEvaluated[0],
        { name: 'deadline', unit: null, limit: null, value: null, satisfied: false },
      ],
      alternativesConsidered: FULL.alternativesConsidered,
      prediction: FULL.prediction,
      inputs: {
        own: FULL.inputs,
        signals: [
          {
            from: HALF_HOUR,
            region: { regionId: 18 },
            carbonIntensity: {
              forecastGco2PerKwh: 120,
              outturnGco2PerKwh: 118,
              index: 'LOW',
              provenance: { source: OUTTURNS, quality: 'REAL' },
            },
            renewables: null,
            stress: { gridStress: 0.25, formula: 'test/1' },
            price: { gbpPerMwh: -12.5, market: 'MARKET_INDEX', kind: 'OUTTURN' },
          },
          {
            region: { regionId: 13 },
            carbonIntensity: { forecastGco2PerKwh: 90, outturnGco2PerKwh: null, index: 'MODERATE' },
            renewables: {
              renewablePct: 40,
              lowCarbonPct: 40,
              kind: 'FORECAST',
              provenance: { source: REGIONAL },
            },
            stress: { gridStress: 0.25 },
            price: { gbpPerMwh: -12.5 },
          },
        ],
      },
    });
    const content = readDecisionContent(first.content);
    expect(content.rows).toMatchObject({ operatorId: north.operatorId, agentId: north.agentNumber });
    expect(content.alternativesConsidered).toEqual(FULL.alternativesConsidered);

    // Whatever becomes of the signals later.
    await grid.record(
      REGIONAL,
      forecasts(new Date(HALF_HOUR), 1, [13], () => 222),
    );
    expect(await decision('full')).toEqual({ ...first, __typename: undefined });
    expect(await record(input, north.key, 'full')).toEqual(first);
  });

  it('decides from what was known then, and says so', async () => {
    const before = await momentAfter(grid);
    await grid.record(
      REGIONAL,
      forecasts(new Date(HALF_HOUR), 1, [13], () => 333),
    );
    const signals = [{ regionId: 13, from: HALF_HOUR }];
    const now = await record({ signals });
    const then = await record({ signals, asOf: before.toISOString() });
    const value = ({ inputs }: Answer) => inputs.signals[0]?.carbonIntensity?.forecastGco2PerKwh;
    expect([value(now), value(then)]).toEqual([333, 222]);
    // The instant that is told shows the same for ever, also once more has become known.
    await grid.record(
      REGIONAL,
      forecasts(new Date(HALF_HOUR), 1, [13], () => 444),
    );
    for (const answer of [now, then]) {
      const { gridNow } = await ask<{ gridNow: unknown }>(
        `{ gridNow: gridSignals(regionIds: [13], from: "${HALF_HOUR}", to: "${NEXT}", asOf: "${answer.inputs.asOf}") { edges { node { carbonIntensity { forecastGco2PerKwh } } } } }`,
      );
      expect(gridNow).toEqual({
        edges: [{ node: { carbonIntensity: { forecastGco2PerKwh: value(answer) } } }],
      });
    }
    const tomorrow = new Date(grid.database.clock.now().getTime() + 86_400_000).toISOString();
    expect(await record({ signals, asOf: tomorrow })).toMatchObject({
      code: 'INVALID',
      faults: [{ path: 'input.asOf' }],
    });
    expect(await record({ signals, asOf: '2025-01-01T00:00Z' })).toMatchObject({
      code: 'NOT_FOUND',
      faults: [{ path: 'input.signals' }],
    });
  });

  it('says when any of its values was made up', async () => {
    const real = { regionId: 14, from: HALF_HOUR };
    const madeUp = { regionId: 13, from: SYNTHETIC_HALF_HOUR };
    expect((await record({ signals: [real] })).isSynthetic).toBe(false);
    const mixed = await record({ signals: [real, madeUp] });
    expect(mixed.isSynthetic).toBe(true);
    expect(readDecisionContent(mixed.content).isSynthetic).toBe(true);
    expect(mixed.inputs.signals.map(({ carbonIntensity }) => carbonIntensity?.forecastGco2PerKwh)).toEqual([
      0, 77,
    ]);
  });

  it('needs no signals, and makes up an id that is its own', async () => {
    const bare = await record({});
    expect(bare).toMatchObject({
      inputs: { asOf: null, sequence: null, own: null, signals: [] },
      region: null,
      gridSignal: null,
      prediction: { predictedCarbonGco2: null },
      isSynthetic: false,
    });
    expect(bare.decisionId).toMatch(/^decision-[0-9a-f-]{36}$/);
  });

  it('is superseded by one later decision, and both say so', async () => {
    await record({ decisionId: 'old' });
    const young = await record({ decisionId: 'young', supersedes: 'old' });
    expect(young).toMatchObject({ supersedes: { decisionId: 'old' } });
    expect(await decision('old')).toMatchObject({ supersededBy: { decisionId: 'young' } });
    expect(await record({ supersedes: 'old' })).toMatchObject({ code: 'SUPERSEDED' });
    expect(await record({ decisionId: 'young' })).toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it("lets nobody name what is another operator's, nor learn of it", async () => {
    await record({ decisionId: 'secret' });
    const asSouth = (input: object) => record(input, south.key);
    expect(await asSouth({ agentId: north.agent })).toMatchObject({ code: 'NOT_ALLOWED' });
    for (const input of [
      { jobId: north.job },
      { supersedes: 'secret' },
      { agentId: 'nobody' },
      { sourceDcId: 'nowhere' },
      { targetDcId: 'nowhere' },
      { negotiationId: 'none' },
    ])
      expect(await asSouth(input)).toMatchObject({
        code: 'NOT_FOUND',
        faults: [{ path: `input.${Object.keys(input)[0]}` }],
      });
    expect((await asSouth({ decisionId: 'secret' })).__typename).toBe('Decision');
    expect(await outcome({ decisionId: 'full', carbonGco2: 1 }, south.key)).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await decision('full', south.key)).toBeNull();
    const { decisions } = await ask<{ decisions: { edges: { node: Answer }[] } }>(
      '{ decisions { edges { node { decisionId operator { name } } } } }',
      south.key,
    );
    expect(decisions.edges).toEqual([{ node: { decisionId: 'secret', operator: { name: 'South' } } }]);
    const {
      decisions: nobodys,
      decision: none,
      decisionHead,
    } = await ask<{
      decisions: { edges: unknown[] };
      decision: unknown;
      decisionHead: { count: number; hash: string };
    }>(
      '{ decisions { edges { cursor } } decision(decisionId: "secret") { id } decisionHead { count hash } }',
    );
    expect([nobodys.edges, none]).toEqual([[], null]);
    expect(decisionHead.hash).toMatch(/^[0-9a-f]{64}$/);
    const reader = await createKey(grid.database.owner, north.operatorId, { role: 'READER' });
    const forbidden = await grid.server.query(
      RECORD,
      { key: 'r', input: { type: 'SCALE_UP', reasoning: 'x' } },
      reader,
    );
    expect(forbidden.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('is found again from all that it is about', async () => {
    const about = await record({
      agentId: north.agent,
      jobId: north.job,
      targetDcId: south.centre,
      signals: [
        { regionId: 14, from: HALF_HOUR },
        { regionId: 18, from: HALF_HOUR },
      ],
      type: 'SHIFT_REGION',
    });
    const newest = `(first: 1, type: SHIFT_REGION) { edges { node { decisionId } } }`;
    const workload = Buffer.from(`Workload:${north.workloadNumber}`).toString('base64url');
    const agent = Buffer.from(`Agent:${north.agentNumber}`).toString('base64url');
    const centre = Buffer.from(`DataCentre:${south.centreNumber}`).toString('base64url');
    const query = `{
      workload: node(id: "${workload}") { ... on Workload { found: decisions${newest} } }
      agent: node(id: "${agent}") { ... on Agent { found: decisions${newest} } }
      centre: node(id: "${centre}") { ... on DataCentre { found: decisions${newest} } }
      chief: gridNow(regionId: 18) { found: decisionsUsing${newest} }
      other: gridNow(regionId: 14) { found: decisionsUsing${newest} }
    }`;
    const found = { edges: [{ node: { decisionId: about.decisionId } }] };
    expect(await ask(query, north.key)).toEqual({
      workload: { found },
      agent: { found },
      centre: { found },
      chief: { found },
      other: { found },
    });
    expect(await ask(query.replace(/workload: .*/, ''), south.key)).toEqual({
      agent: { found: { edges: [] } },
      centre: { found: { edges: [] } },
      chief: { found: { edges: [] } },
      other: { found: { edges: [] } },
    });
    const list = async (filter: string): Promise<string[]> => {
      const { decisions } = await ask<{ decisions: { edges: { node: Answer }[] } }>(
        `{ decisions(${filter}) { edges { node { decisionId } } } }`,
        north.key,
      );
      return decisions.edges.map(({ node }) => node.decisionId);
    };
    expect(await list(`type: SHIFT_REGION`)).toEqual([about.decisionId]);
    expect(await list(`agentId: "${north.agent}", jobId: "${north.job}"`)).toEqual([
      about.decisionId,
      'full',
    ]);
    expect(await list(`agentId: "${south.agent}"`)).toEqual([]);
    expect(await list(`from: "2026-03-02T12:34Z", to: "2026-03-02T14:00Z", first: 1`)).toEqual([
      about.decisionId,
    ]);
    expect(await list(`to: "2026-03-02T12:34Z"`)).toEqual([]);
  });

  it('is followed by what really came of it, beside what was predicted', async () => {
    expect(
      await outcome({
        decisionId: 'full',
        carbonGco2: 400_000,
        costGbp: 300,
        flexibilityContributionMw: 0.5,
        note: 'Late.',
      }),
    ).toEqual({
      __typename: 'DecisionOutcome',
      carbonGco2: 400_000,
      carbonSavedGco2: 200_000, // 450,000 + 150,000 expected without it
      costGbp: 300,
      costSavedGbp: -60, // 250 - 10 - 300
      flexibilityContributionMw: 0.5,
      note: 'Late.',
    });
    expect(await outcome({ decisionId: 'full', costGbp: -1 })).toMatchObject({
      carbonGco2: null,
      carbonSavedGco2: null,
      costSavedGbp: 241,
    });
    expect(await decision('full')).toMatchObject({
      outcomes: [
        { note: 'Late.', decision: { decisionId: 'full' } },
        { costGbp: -1, note: null },
      ],
    });
    expect(await outcome({ decisionId: 'full' })).toMatchObject({
      code: 'INVALID',
      faults: [{ path: 'input' }],
    });
    expect(await outcome({ decisionId: 'full', carbonGco2: -1 })).toMatchObject({ code: 'INVALID' });
    expect(await outcome({ decisionId: 'none', carbonGco2: 1 })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it("is a node, as its outcomes are, for its operator's keys that may read alone", async () => {
    const { decision: found } = await ask<{ decision: { id: string; outcomes: { id: string }[] } }>(
      '{ decision(decisionId: "full") { id outcomes { id } } }',
      north.key,
    );
    const ids = [found.id, ...found.outcomes.map(({ id }) => id)];
    expect(ids).toHaveLength(3);
    const nodesFor = async (key?: string) =>
      (await ask<{ nodes: unknown[] }>(`{ nodes(ids: ${JSON.stringify(ids)}) { __typename id } }`, key))
        .nodes;
    const types = ['Decision', 'DecisionOutcome', 'DecisionOutcome'];
    expect(await nodesFor(north.key)).toEqual(ids.map((id, i) => ({ __typename: types[i], id })));
    const blind = await createKey(grid.database.owner, north.operatorId, { scopes: ['DECISIONS'] });
    for (const key of [south.key, blind, undefined]) expect(await nodesFor(key)).toEqual([null, null, null]);
  });

  const BAD: readonly (readonly [what: string, input: object, path: string])[] = [
    ['an empty reason', { reasoning: ' ' }, 'input.reasoning'],
    ['a NUL', { reasoning: 'a\0b' }, 'input.reasoning'],
    ['a lone surrogate', { reasoning: 'a\ud800b' }, 'input.reasoning'],
    ['a reason too long', { reasoning: 'a'.repeat(4_001) }, 'input.reasoning'],
    ['an id of spaces', { decisionId: 'a b' }, 'input.decisionId'],
    ['an empty agent', { agentId: '' }, 'input.agentId'],
    ['a region that is none', { regionId: 19, signalFrom: HALF_HOUR }, 'input.regionId'],
    ['a region without a half hour', { regionId: 13 }, 'input.signalFrom'],
    ['a half hour without a region', { signalFrom: HALF_HOUR }, 'input.signalFrom'],
    [
      'half an hour that is none',
      { signals: [{ regionId: 13, from: '2026-03-02T12:31Z' }] },
      'input.signals.0.from',
    ],
    ['a signal of no region', { signals: [{ regionId: 0, from: HALF_HOUR }] }, 'input.signals.0.regionId'],
    ['an instant of long ago', { asOf: '1999-12-31T23:59Z' }, 'input.asOf'],
    ['a policy without a name', { policy: { name: '', version: '1' } }, 'input.policy.name'],
    [
      'a policy that is Pylon’s own',
      { policy: { name: 'pylon.planner', version: '1' } },
      'input.policy.name',
    ],
    ['inputs that are a list', { inputs: [1] }, 'input.inputs'],
    ['inputs with a NUL', { inputs: { text: '\0' } }, 'input.inputs'],
    ['inputs with a lone surrogate in a key', { inputs: { '\udc00': 1 } }, 'input.inputs'],
    ['inputs too long', { inputs: { text: 'a'.repeat(17_000) } }, 'input.inputs'],
    [
      'a huge limit',
      { constraintsEvaluated: [{ name: 'x', limit: 1e300, satisfied: true }] },
      'input.constraintsEvaluated.0.limit',
    ],
    [
      'too many constraints',
      { constraintsEvaluated: Array.from({ length: 101 }, () => ({ name: 'x', satisfied: true })) },
      'input.constraintsEvaluated',
    ],
    [
      'too many alternatives',
      { alternativesConsidered: Array.from({ length: 51 }, () => ({ name: 'x' })) },
      'input.alternativesConsidered',
    ],
    [
      'too many signals',
      { signals: Array.from({ length: 201 }, () => ({ regionId: 13, from: HALF_HOUR })) },
      'input.signals',
    ],
    [
      'an alternative that ends before it begins',
      { alternativesConsidered: [{ name: 'x', from: NEXT, to: HALF_HOUR }] },
      'input.alternativesConsidered.0.to',
    ],
    ['negative carbon', { prediction: { predictedCarbonGco2: -1 } }, 'input.prediction.predictedCarbonGco2'],
    [
      'power beyond all',
      { prediction: { flexibilityContributionMw: 1e6 } },
      'input.prediction.flexibilityContributionMw',
    ],
  ];
  it('says which signals were not known beside all that is wrong otherwise', async () => {
    const unknown = { regionId: 13, from: '2010-01-01T00:00Z' };
    const answer = await record({ policy: { name: '', version: '1' }, signals: [unknown] });
    expect(answer.code).toBe('INVALID');
    expect(answer.faults.map((fault) => fault.path)).toEqual(['input.policy.name', 'input.signals']);
  });

  it.each(BAD)('refuses %s by its path', async (_what, input, path) => {
    const answer = await record(input);
    expect({ code: answer.code, paths: answer.faults.map((fault) => fault.path) }).toEqual({
      code: 'INVALID',
      paths: [path],
    });
  });

  const BAD_OUTCOMES: readonly (readonly [what: string, input: object, path: string])[] = [
    ['of no decision', { decisionId: '', carbonGco2: 1 }, 'input.decisionId'],
    ['of nothing', {}, 'input'],
    ['of negative carbon', { carbonGco2: -1 }, 'input.carbonGco2'],
    ['of endless carbon', { carbonGco2: 1e300 }, 'input.carbonGco2'],
    ['of an endless cost', { costGbp: -1e300 }, 'input.costGbp'],
    ['of negative power', { flexibilityContributionMw: -0.1 }, 'input.flexibilityContributionMw'],
    ['with a NUL', { costGbp: 0, note: '\0' }, 'input.note'],
    ['with a lone surrogate', { costGbp: 0, note: '\udfff' }, 'input.note'],
  ];
  it.each(BAD_OUTCOMES)('refuses an outcome %s by its path', async (_what, input, path) => {
    const answer = await outcome({ decisionId: 'full', ...input });
    expect({ code: answer.code, paths: answer.faults.map((fault) => fault.path) }).toEqual({
      code: 'INVALID',
      paths: [path],
    });
  });

  it('leaves one chain that is whole', async () => {
    const client = await grid.database.owner.connect();
    try {
      expect((await verifyDecisions(client)).fault).toBeNull();
    } finally {
      client.release();
    }
  });
});
