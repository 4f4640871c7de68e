import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ActionTable } from '../../../src/database/actions.js';
import type { Database } from '../../../src/database/open.js';
import { readLogHead } from '../../../src/database/event-log.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import {
  TRANSPORTS,
  changes,
  openStream,
  sequenceOf,
  type Operation,
  type Stream,
  type Transport,
} from '../../support/streams.js';
import { announce, createTenantRows, type TenantRows } from '../../support/tenant-rows.js';
import { createKey } from '../../support/tenants.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, type Writer } from '../../support/writer.js';

let database: TestDatabase;
let server: TestServer;
let writer: Writer;
let ours: TenantRows;
let theirs: TenantRows;
const streams: Stream[] = [];

/** Transactions that the server began to read as somebody. */
let begun = 0;
const counted = (): Database => {
  const pool = Object.create(database.pool) as Database['pool'];
  const connect = database.pool.connect.bind(database.pool) as (...args: unknown[]) => unknown;
  pool.connect = ((...args: unknown[]) => {
    if (args.length === 0) begun += 1; // the pool's own statements give a callback
    return connect(...args);
  }) as typeof pool.connect;
  return { ...database, pool };
};

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(counted(), { progressMs: 50 });
  writer = await createWriter(database);
  ours = await createTenantRows(database, 'Ours', { text: 'our-own', number: 5 });
  theirs = await createTenantRows(database, 'Theirs', { text: 'their-own', number: 7 });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
});

const open = (operation: Operation, transport: Transport = 'websocket'): Stream => {
  const stream = openStream(transport, server, operation);
  streams.push(stream);
  return stream;
};
const tell = (tenant: TenantRows, ...tables: readonly ActionTable[]): Promise<bigint> =>
  announce(
    database.owner,
    tables.map((table) => ({ table, id: tenant.ids[table] })),
  );
const cursorNow = async (): Promise<string> =>
  server.hub.cursorAt((await readLogHead(database.pool)).lastSequence);
/** The objects of CHANGEs, without what all messages have. */
const shown = (messages: Stream['messages']) =>
  changes(messages).map(({ kind: _kind, cursor: _cursor, ...objects }) => objects);

/** Each subscription with its table, a field that tells its row, what that shows of ours, and whether others see it. */
const SUBSCRIPTIONS = [
  ['workloads', 'workloads', 'workload', 'jobId', 'ours-job', false],
  ['placements', 'placements', 'placement', 'placementId', 'ours-placement', false],
  ['decisions', 'decisions', 'decision', 'decisionId', 'ours-decision', false],
  ['negotiations', 'negotiations', 'negotiation', 'negotiationId', 'ours-negotiation', false],
  [
    'flexibilityWindows',
    'flexibility_windows',
    'flexibilityWindow',
    'flexibilityWindowId',
    'ours-window',
    true,
  ],
  ['dataCentres', 'data_centres', 'dataCentre', 'dcId', 'ours-centre', true],
  ['storageAssets', 'storage_assets', 'storageAsset', 'assetId', 'ours-storage', true],
  ['becknTransactions', 'order_transactions', 'becknTransaction', 'transactionId', 'ours-purchase', false],
] as const;

