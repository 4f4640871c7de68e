import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expireNegotiations } from '../../../src/database/negotiations.js';
import { MOST_TURNS } from '../../../src/domain/compute/negotiation-states.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createFleetTenant, type FleetTenant } from '../../support/fleet.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createKey } from '../../support/tenants.js';

const FIELDS = `__typename
  ... on ActionRefusal { code message possible faults { path } }
  ... on Negotiation { negotiationId type status version expiresAt createdAt updatedAt
    initiator { agentId } responder { agentId } awaiting { agentId } workload { jobId }
    outcome { window { from to } powerKw carbonGco2PerKwh gbpPerMwh flexibilityRevenueGbp extra }
    turns { turn kind message agent { agentId } terms { powerKw gbpPerMwh } negotiation { negotiationId } } }`;

interface Answer {
  readonly __typename: string;
  readonly code: string;
  readonly possible: readonly string[];
  readonly faults: readonly { readonly path: string }[];
  readonly negotiationId: string;
  readonly status: string;
  readonly version: number;
  readonly turns: readonly { readonly turn: number; readonly kind: string }[];
}

type Move = 'openNegotiation' | 'counterNegotiation' | 'acceptNegotiation' | 'rejectNegotiation';
const INPUTS: Readonly<Record<Move, string>> = {
  openNegotiation: 'OpenNegotiationInput',
  counterNegotiation: 'CounterNegotiationInput',
  acceptNegotiation: 'AnswerNegotiationInput',
  rejectNegotiation: 'AnswerNegotiationInput',
};

