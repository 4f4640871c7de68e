import {
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  execute,
  isObjectType,
  parse,
  type DocumentNode,
  type GraphQLField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../src/context.js';
import { viewerOfKey } from '../../../src/database/api-keys.js';
import { readLogHead } from '../../../src/database/event-log.js';
import type { ActionTable } from '../../../src/database/actions.js';
import type { Viewer } from '../../../src/domain/viewer.js';
import { NODE_TYPES, encodeGlobalId } from '../../../src/schema/global-id.js';
import { schema } from '../../../src/schema/index.js';
import { formatResult } from '../../../src/server/format-error.js';
import { serveSubscription } from '../../../src/subscriptions/serve.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { silent } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { announce, createTenantRows, type TenantRows } from '../../support/tenant-rows.js';
import { createKey } from '../../support/tenants.js';
import { until } from '../../support/until.js';
import { PRIVATE_TABLES, rowsOf } from './tables.js';
import { pryingInto } from './values.js';
import { Walk, reachableFields, type Operation } from './walk.js';

/** What nobody but B may see: text and numbers of its rows, and that they exist. */
const MARKS = { text: 'MARK-OF-B', number: 731_373_137.5 };

/** All streams of all viewers catch up at once, which takes a busy machine its time. */
const PATIENCE_MS = 100_000;

let database: TestDatabase;
let server: TestServer;
let a: TenantRows;
let b: TenantRows;
let viewers: { readonly a: Viewer; readonly b: Viewer; readonly admin: Viewer; readonly nobody: Viewer };
let walk: Walk;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database, { progressMs: 50 }, new Map(), {
    publicUrl: 'https://pylon.example', // so that what is refused is not refused for want of it
  });
  a = await createTenantRows(database, 'Alpha', { text: 'MARK-OF-A', number: 424_242_424.5 });
  b = await createTenantRows(database, 'Beta', MARKS);
  const adminKey = await createKey(database.owner, a.operatorId, { role: 'ADMIN' });
  viewers = {
    a: await viewerOfKey(database.pool, a.key),
    b: await viewerOfKey(database.pool, b.key),
    admin: await viewerOfKey(database.pool, adminKey),
    nobody: null,
  };
  walk = new Walk(schema, pryingInto(b));
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** The type of the graph that shows rows of a table, where everybody may not see them. */
const PRIVATE_NODES = {
  AgentState: 'agent_states',
  ApiKey: 'api_keys',
  BecknTransaction: 'order_transactions',
  Decision: 'decisions',
  DecisionOutcome: 'decision_outcomes',
  Negotiation: 'negotiations',
  Placement: 'placements',
  User: 'users',
  Workload: 'workloads',
} as const satisfies Readonly<Record<string, ActionTable>>;
const OPEN_NODES = {
  Agent: 'agents',
  DataCentre: 'data_centres',
  FlexibilityWindow: 'flexibility_windows',
  Operator: 'operators',
  StorageAsset: 'storage_assets',
} as const satisfies Readonly<Record<string, ActionTable>>;
/** Of the grid: nobody's. */
const GRID_NODES = [
  'BmUnit',
  'ComputeWindow',
  'GridSignal',
  'GridZone',
  'IngestRun',
  'Observation',
  'Region',
];

const idsOfB = (): string[] =>
  Object.entries(PRIVATE_NODES).map(([type, table]) => encodeGlobalId(type, b.ids[table]));

/** What of B shows in an answer. Names that the asker gave himself may be named when he is refused. */
function leaks({ data, errors }: { readonly data?: unknown; readonly errors?: unknown }): string[] {
  const shown = JSON.stringify(withoutRefusals(data));
  const said = shown + JSON.stringify([data, errors]).replaceAll(shown, '');
  const { jobId, placementId, negotiationId, decisionId, transactionId, keyPrefix } = b.names;
  const number = String(Math.floor(MARKS.number));
  return [
    ...[MARKS.text, number].filter((mark) => said.includes(mark)),
    ...[jobId, placementId, negotiationId, decisionId, transactionId, keyPrefix, ...idsOfB()].filter((id) =>
      shown.includes(`"${id}"`),
    ),
  ];
}