describe.each(SUBSCRIPTIONS)('%s', (subscription, table, object, field, value, isOpen) => {
  const operation = (key?: string, args = ''): Operation => ({
    query: `subscription ($after: String) { ${subscription}(after: $after${args}) { kind cursor gap { from to } ${object} { id ${field} } } }`,
    key,
  });

  it.each(TRANSPORTS)('are told to their operator over %s, and go on after a cursor', async (transport) => {
    const live = open(operation(ours.key), transport);
    const [ready] = await live.take(1);
    expect(ready?.kind).toBe('READY');
    const last = await tell(ours, table);
    expect(shown(await live.reach(last))).toEqual([
      { gap: null, [object]: { id: expect.any(String), [field]: value } },
    ]);
    const resumed = open({ ...operation(ours.key), variables: { after: ready?.cursor } }, transport);
    const [change] = await resumed.take(1);
    expect(change).toEqual(live.messages.find(({ kind }) => kind === 'CHANGE'));
  });

  it(`${isOpen ? 'are told to everybody' : 'are told to nobody else'}, live or catching up`, async () => {
    const before = await cursorNow();
    const readers = isOpen ? [open(operation(theirs.key)), open(operation())] : [open(operation(theirs.key))];
    await Promise.all(readers.map((reader) => reader.take(1)));
    const last = await tell(ours, table);
    await tell(theirs, 'data_centres'); // the log goes on
    readers.push(open({ ...operation(theirs.key), variables: { after: before } }));
    for (const reader of readers) {
      const seen = shown(await reader.reach(last)).map((message) => JSON.stringify(message));
      expect(seen.filter((text) => text.includes(value))).toHaveLength(isOpen ? 1 : 0);
      if (!isOpen) expect(seen).toEqual([]);
    }
  });

  it(`${isOpen ? 'are open' : 'are refused'} to nobody in particular`, async () => {
    const reader = open(operation());
    if (isOpen) expect(await reader.take(1)).toHaveLength(1);
    else expect(await reader.failure()).toEqual(['UNAUTHENTICATED']);
  });
});

it('states of agents are told to their operator alone', async () => {
  const query = 'subscription { agentStates { kind cursor agentState { id recordedAt } } }';
  const [own, foreign] = [open({ query, key: ours.key }), open({ query, key: theirs.key })];
  await Promise.all([own.take(1), foreign.take(1)]);
  const last = await tell(ours, 'agent_states');
  expect(changes(await own.reach(last))).toHaveLength(1);
  expect(changes(await foreign.reach(last))).toEqual([]);
  expect(await open({ query }).failure()).toEqual(['UNAUTHENTICATED']);
});

it('a key without the scope READ is refused what is private', async () => {
  const key = await createKey(database.owner, ours.operatorId, { scopes: ['WORKLOADS'] });
  const refused = open({ query: 'subscription { workloads { kind } }', key });
  expect(await refused.failure()).toEqual(['FORBIDDEN']);
});

it('negotiations are told to both operators', async () => {
  const { rows } = await database.owner.query<{ responder: number }>(
    'select responder_operator_id as responder from negotiations where negotiation_id = $1',
    [ours.ids.negotiations],
  );
  const key = await createKey(database.owner, rows[0]?.responder ?? 0);
  const partner = open({
    query: 'subscription { negotiations { kind cursor negotiation { negotiationId } } }',
    key,
  });
  await partner.take(1);
  const last = await tell(ours, 'negotiations');
  expect(changes(await partner.reach(last))).toMatchObject([
    { negotiation: { negotiationId: 'ours-negotiation' } },
  ]);
});

describe('a CHANGE', () => {
  const operation = (): Operation => ({
    query:
      'subscription ($after: String) { workloads(after: $after) { kind cursor workload { jobId name } } }',
    key: ours.key,
  });

  it('shows the row as of its event, also when it is read later', async () => {
    const after = await cursorNow();
    for (const name of ['first', 'second', 'third']) {
      await database.owner.query('update workloads set name = $2 where workload_id = $1', [
        ours.ids.workloads,
        name,
      ]);
      await tell(ours, 'workloads');
    }
    const late = open({ ...operation(), variables: { after } });
    expect(shown(await late.take(3))).toEqual(
      ['first', 'second', 'third'].map((name) => ({ workload: { jobId: 'ours-job', name } })),
    );
  });

  it('of another operator is nothing, but the cursor moves on by PROGRESS', async () => {
    const reader = open(operation());
    await reader.take(1);
    const last = await tell(theirs, 'workloads');
    const messages = await reader.reach(last);
    expect(messages.map(({ kind }) => kind).slice(1)).toEqual(messages.slice(1).map(() => 'PROGRESS'));
    expect(sequenceOf(messages.at(-1)?.cursor ?? '')).toBe(last);
  });
});