describe('a negotiation', () => {
  let database: TestDatabase;
  let server: TestServer;
  let north: FleetTenant;
  let south: FleetTenant;
  let third: FleetTenant;
  let keys = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer(database);
    north = await createFleetTenant(database, 'North');
    south = await createFleetTenant(database, 'South');
    third = await createFleetTenant(database, 'Third');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  async function move(name: Move, input: object, as: string, key = `key-${(keys += 1)}`): Promise<Answer> {
    const { data, errors } = await server.query<Record<string, Answer>>(
      `mutation ($key: String!, $input: ${INPUTS[name]}!) { ${name}(idempotencyKey: $key, input: $input) { ${FIELDS} } }`,
      { key, input },
      as,
    );
    const answer = data?.[name];
    if (!answer) throw new Error(JSON.stringify(errors));
    return answer;
  }
  const open = (input: object = {}): Promise<Answer> =>
    move(
      'openNegotiation',
      {
        type: 'FLEXIBILITY',
        initiatorAgentId: north.agent,
        responderAgentId: south.agent,
        terms: { powerKw: 500 },
        ...input,
      },
      north.key,
    );
  const answerOf = (
    name: Move,
    who: FleetTenant,
    { negotiationId }: Answer,
    input: object = {},
  ): Promise<Answer> => move(name, { negotiationId, agentId: who.agent, ...input }, who.key);
  const counter = (who: FleetTenant, negotiation: Answer, input: object = {}): Promise<Answer> =>
    answerOf('counterNegotiation', who, negotiation, { terms: { gbpPerMwh: -5 }, ...input });
  async function ask<Data>(query: string, as?: string): Promise<Data> {
    const { data, errors } = await server.query<Data>(query, {}, as);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }
  const read = async ({ negotiationId }: Answer, as = north.key): Promise<Answer | null> =>
    (
      await ask<{ negotiation: Answer | null }>(
        `{ negotiation(negotiationId: "${negotiationId}") { ${FIELDS.replace(/\.\.\. on ActionRefusal.*/, '')} } }`,
        as,
      )
    ).negotiation;

  it('runs through its turns to terms that both agreed on', async () => {
    const window = { from: '2026-03-02T13:00:00.000Z', to: '2026-03-02T15:00:00.000Z' };
    const opened = await open({ jobId: north.job, message: 'Would you?' });
    expect(opened).toMatchObject({
      type: 'FLEXIBILITY',
      status: 'OPEN',
      version: 1,
      initiator: { agentId: north.agent },
      responder: { agentId: south.agent },
      awaiting: { agentId: south.agent },
      workload: { jobId: north.job },
      outcome: null,
      expiresAt: null,
      turns: [
        {
          turn: 1,
          kind: 'PROPOSAL',
          message: 'Would you?',
          agent: { agentId: north.agent },
          terms: { powerKw: 500, gbpPerMwh: null },
        },
      ],
    });
    const countered = await counter(south, opened, {
      expectedVersion: 1,
      terms: {
        window,
        powerKw: 400,
        carbonGco2PerKwh: 0,
        gbpPerMwh: -5.5,
        flexibilityRevenueGbp: 1_000,
        extra: { rounds: [1] },
      },
    });
    expect(countered).toMatchObject({
      status: 'COUNTERED',
      version: 2,
      awaiting: { agentId: north.agent },
      workload: null,
    });
    const accepted = await answerOf('acceptNegotiation', north, opened, { message: 'Done.' });
    expect(accepted).toMatchObject({
      status: 'ACCEPTED',
      version: 3,
      awaiting: null,
      outcome: {
        window,
        powerKw: 400,
        carbonGco2PerKwh: 0,
        gbpPerMwh: -5.5,
        flexibilityRevenueGbp: 1_000,
        extra: { rounds: [1] },
      },
      turns: [
        { turn: 1 },
        { turn: 2, kind: 'COUNTER_PROPOSAL', message: null },
        { turn: 3, kind: 'ACCEPTANCE', message: 'Done.' },
      ],
    });
    expect(await read(opened)).toMatchObject({ status: 'ACCEPTED', version: 3 });
    const { rows } = await database.owner.query(
      `select operator_ids, state ->> 'status' as status from event_log where topic = 12 and state ->> 'code' = $1 order by sequence`,
      [opened.negotiationId],
    );
    expect(rows).toEqual(
      ['OPEN', 'COUNTERED', 'ACCEPTED'].map((status) => ({
        operator_ids: [north.operatorId, south.operatorId],
        status,
      })),
    );
  });

  it('moves only by the agent it waits for', async () => {
    const opened = await open();
    for (const name of ['acceptNegotiation', 'rejectNegotiation'] as const)
      expect(await answerOf(name, north, opened)).toMatchObject({ code: 'NOT_YOUR_TURN' });
    expect(await counter(north, opened)).toMatchObject({ code: 'NOT_YOUR_TURN' });
    expect(await counter(third, opened)).toMatchObject({ code: 'NOT_FOUND' });
    const input = { negotiationId: opened.negotiationId, agentId: south.agent };
    expect(await move('acceptNegotiation', input, north.key)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await move('acceptNegotiation', { ...input, agentId: third.agent }, south.key)).toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(await move('acceptNegotiation', { ...input, agentId: 'nobody' }, south.key)).toMatchObject({
      code: 'NOT_FOUND',
      faults: [{ path: 'input.agentId' }],
    });
    expect(await counter(south, opened, { expectedVersion: 2 })).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await read(opened)).toMatchObject({ status: 'OPEN', version: 1, turns: [{ turn: 1 }] });
  });

  it('of an administrator is his own only where his operator is a side of it', async () => {
    const opened = await open();
    const admin = await createKey(database.owner, third.operatorId, { role: 'ADMIN' });
    expect(await read(opened, admin)).toMatchObject({ negotiationId: opened.negotiationId });
    const input = { negotiationId: opened.negotiationId, agentId: south.agent };
    expect(await move('acceptNegotiation', input, admin)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that is over stays so', async () => {
    for (const end of ['acceptNegotiation', 'rejectNegotiation'] as const) {
      const opened = await open();
      const ended = await answerOf(end, south, opened);
      expect(ended).toMatchObject(
        end === 'acceptNegotiation'
          ? { status: 'ACCEPTED', outcome: { powerKw: 500 } }
          : { status: 'REJECTED', outcome: null },
      );
      for (const who of [north, south])
        for (const again of [
          counter(who, opened),
          answerOf('acceptNegotiation', who, opened),
          answerOf('rejectNegotiation', who, opened),
        ])
          expect(await again).toMatchObject({ code: 'IMPOSSIBLE_TRANSITION', possible: [] });
    }
  });

  it('takes a hundred turns at most, and says what is left', async () => {
    const opened = await open();
    let last = opened;
    for (let turn = 2; turn < MOST_TURNS; turn += 1)
      last = await counter(turn % 2 === 0 ? south : north, opened);
    expect(last.turns.at(-1)).toMatchObject({ turn: MOST_TURNS - 1, kind: 'COUNTER_PROPOSAL' });
    expect(await counter(south, opened)).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
      possible: ['ACCEPTED', 'REJECTED'],
    });
    expect((await answerOf('rejectNegotiation', south, opened)).turns).toHaveLength(MOST_TURNS);
  });

  it('expires by itself: for readers at once, for its moves, and for the log when it is swept', async () => {
    const soon = new Date(database.clock.now().getTime() + 3_600_000);
    const kept = await open({ expiresAt: soon.toISOString() });
    const opened = await open({ expiresAt: soon.toISOString() });
    expect(await expireNegotiations(database.pool)).toBe(0);
    const { owner } = database;
    await owner.query(`update negotiations set expires_at = pylon_now() where code = $1`, [
      opened.negotiationId,
    ]);
    expect(await read(opened)).toMatchObject({ status: 'EXPIRED', version: 1 });
    expect(await counter(south, opened)).toMatchObject({ code: 'IMPOSSIBLE_TRANSITION', possible: [] });
    const codes = async (status: string): Promise<string[]> => {
      const { negotiations } = await ask<{ negotiations: { edges: { node: Answer }[] } }>(
        `{ negotiations(status: ${status}) { edges { node { negotiationId status } } } }`,
        north.key,
      );
      expect(negotiations.edges.every(({ node }) => node.status === status)).toBe(true);
      return negotiations.edges.map(({ node }) => node.negotiationId);
    };
    const listed = [await codes('EXPIRED'), await codes('OPEN')];
    expect(listed[0]).toEqual([opened.negotiationId]);
    expect(listed[1]).not.toContain(opened.negotiationId);
    expect(listed[1]).toContain(kept.negotiationId);
    const swept = await Promise.all([1, 2, 3].map(() => expireNegotiations(database.pool)));
    expect(swept.sort((a, b) => a - b)).toEqual([0, 0, 1]);
    expect(await read(opened)).toMatchObject({ status: 'EXPIRED', version: 2, awaiting: null });
    expect([await codes('EXPIRED'), await codes('OPEN')]).toEqual(listed);
    const { rows } = await owner.query(
      `select state ->> 'status' as status from event_log where topic = 12 and state ->> 'code' = $1 order by sequence desc limit 1`,
      [opened.negotiationId],
    );
    expect(rows).toEqual([{ status: 'EXPIRED' }]);
    // A counter-proposal may bring a new end, and else keeps the old one.
    expect(await counter(south, kept)).toMatchObject({ expiresAt: soon.toISOString() });
    const later = new Date(soon.getTime() + 60_000).toISOString();
    expect(await counter(north, kept, { expiresAt: later })).toMatchObject({ expiresAt: later });
  });

  it('sweeps more than fit into one batch', async () => {
    await database.owner.query(
      `insert into negotiations (code, type, initiator_agent_id, responder_agent_id, operator_id, responder_operator_id, awaiting_agent_id, expires_at)
       select 'old-' || n, 'OTHER', $1, $2, $3, $4, $2, pylon_now() from generate_series(1, 450) n`,
      [third.agentNumber, south.agentNumber, third.operatorId, south.operatorId],
    );
    expect(await expireNegotiations(database.pool)).toBe(450);
    expect(await expireNegotiations(database.pool)).toBe(0);
  });

  it('of two answers at once takes one', async () => {
    const opened = await open();
    const answers = await Promise.all([
      answerOf('acceptNegotiation', south, opened),
      answerOf('rejectNegotiation', south, opened),
      counter(south, opened),
    ]);
    const done = answers.filter(({ __typename }) => __typename === 'Negotiation');
    expect(done).toHaveLength(1);
    for (const { code } of answers.filter((answer) => !done.includes(answer)))
      expect(['IMPOSSIBLE_TRANSITION', 'NOT_YOUR_TURN']).toContain(code);
    expect((await read(opened))?.turns).toHaveLength(2);
  });

  it('answers a retry as the first try', async () => {
    const opened = await open();
    const input = { negotiationId: opened.negotiationId, agentId: south.agent };
    const first = await move('acceptNegotiation', input, south.key, 'same');
    expect(await move('acceptNegotiation', input, south.key, 'same')).toEqual(first);
  });

  it('is seen by both sides and by nobody else, from its agents and its workload too', async () => {
    const opened = await open({ jobId: north.job, type: 'CAPACITY' });
    for (const [who, sees] of [
      [north.key, true],
      [south.key, true],
      [third.key, false],
      [undefined, false],
    ] as const) {
      const agent = Buffer.from(`Agent:${south.agentNumber}`).toString('base64url');
      const { negotiations, negotiation, node } = await ask<{
        negotiations: { edges: unknown[] };
        negotiation: unknown;
        node: { negotiations: { edges: unknown[] } };
      }>(
        `{ negotiations(type: CAPACITY, agentId: "${north.agent}") { edges { node { negotiationId } } }
           negotiation(negotiationId: "${opened.negotiationId}") { negotiationId }
           node(id: "${agent}") { ... on Agent { negotiations(type: CAPACITY) { edges { node { negotiationId } } } } } }`,
        who,
      );
      const found = sees ? [{ node: { negotiationId: opened.negotiationId } }] : [];
      expect([negotiations.edges, negotiation, node.negotiations.edges]).toEqual([
        found,
        sees ? { negotiationId: opened.negotiationId } : null,
        found,
      ]);
    }
    const byJob = (key: string) =>
      ask<{ negotiations: { edges: unknown[] } }>(
        `{ negotiations(jobId: "${north.job}", type: CAPACITY) { edges { node { workload { negotiations(type: CAPACITY) { edges { node { negotiationId } } } } } } } }`,
        key,
      );
    expect(await byJob(north.key)).toEqual({
      negotiations: {
        edges: [
          {
            node: {
              workload: { negotiations: { edges: [{ node: { negotiationId: opened.negotiationId } }] } },
            },
          },
        ],
      },
    });
    expect(await byJob(south.key)).toEqual({ negotiations: { edges: [] } });
  });

  it('is a node for both sides and for nobody else', async () => {
    const { negotiationId } = await open();
    const { negotiation } = await ask<{ negotiation: { id: string } }>(
      `{ negotiation(negotiationId: "${negotiationId}") { id } }`,
      north.key,
    );
    const nodeFor = async (key?: string) =>
      (await ask<{ node: unknown }>(`{ node(id: "${negotiation.id}") { __typename id } }`, key)).node;
    const node = { __typename: 'Negotiation', id: negotiation.id };
    expect([
      await nodeFor(north.key),
      await nodeFor(south.key),
      await nodeFor(third.key),
      await nodeFor(),
    ]).toEqual([node, node, null, null]);
  });

  it('is opened by an agent of its own operator about work of its own', async () => {
    expect(await open({ initiatorAgentId: south.agent, responderAgentId: north.agent })).toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(await open({ jobId: south.job })).toMatchObject({
      code: 'NOT_FOUND',
      faults: [{ path: 'input.jobId' }],
    });
    expect(await open({ responderAgentId: 'nobody' })).toMatchObject({
      code: 'NOT_FOUND',
      faults: [{ path: 'input.responderAgentId' }],
    });
  });

  const BAD: readonly (readonly [what: string, input: object, path: string])[] = [
    ['talk with oneself', { responderAgentId: 'north-agent' }, 'input.responderAgentId'],
    ['no terms', { terms: {} }, 'input.terms'],
    ['negative power', { terms: { powerKw: -1 } }, 'input.terms.powerKw'],
    ['a huge price', { terms: { gbpPerMwh: 1e300 } }, 'input.terms.gbpPerMwh'],
    ['negative carbon', { terms: { carbonGco2PerKwh: -1 } }, 'input.terms.carbonGco2PerKwh'],
    [
      'a window that ends before it begins',
      { terms: { window: { from: '2026-03-02T13:00Z', to: '2026-03-02T13:00Z' } } },
      'input.terms.window.to',
    ],
    ['a NUL in what is extra', { terms: { extra: { a: '\0' } } }, 'input.terms.extra'],
    ['a lone surrogate in the message', { message: '\ud800' }, 'input.message'],
    ['an end that is over', { expiresAt: '2020-01-01T00:00Z' }, 'input.expiresAt'],
    ['an id of nothing', { jobId: '' }, 'input.jobId'],
  ];
  it.each(BAD)('refuses %s by its path', async (_what, input, path) => {
    const answer = await open(input);
    expect({ code: answer.code, paths: answer.faults.map((fault) => fault.path) }).toEqual({
      code: 'INVALID',
      paths: [path],
    });
  });

  const BAD_ANSWERS: readonly (readonly [what: string, move: Move, input: object, path: string])[] = [
    ['a counter-proposal without terms', 'counterNegotiation', { terms: {} }, 'input.terms'],
    [
      'a counter-proposal of endless power',
      'counterNegotiation',
      { terms: { powerKw: 1e300 } },
      'input.terms.powerKw',
    ],
    [
      'a counter-proposal that is over at once',
      'counterNegotiation',
      { terms: { powerKw: 1 }, expiresAt: '2020-01-01T00:00Z' },
      'input.expiresAt',
    ],
    ['an acceptance by nobody', 'acceptNegotiation', { agentId: '' }, 'input.agentId'],
    ['an acceptance at no version', 'acceptNegotiation', { expectedVersion: 0 }, 'input.expectedVersion'],
    ['an acceptance with a NUL', 'acceptNegotiation', { message: 'a\0' }, 'input.message'],
    ['a rejection of nothing', 'rejectNegotiation', { negotiationId: '\ud800' }, 'input.negotiationId'],
    ['a rejection too long', 'rejectNegotiation', { message: 'a'.repeat(2_001) }, 'input.message'],
  ];
  it.each(BAD_ANSWERS)('refuses %s by its path', async (_what, name, input, path) => {
    const answer = await answerOf(name, south, await open(), input);
    expect({ code: answer.code, paths: answer.faults.map((fault) => fault.path) }).toEqual({
      code: 'INVALID',
      paths: [path],
    });
  });
});
