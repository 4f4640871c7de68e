import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database/open.js';
import type { Hub, HubOptions } from '../../../src/subscriptions/hub.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import {
  changes,
  events,
  gridSignals,
  openStream,
  seen,
  sequenceOf,
  told,
  type Operation,
  type Stream,
  type Transport,
} from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, readLog, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z').getTime();
const at = (i: number): Date => new Date(NOON + i * 1_800_000);

type Query = (...args: unknown[]) => Promise<unknown>;
interface Statement {
  readonly name: string;
  readonly values: readonly unknown[];
}

let database: TestDatabase;
let server: TestServer;
let writer: Writer;
/** What the server asked its database by a name, and what a test does to it on the way. */
const asked: Statement[] = [];
let meddle: (statement: Statement, answer: () => Promise<unknown>) => Promise<unknown> = (
  _statement,
  answer,
) => answer();

const watched = (): Database => {
  const pool = Object.create(database.pool) as Database['pool'];
  const query = database.pool.query.bind(database.pool) as Query;
  pool.query = ((...args: unknown[]) => {
    const [{ name = '', values = [] }] = args as [Partial<Statement>];
    asked.push({ name, values });
    return meddle({ name, values }, () => query(...args));
  }) as typeof pool.query;
  return { ...database, pool, reader: { ...database.reader, db: pool } };
};
const loads = (): readonly Statement[] => asked.filter(({ name }) => name === 'grid-signals-by-key');
const loadedRegions = (): number[] => loads().flatMap(({ values }) => values[0] as number[]);

/** The hub's own options, which a test may change under it. */
const optionsOf = (hub: Hub) => hub.options as { -readonly [Name in keyof HubOptions]: HubOptions[Name] };
let executions = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(watched());
  writer = await createWriter(database);
  const options = optionsOf(server.hub);
  const { formatErrors } = options;
  options.formatErrors = (result) => {
    executions += 1;
    return formatErrors(result);
  };
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const streams: Stream[] = [];
const open = (operation: Operation, transport: Transport = 'websocket'): Stream => {
  const stream = openStream(transport, server, operation);
  streams.push(stream);
  return stream;
};
const groups = (count: number) => until(`${count} groups`, () => server.hub.groupCount === count);
const members = (count: number) => until(`${count} subscribers`, () => server.hub.subscriberCount === count);
beforeEach(() => {
  meddle = (_statement, answer) => answer();
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
});

let last = 0;
const fresh = (): number => (last += 1);
const forget = (): void => {
  asked.length = 0;
  executions = 0;
};

describe('subscribers of one document and the same variables', () => {
  it('are executed and loaded for once, whatever they are connected by', async () => {
    const transports: Transport[] = ['websocket', 'event stream by GET', 'event stream by POST'];
    const readers = Array.from({ length: 30 }, (_, i) =>
      open(gridSignals({ regionIds: [1, 2] }), transports[i % 3]),
    );
    await Promise.all(readers.map((reader) => reader.take(1)));
    await members(30);
    await groups(1);
    forget();
    const { lastSequence } = await writer.write([1, 2, 3, 4].map((i) => forecast(i, at(0), fresh())));
    const [first, ...others] = await Promise.all(readers.map((reader) => reader.take(3)));
    for (const messages of others) expect(messages.slice(1)).toEqual(first?.slice(1));
    expect(sequenceOf(first?.at(-1)?.cursor ?? '')).toBeLessThan(lastSequence ?? 0n);
    expect(executions).toBe(2);
    expect(loads()).toHaveLength(1);
    expect(loadedRegions()).toEqual([1, 2]);
  });

  it('are one group wherever each began: `after` in a variable, in the document or left out', async () => {
    const ready = open(gridSignals({ regionIds: [1] }));
    const [{ cursor } = { cursor: '' }] = await ready.take(1);
    await writer.write([forecast(1, at(0), fresh())]);
    const second = open(gridSignals({ regionIds: [1], after: cursor }));
    const [{ cursor: later } = { cursor: '' }] = await second.take(1);
    open(gridSignals({ regionIds: [1], after: later }));
    await members(3);
    await groups(1);
    const text = (after: string): Operation => ({
      query: `subscription { gridSignals(regionIds: [1]${after}) { kind cursor } }`,
    });
    open(text(`, after: "${cursor}"`));
    open(text(`, after: "${later}"`));
    await members(5);
    await groups(2);
    await writer.write([forecast(1, at(0), fresh())]);
    const newest =
      (await readLog(database)).findLast(({ topic }) => topic === 'GRID_SIGNALS')?.sequence ?? 0n;
    for (const stream of streams) await stream.reach(newest);
    expect(streams.map(({ messages }) => sequenceOf(messages.at(-1)?.cursor ?? ''))).toEqual(
      streams.map(() => newest),
    );
  });

  it('are two groups where their variables differ', async () => {
    open(gridSignals({ regionIds: [1] }));
    open(gridSignals({ regionIds: [2] }));
    await groups(2);
    expect(server.hub.subscriberCount).toBe(2);
  });
});