describe('filters', () => {
  const filtered = async (subscription: string, args: string, table: ActionTable): Promise<boolean> => {
    const reader = open({
      query: `subscription { ${subscription}(${args}) { kind cursor } }`,
      key: ours.key,
    });
    await reader.take(1);
    const last = await tell(ours, table);
    return changes(await reader.reach(last)).length === 1;
  };

  it.each([
    ['workloads', 'jobIds: ["ours-job"]', 'workloads', true],
    ['workloads', 'jobIds: ["not-yet-submitted"]', 'workloads', false],
    ['workloads', 'types: [TRAINING_RUN], statuses: [RUNNING]', 'workloads', true],
    ['workloads', 'types: [TRAINING_RUN], statuses: [COMPLETED]', 'workloads', false],
    ['placements', 'jobIds: ["ours-job"], dcIds: ["ours-centre"], states: [RUNNING]', 'placements', true],
    ['placements', 'dcIds: ["theirs-centre"]', 'placements', false],
    ['placements', 'placementIds: ["ours-placement"]', 'placements', true],
    [
      'decisions',
      'agentIds: ["ours-agent"], jobIds: ["ours-job"], types: [ACCEPT_WORKLOAD]',
      'decisions',
      true,
    ],
    ['decisions', 'types: [REJECT_WORKLOAD]', 'decisions', false],
    ['agentStates', 'agentIds: ["ours-agent"], statuses: [ACTIVE]', 'agent_states', true],
    ['agentStates', 'agentIds: ["theirs-agent"]', 'agent_states', false],
    ['negotiations', 'agentIds: ["ours-partner-agent"], jobIds: ["ours-job"]', 'negotiations', true],
    ['negotiations', 'statuses: [ACCEPTED]', 'negotiations', false],
    [
      'flexibilityWindows',
      'regionIds: [13], services: [TURN_DOWN], operatorNames: ["Ours"]',
      'flexibility_windows',
      true,
    ],
    ['flexibilityWindows', 'regionIds: [1]', 'flexibility_windows', false],
    ['flexibilityWindows', 'operatorNames: ["Theirs"]', 'flexibility_windows', false],
    ['dataCentres', 'regionIds: [13], statuses: [ACTIVE], dcIds: ["ours-centre"]', 'data_centres', true],
    ['dataCentres', 'statuses: [OFFLINE]', 'data_centres', false],
    ['storageAssets', 'assetIds: ["ours-storage"], statuses: [IDLE]', 'storage_assets', true],
    ['storageAssets', 'statuses: [CHARGING]', 'storage_assets', false],
  ] as const)('%s(%s)', async (subscription, args, table, passes) => {
    expect(await filtered(subscription, args, table)).toBe(passes);
  });

  it.each([
    ['workloads(jobIds: [])', 'BAD_USER_INPUT'],
    ['placements(jobIds: ["theirs-job"])', 'BAD_USER_INPUT'],
    ['placements(dcIds: ["nowhere"])', 'BAD_USER_INPUT'],
    ['dataCentres(regionIds: [99])', 'REGION_NOT_FOUND'],
    ['storageAssets(operatorNames: ["Nobody"])', 'BAD_USER_INPUT'],
  ])('%s is refused with %s', async (field, code) => {
    const refused = open({ query: `subscription { ${field} { kind } }`, key: ours.key });
    expect(await refused.failure()).toEqual([code]);
  });
});