/** Messages and faults of a refusal may name what was asked for. */
const withoutRefusals = (data: unknown): unknown =>
  JSON.parse(
    JSON.stringify(data ?? null, (name, value: unknown) =>
      /^ActionRefusal_(message|faults)$/.test(name) ? undefined : value,
    ),
  );

const contextOf = (viewer: Viewer): Context => server.hub.options.createContext(viewer);

/** Parsed once for all that ask it: some are long. */
const documents = new WeakMap<Operation, DocumentNode>();
function documentOf(operation: Operation): DocumentNode {
  const document = documents.get(operation) ?? parse(operation.text, { noLocation: true });
  documents.set(operation, document);
  return document;
}

async function ask(operation: Operation, viewer: Viewer) {
  const { variables } = operation;
  const result = await execute({
    schema,
    document: documentOf(operation),
    variableValues: variables,
    contextValue: contextOf(viewer),
  });
  // What is not understood is not answered, and proves nothing.
  expect((result.errors ?? []).filter(({ message }) => message.startsWith('Variable "$'))).toEqual([]);
  return formatResult(silent)(result);
}

type RootField = readonly [name: string, root: GraphQLObjectType, field: GraphQLField<unknown, unknown>];
const fieldsOf = (root: GraphQLObjectType | null | undefined): RootField[] =>
  root ? Object.values(root.getFields()).map((field) => [field.name, root, field]) : [];

const codesOf = ({ errors = [] }: Awaited<ReturnType<typeof ask>>): unknown[] =>
  errors.map(({ extensions }) => extensions?.['code']);