describe('a tick of 1,746 events', () => {
  it('costs a group only its own: who reads region 13 never makes region 5 load', async () => {
    const reader = open(gridSignals({ regionIds: [13] }));
    await reader.take(1);
    await groups(1);
    forget();
    const statements = Array.from({ length: 97 * 18 }, (_, i) =>
      forecast((i % 18) + 1, at(Math.floor(i / 18)), fresh() % 900),
    );
    await writer.write(statements);
    expect((await reader.take(98)).slice(1).map((message) => seen(message).regionId)).toEqual(
      Array.from({ length: 97 }, () => 13),
    );
    expect(executions).toBe(97);
    expect(loadedRegions()).toEqual(Array.from({ length: 97 }, () => 13));
    expect(loads()).toHaveLength(1);
  });
});

describe('a reader that is further on than what this process has delivered', () => {
  it('is not told again what it has', async () => {
    const group = open(gridSignals({ regionIds: [7] }));
    await group.take(1);
    await groups(1);
    // The next stretch of the log is read, and held back.
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held = 0;
    meddle = async ({ name }, answer) => {
      const rows = (await answer()) as { rows: unknown[] };
      if (name === 'log-events' && rows.rows.length > 0 && (held += 1) === 1) await released;
      return rows;
    };
    await writer.write([forecast(7, at(0), fresh())]);
    await until('the stretch in hand', () => held === 1);
    await writer.write([forecast(7, at(0), fresh())]);
    const ahead = open(gridSignals({ regionIds: [7] }));
    const [ready] = await ahead.take(1);
    await members(2);
    release();
    await group.take(3);
    const { lastSequence } = await writer.write([forecast(7, at(0), fresh())]);
    await group.take(4);
    await until('the newest', () => ahead.messages.length >= 2);
    expect(ready?.kind).toBe('READY');
    expect(changes(ahead.messages).map(({ cursor }) => sequenceOf(cursor))).toEqual([
      (lastSequence ?? 0n) - 1n,
    ]);
  });
});

describe('when something fails on the way', () => {
  const regionOfSignal = gridSignals({ regionIds: [9] });
  const withoutLinks: Operation = {
    query: 'subscription { gridSignals(regionIds: [9]) { kind cursor signal { from } } }',
  };
  /** Makes the link from a signal to its region fail. */
  const breakLinks = (isBroken: () => boolean): (() => void) => {
    const options = optionsOf(server.hub);
    const { createContext } = options;
    options.createContext = () => {
      const context = createContext();
      const load = context.loaders.region.load.bind(context.loaders.region);
      context.loaders.region.load = (id) =>
        isBroken() ? Promise.reject(new Error('connection lost')) : load(id);
      return context;
    };
    return () => {
      options.createContext = createContext;
    };
  };

  it('for a moment in the database, everyone gets everything once', async () => {
    const readers = [open(gridSignals({ regionIds: [9] })), open(gridSignals({})), open(events({}))];
    for (const reader of readers) await reader.take(1);
    await groups(3);
    let failed = 0;
    meddle = ({ name }, answer) =>
      name === 'grid-signals-by-key' && (failed += 1) === 1
        ? Promise.reject(new Error('connection lost'))
        : answer();
    const after = (await readLog(database)).at(-1)?.sequence ?? 0n;
    await writer.write([forecast(9, at(0), fresh()), forecast(10, at(0), fresh())]);
    const log = await readLog(database, after);
    expect(changes(await (readers[2] as Stream).take(4)).map(seen)).toEqual(log.map(told));
    expect(changes(await (readers[1] as Stream).take(3)).map(seen)).toEqual(log.slice(0, 2).map(told));
    expect(changes(await (readers[0] as Stream).take(2)).map(seen)).toEqual(log.slice(0, 1).map(told));
    expect(failed).toBe(2);
    await writer.write([forecast(9, at(0), fresh())]);
    expect(await (readers[0] as Stream).take(3)).toHaveLength(3);
    expect(readers[1]?.messages.length).toBeLessThanOrEqual(4);
  });

  it('for a moment in one group, no other waits for it or gets anything twice', async () => {
    let broken = 0;
    const mend = breakLinks(() => (broken += 1) === 1);
    const linked = open(regionOfSignal);
    const plain = open(withoutLinks);
    await linked.take(1);
    await plain.take(1);
    await groups(2);
    await writer.write([forecast(9, at(0), fresh())]);
    await plain.take(2);
    await linked.take(2);
    await writer.write([forecast(9, at(0), fresh())]);
    expect((await linked.take(3)).map(({ kind }) => kind)).toEqual(['READY', 'CHANGE', 'CHANGE']);
    expect((await plain.take(3)).map(({ cursor }) => cursor).slice(1)).toEqual(
      linked.messages.map(({ cursor }) => cursor).slice(1),
    );
    mend();
  });

  it('for good in one group, its streams end with an error they can resume from, and the others go on', async () => {
    const linked = open(regionOfSignal);
    const plain = open(withoutLinks);
    const [ready] = await linked.take(1);
    await plain.take(1);
    await groups(2);
    const mend = breakLinks(() => true);
    const { lastSequence } = await writer.write([forecast(9, at(0), fresh())]);
    expect(await linked.failure()).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(changes(linked.messages)).toEqual([]);
    await groups(1);
    await writer.write([forecast(9, at(0), fresh())]);
    await plain.take(3);
    mend();
    const resumed = open(gridSignals({ regionIds: [9], after: ready?.cursor }));
    const [first] = await resumed.take(2);
    expect(sequenceOf(first?.cursor ?? '')).toBe((lastSequence ?? 0n) - 1n);
    expect(plain.messages).toHaveLength(3);
  });
});