describe('events', () => {
  const FIELDS = `kind cursor topic ingestRun { source } workload { jobId } placement { placementId } decision { decisionId }
    agentState { id } negotiation { negotiationId } flexibilityWindow { flexibilityWindowId } dataCentre { dcId } storageAsset { assetId }`;
  const everything = (key?: string): Operation => ({ query: `subscription { events { ${FIELDS} } }`, key });
  const tables = [
    'workloads',
    'placements',
    'decisions',
    'agent_states',
    'negotiations',
    'flexibility_windows',
    'data_centres',
    'storage_assets',
  ] as const;

  it('shows those who may see them the rows of the compute side, and leaves them out for others', async () => {
    const admin = await createKey(database.owner, theirs.operatorId, { role: 'ADMIN' });
    const [own, foreign, nobody, all] = [ours.key, theirs.key, undefined, admin].map((key) =>
      open(everything(key)),
    ) as [Stream, Stream, Stream, Stream];
    await Promise.all([own, foreign, nobody, all].map((reader) => reader.take(1)));
    const last = await tell(ours, ...tables);
    const topics = (messages: Stream['messages']) => changes(messages).map(({ topic }) => topic);
    const whole = ['WORKLOADS', 'PLACEMENTS', 'DECISIONS', 'AGENT_STATES', 'NEGOTIATIONS'];
    const openTopics = ['FLEXIBILITY_WINDOWS', 'DATA_CENTRES', 'STORAGE_ASSETS'];
    expect(topics(await own.reach(last))).toEqual([...whole, ...openTopics]);
    expect(topics(await all.reach(last))).toEqual([...whole, ...openTopics]);
    expect(topics(await foreign.reach(last))).toEqual(openTopics);
    expect(topics(await nobody.reach(last))).toEqual(openTopics);
    for (const message of changes(own.messages)) {
      const objects = Object.entries(message).filter(
        ([name, value]) => !['kind', 'cursor', 'topic'].includes(name) && value !== null,
      );
      expect(objects).toHaveLength(1);
    }
  });

  it('takes no row of the compute side for an ingest run of the same number', async () => {
    await writer.write([forecast(13, new Date('2026-03-02T12:00:00Z'), 1)]);
    const { rows } = await database.owner.query<{ id: number }>(
      'select ingest_run_id as id from ingest_runs',
    );
    const taken = rows[0]?.id ?? 0;
    await database.owner.query(
      `insert into data_centres (data_centre_id, dc_id, name, operator_id, region_id, pue, capacity_mw)
       overriding system value select $1, 'same-number', 'x', $2, 13, 1.1, 1
       where not exists (select from data_centres where data_centre_id = $1)`,
      [taken, ours.operatorId],
    );
    const reader = open(everything());
    await reader.take(1);
    await announce(database.owner, [{ table: 'data_centres', id: taken }]);
    const [, change] = await reader.take(2);
    expect(change).toMatchObject({ topic: 'DATA_CENTRES', ingestRun: null });
  });
});

describe('readers', () => {
  const signals = (selection: string, key?: string): Operation => ({
    query: `subscription { gridSignals(regionIds: [13]) { kind cursor signal { ${selection} } } }`,
    key,
  });

  it('of what is open share one execution, whoever they are', async () => {
    const keys = [ours.key, theirs.key, undefined];
    const readers = keys.map((key) => open(signals('from region { name: shortName }', key)));
    await Promise.all(readers.map((reader) => reader.take(1)));
    await until('a group', () => server.hub.groupCount > 0);
    expect([server.hub.groupCount, server.hub.subscriberCount]).toEqual([1, 3]);
  });

  it('of what is private share one with their own operator alone', async () => {
    const other = await createKey(database.owner, ours.operatorId, { role: 'READER' });
    const admins = await Promise.all(
      [ours, theirs].map(({ operatorId }) => createKey(database.owner, operatorId, { role: 'ADMIN' })),
    );
    for (const key of [ours.key, other, theirs.key, ...admins])
      await open({ query: 'subscription { workloads { kind cursor } }', key }).take(1);
    await until('its members', () => server.hub.subscriberCount === 5);
    expect(server.hub.groupCount).toBe(4);
  });

  it('are read for only where an event is for them', async () => {
    const query = 'subscription { workloads { kind cursor workload { jobId } } }';
    const [own, ...others] = [ours.key, theirs.key].map((key) => open({ query, key })) as [Stream, Stream];
    const everything = open({ query: 'subscription { events { kind cursor } }' });
    await Promise.all([own, everything, ...others].map((reader) => reader.take(1)));
    await until('three groups', () => server.hub.groupCount === 3);
    begun = 0;
    await tell(ours, 'workloads');
    await own.take(2);
    await others[0]?.reach(sequenceOf(own.messages.at(-1)?.cursor ?? ''));
    expect(begun).toBe(1);
  });
});