describe('the rows of B', () => {
  it('hold its mark in every private column', async () => {
    expect(await unmarked()).toEqual([]);
  });

  it('are of every table that is private', async () => {
    const rows = await rowsOf(database.owner, b.operatorId);
    expect(PRIVATE_TABLES.filter((table) => (rows[table] ?? []).length === 0)).toEqual([]);
  });

  /** Columns of B's private rows that might hold something and hold no mark. */
  async function unmarked(): Promise<string[]> {
    const rows = await rowsOf(database.owner, b.operatorId);
    const { rows: columns } = await database.owner.query<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = 'public' and data_type in ('text', 'jsonb', 'double precision', 'ARRAY', 'numeric')
       order by 1, 2`,
    );
    return columns
      .filter(({ table }) => PRIVATE_TABLES.includes(table))
      .filter(({ table, column }) => !UNMARKED.has(`${table}.${column}`))
      .filter(({ table, column }) => {
        const text = JSON.stringify((rows[table] ?? []).map((row) => row[column]));
        return !text.includes(MARKS.text) && !text.includes(String(Math.floor(MARKS.number)));
      })
      .map(({ table, column }) => `${table}.${column}`);
  }
});

/** Columns of private tables that cannot hold a mark: ids by which rows are asked for, hashes, and what has narrow limits. */
const UNMARKED = new Set([
  'api_keys.prefix',
  'api_keys.scopes',
  'decisions.code',
  'decisions.hash',
  'decisions.previous_hash',
  'negotiations.code',
  'order_transactions.awaiting',
  'order_transactions.code',
  'order_transactions.offer_code',
  'placements.code',
  'workloads.allowed_region_ids',
  'workloads.job_id',
  'workloads.max_grid_stress',
  'workloads.min_renewable_pct',
]);

describe.each(fieldsOf(schema.getQueryType()))('the query %s', (_name, root, field) => {
  it('shows nothing of B to A or to nobody in particular', async () => {
    for (const operation of walk.of(root, field)) {
      for (const viewer of [viewers.a, viewers.nobody]) {
        const answer = await ask(operation, viewer);
        expect(leaks(answer), operation.name).toEqual([]);
        expect(codesOf(answer), operation.name).not.toContain('INTERNAL_SERVER_ERROR');
      }
    }
  });
});

describe.each(fieldsOf(schema.getMutationType()))('the mutation %s', (_name, root, field) => {
  it("touches nothing of B's, and shows nothing of it, to A or to nobody in particular", async () => {
    const before = await rowsOf(database.owner, b.operatorId);
    for (const operation of walk.of(root, field)) {
      for (const viewer of [viewers.a, viewers.nobody]) {
        const answer = await ask(operation, viewer);
        expect(leaks(answer), operation.name).toEqual([]);
        expect(codesOf(answer), operation.name).not.toContain('INTERNAL_SERVER_ERROR');
      }
    }
    expect(await rowsOf(database.owner, b.operatorId)).toEqual(before);
  });
});

describe('the subscriptions', () => {
  /** Everything that is told by all subscriptions to a viewer, each from a cursor on, until they have reached the end. */
  async function listen(
    viewer: Viewer,
    from: bigint,
  ): Promise<{ stop(): void; told(upTo: bigint): Promise<string> }> {
    // Not as deep as queries: each event is shown to each of them, and links beyond the first are resolved as in a query.
    const shallow = new Walk(schema, pryingInto(b), 2);
    const streams = await Promise.all(
      fieldsOf(schema.getSubscriptionType())
        .flatMap(([, root, field]) => shallow.of(root, field))
        .map(async ({ name, text, variables }) => {
          const messages: string[] = [];
          let position = 0n;
          const served = await serveSubscription(
            server.hub,
            { schema, document: parse(text), variableValues: variables, contextValue: contextOf(viewer) },
            {
              viewer,
              resumeFrom: server.hub.cursorAt(from),
              openSink: () => ({
                send(message) {
                  messages.push(message.text);
                  position = message.sequence;
                },
                pendingBytes: () => 0,
                end: (errors) => void messages.push(JSON.stringify(errors.map(String))),
              }),
            },
          );
          if (!('next' in served)) return { name, answer: JSON.stringify(formatResult(silent)(served)) };
          void served.next();
          return { name, messages, position: () => position, stop: () => void served.return() };
        }),
    );
    return {
      stop() {
        for (const stream of streams) stream.stop?.();
      },
      async told(upTo) {
        for (const { name, position } of streams)
          if (position) await until(`${name} at ${upTo}`, () => position() >= upTo, PATIENCE_MS);
        return streams.map(({ answer, messages }) => answer ?? messages?.join('\n')).join('\n');
      },
    };
  }

  const tables: readonly ActionTable[] = [
    'workloads',
    'placements',
    'decisions',
    'agent_states',
    'negotiations',
    'flexibility_windows',
    'data_centres',
    'storage_assets',
    'order_transactions',
  ];
  const announceAll = (of: TenantRows): Promise<bigint> =>
    announce(
      database.owner,
      tables.map((table) => ({ table, id: of.ids[table] })),
    );

  it(
    'tell nothing of B to A or to nobody in particular, live or catching up, and everything to B',
    { timeout: 120_000 },
    async () => {
      const from = (await readLogHead(database.pool)).lastSequence;
      await announceAll(b);
      await announceAll(a);
      const [toA, toNobody, toB] = await Promise.all(
        [viewers.a, viewers.nobody, viewers.b].map((viewer) => listen(viewer, from)),
      );
      await announceAll(b);
      const last = await announceAll(a);
      for (const listening of [toA, toNobody]) {
        const told = (await listening?.told(last)) ?? '';
        const messages = told.split('\n').map((text) => JSON.parse(text || '{}') as { data?: unknown });
        expect(messages.flatMap(leaks)).toEqual([]);
      }
      expect(await toA?.told(last)).toContain(a.names.jobId);
      const toldB = (await toB?.told(last)) ?? '';
      for (const id of [b.names.jobId, b.names.placementId, b.names.negotiationId, b.names.decisionId])
        expect(toldB).toContain(id);
      expect(toldB).toContain(MARKS.text);
      for (const listening of [toA, toNobody, toB]) listening?.stop();
    },
  );
});

describe('a global id of B', () => {
  it('is of a kind that is listed as private, open to read, or of the grid', () => {
    expect([...Object.keys(PRIVATE_NODES), ...Object.keys(OPEN_NODES), ...GRID_NODES].sort()).toEqual([
      ...NODE_TYPES,
    ]);
  });

  const nodesAs = async (viewer: Viewer, kinds: Readonly<Record<string, ActionTable>>) => {
    const ids = Object.entries(kinds).map(([type, table]) => encodeGlobalId(type, b.ids[table]));
    const [operation] = new Walk(schema, { ...pryingInto(b), 'Query.nodes.ids': ids }).of(
      ...rootField('nodes'),
    );
    const answer = await ask(operation as Operation, viewer);
    expect(answer.errors ?? []).toEqual([]);
    return { answer, nodes: (answer.data as { nodes: readonly unknown[] }).nodes };
  };
  const rootField = (name: string): [GraphQLObjectType, GraphQLField<unknown, unknown>] => {
    const found = fieldsOf(schema.getQueryType()).find(([each]) => each === name);
    if (!found) throw new Error(`there is no query ${name}`);
    return [found[1], found[2]];
  };

  it('is nothing to A and to nobody in particular where it is private', async () => {
    for (const viewer of [viewers.a, viewers.nobody]) {
      const { nodes } = await nodesAs(viewer, PRIVATE_NODES);
      expect(nodes).toEqual(Object.keys(PRIVATE_NODES).map(() => null));
    }
  });

  it('shows the marks of its rows to B and to an administrator, so that their absence means something', async () => {
    for (const viewer of [viewers.b, viewers.admin]) {
      const { answer, nodes } = await nodesAs(viewer, PRIVATE_NODES);
      expect(nodes).not.toContain(null);
      expect(leaks(answer)).toEqual(expect.arrayContaining([MARKS.text, ...idsOfB()]));
    }
  });

  it('shows A what of it is open to read, without a mark', async () => {
    for (const viewer of [viewers.a, viewers.nobody]) {
      const { answer, nodes } = await nodesAs(viewer, OPEN_NODES);
      expect(nodes).not.toContain(null);
      expect(leaks(answer)).toEqual([]);
    }
  });
});

describe('the walk', () => {
  /** Everything that it asks, once more for its own sake: tests may be run alone. */
  const whole = (graph: GraphQLSchema): Walk => {
    const fresh = new Walk(graph, pryingInto(b));
    for (const root of [graph.getQueryType(), graph.getMutationType(), graph.getSubscriptionType()])
      for (const [, of, field] of fieldsOf(root)) fresh.of(of, field);
    return fresh;
  };

  it('knows how to fill every argument, where what is new belongs into values.ts, and selects every field of every object', () => {
    const { unfilled, covered } = whole(schema);
    expect([...unfilled]).toEqual([]);
    expect(reachableFields(schema).filter((coordinate) => !covered.has(coordinate))).toEqual([]);
  });

  it('notices an argument and a field that it was not told of', () => {
    const secret = new GraphQLObjectType({ name: 'Secret', fields: { text: { type: GraphQLString } } });
    const nested = (depth: number): GraphQLObjectType =>
      new GraphQLObjectType({
        name: `Level${depth}`,
        fields: { id: { type: GraphQLString }, next: { type: depth === 5 ? secret : nested(depth + 1) } },
      });
    const graph = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: { deep: { type: nested(1), args: { unheardOf: { type: GraphQLString } } } },
      }),
    });
    const { unfilled, covered } = whole(graph);
    expect([...unfilled]).toEqual(['Query.deep.unheardOf']);
    expect(reachableFields(graph).filter((coordinate) => !covered.has(coordinate))).toContain('Secret.text');
    expect(isObjectType(graph.getType('Secret'))).toBe(true);
  });

  it('finds a leak where there is one', async () => {
    const [workloads] = fieldsOf(schema.getSubscriptionType()).filter(([name]) => name === 'workloads');
    expect(workloads).toBeDefined();
    expect(leaks({ data: { name: `x ${MARKS.text}` } })).toEqual([MARKS.text]);
    expect(leaks({ data: { energy: MARKS.number } })).toEqual([String(Math.floor(MARKS.number))]);
    expect(leaks({ data: { id: idsOfB()[0] } })).toEqual([idsOfB()[0]]);
    expect(leaks({ errors: [{ message: `not yours: ${MARKS.text}` }] })).toEqual([MARKS.text]);
    expect(leaks({ data: { answer: { ActionRefusal_message: b.names.jobId } } })).toEqual([]);
  });
});
