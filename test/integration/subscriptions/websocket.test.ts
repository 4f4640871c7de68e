import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schema } from '../../../src/schema/index.js';
import { KeyWatch } from '../../../src/server/key-watch.js';
import { serveWebsockets } from '../../../src/server/websocket.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openRaw, type Frame, type RawOptions, type RawSocket } from '../../support/raw-socket.js';
import { silent } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { gridSignals } from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const SIGNALS = 'subscription { gridSignals { kind cursor } }';

let database: TestDatabase;
let server: TestServer;
let writer: Writer;
const sockets: RawSocket[] = [];

const open = async (options: RawOptions = {}): Promise<RawSocket> => {
  const raw = await openRaw(server.wsUrl, options);
  sockets.push(raw);
  return raw;
};
const subscribe = (id: string, query = SIGNALS, variables?: Record<string, unknown>): Frame => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});
const answers = async (): Promise<void> => {
  expect((await server.query('{ __typename }')).status).toBe(200);
};

let last = 0;
const change = (regionId = 13) => writer.write([forecast(regionId, NOON, (last += 1))]);

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database);
  writer = await createWriter(database);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
});

describe('a handshake', () => {
  it('from the page of another host is refused with 403, from our own and from no page accepted', async () => {
    await expect(open({ origin: 'https://elsewhere.example' })).rejects.toThrow('403');
    await expect(open({ origin: 'null' })).rejects.toThrow('403');
    await open({ origin: server.url });
    await open();
  });

  it('on another path is refused with 404', async () => {
    for (const path of ['/', '/graphql/stream', '/graphqlx', '/health/live'])
      await expect(openRaw(`${server.url.replace('http', 'ws')}${path}`)).rejects.toThrow('404');
    await answers();
  });

  it('for another subprotocol is closed with 4406', async () => {
    expect(await (await open({ protocol: null, init: false })).closed).toBe(4406);
    await expect(open({ protocol: 'graphql-ws', init: false })).rejects.toThrow(/subprotocol/i);
    await answers();
  });
});

describe('what is no message of the protocol closes its socket and no other', () => {
  let bystander: RawSocket;
  beforeEach(async () => {
    bystander = await open();
    bystander.send(subscribe('1'));
    await bystander.frame('next', '1');
  });
  afterEach(async () => {
    await change();
    await until('the change', () => bystander.frames.filter(({ type }) => type === 'next').length === 2);
    await answers();
  });

  it.each([
    ['text that is no JSON', '}{', 4400],
    ['an empty message', '', 4400],
    ['an array', '[]', 4400],
    ['null', 'null', 4400],
    ['a type that does not exist', { type: 'destroy' }, 4400],
    ['a type that only servers send', { type: 'next', id: '1', payload: {} }, 4400],
    ['a subscription without a query', { type: 'subscribe', id: '1', payload: {} }, 4400],
    ['a subscription without an id', { type: 'subscribe', payload: { query: SIGNALS } }, 4400],
    [
      'variables that are a list',
      { type: 'subscribe', id: '1', payload: { query: SIGNALS, variables: [] } },
      4400,
    ],
    ['a binary frame', Buffer.from([0, 1, 2, 255]), 4400],
    ['a binary frame that would be a message', Buffer.from('{"type":"ping"}'), 4400],
    ['a second connection_init', { type: 'connection_init' }, 4429],
    [
      'a message of more than 256 KB',
      JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(257 * 1024) } }),
      1009,
    ],
  ] satisfies [string, Frame | string | Buffer, number][])('%s', async (_what, message, code) => {
    const raw = await open();
    raw.send(message);
    expect(await raw.closed).toBe(code);
  });

  it('a message in more than 64 pieces', async () => {
    const raw = await open();
    for (let i = 0; i < 100; i += 1) raw.socket.send('x', { fin: false });
    expect(await raw.closed).toBe(1008);
  });

  it('text that is no UTF-8', async () => {
    const raw = await open();
    raw.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await raw.closed).toBe(1007);
  });

  it('bytes that are no frame', async () => {
    const raw = await open();
    (raw.socket as unknown as { _socket: { write(text: string): void } })._socket.write(
      'GET / HTTP/1.1\r\n\r\n',
    );
    expect(await raw.closed).toBeGreaterThan(1000);
  });

  it('a subscription before connection_init', async () => {
    const raw = await open({ init: false });
    raw.send(subscribe('1'));
    expect(await raw.closed).toBe(4401);
  });

  it('two subscriptions of one id', async () => {
    const raw = await open();
    raw.send(subscribe('1'));
    await raw.frame('next', '1');
    raw.send(subscribe('1'));
    expect(await raw.closed).toBe(4409);
  });
});

it('a socket that never says connection_init is closed with 4408', async () => {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const websockets = serveWebsockets({
    server: http,
    path: '/graphql',
    schema,
    hub: server.hub,
    createContext: server.hub.options.createContext,
    identity: { database, isOpen: true },
    keys: new KeyWatch(database.pool, silent, 60_000),
    isAllowedOrigin: () => true,
    log: silent,
    initWaitMs: 50,
  });
  const raw = await openRaw(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`, {
    init: false,
  });
  expect(await raw.closed).toBe(4408);
  await websockets.stop();
  await new Promise((resolve) => http.close(resolve));
});

describe('one socket', () => {
  it('answers queries, subscriptions, errors of any kind and pings side by side', async () => {
    const raw = await open();
    raw.send(
      subscribe('syntax', 'subscription { '),
      subscribe('invalid', '{ nothing }'),
      subscribe('deep', `{ region(regionId: 1) ${'{ parent '.repeat(14)}{ id }${' }'.repeat(14)} }`),
      subscribe('query', 'query ($id: Int!) { region(regionId: $id) { code } }', { id: 13 }),
      subscribe('live'),
      { type: 'ping', payload: { n: 1 } },
    );
    const codeOf = async (id: string): Promise<unknown> =>
      ((await raw.frame('error', id)) as { extensions: { code: string } }[])[0]?.extensions.code;
    expect(await codeOf('syntax')).toBe('GRAPHQL_PARSE_FAILED');
    expect(await codeOf('invalid')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await codeOf('deep')).toBe('QUERY_TOO_COMPLEX');
    expect(await raw.frame('next', 'query')).toEqual({ data: { region: { code: 'LONDON' } } });
    await raw.frame('complete', 'query');
    expect(await raw.frame('pong')).toEqual({ n: 1 });
    expect(await raw.frame('next', 'live')).toMatchObject({ data: { gridSignals: { kind: 'READY' } } });
    expect(raw.frames.some(({ type, id }) => type === 'complete' && id === 'live')).toBe(false);
  });

  it('never shows a stack trace or a file', async () => {
    const raw = await open();
    raw.send(subscribe('a', 'subscription { '), subscribe('b', gridSignals({}).query, { after: 'x' }));
    await raw.frame('complete', 'b');
    await raw.frame('error', 'a');
    expect(JSON.stringify(raw.frames)).not.toMatch(/\.[tj]s\b|node_modules|stack/);
  });

  it('holds 100 operations; the next is refused with a code, and its place is free again when one completes', async () => {
    const raw = await open();
    for (let i = 1; i <= 101; i += 1) raw.send(subscribe(String(i)));
    expect(await raw.frame('error', '101')).toMatchObject([
      { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
    ]);
    await until('100 subscribers', () => server.hub.subscriberCount === 100);
    await until('one group', () => server.hub.groupCount === 1);
    raw.send({ type: 'complete', id: '1' }, subscribe('102'));
    await raw.frame('next', '102');
    expect(server.hub.subscriberCount).toBe(100);
  });

  it('counts an operation that was completed while it was prepared until it is gone', async () => {
    const raw = await open();
    const messages: Frame[] = [];
    for (let i = 1; i <= 100; i += 1)
      messages.push(subscribe(String(i)), { type: 'complete', id: String(i) });
    // One write, so that all of it is there before the first operation is prepared.
    const connection = (raw.socket as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
    connection.cork();
    raw.send(...messages, subscribe('over'));
    connection.uncork();
    expect(await raw.frame('error', 'over')).toMatchObject([
      { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
    ]);
    let tries = 0;
    const answered = () => raw.frames.filter(({ type }) => type === 'next');
    await until('a place', () => {
      if (answered().length === 0) raw.send(subscribe(`try ${(tries += 1)}`));
      return answered().length > 0;
    });
    expect(answered().filter(({ id }) => !id?.startsWith('try'))).toEqual([]);
  });
});

describe('an id that its client uses again', () => {
  const together = (raw: RawSocket, ...messages: Frame[]): void => {
    const connection = (raw.socket as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
    connection.cork();
    raw.send(...messages);
    connection.uncork();
  };
  const nexts = (raw: RawSocket, id: string): string[] =>
    raw.frames.flatMap((frame) =>
      frame.type === 'next' && frame.id === id
        ? [(frame.payload as { data: { gridSignals: { kind: string } } }).data.gridSignals.kind]
        : [],
    );

  it('after completing a subscription that was still being prepared, serves the new one alone', async () => {
    const raw = await open();
    together(raw, subscribe('1'), { type: 'complete', id: '1' }, subscribe('1'));
    await raw.frame('next', '1');
    await change();
    await until('the change', () => nexts(raw, '1').includes('CHANGE'));
    await answers();
    expect(nexts(raw, '1')).toEqual(['READY', 'CHANGE']);
    expect(server.hub.subscriberCount).toBe(1);
    expect(raw.frames.filter(({ type }) => type === 'complete')).toEqual([]);
  });

  it('in the message after completing a subscription that was live, serves the new one', async () => {
    const raw = await open();
    raw.send(subscribe('1'));
    await raw.frame('next', '1');
    together(raw, { type: 'complete', id: '1' }, subscribe('1'));
    await until('the second READY', () => nexts(raw, '1').length === 2);
    await change();
    await until('the change', () => nexts(raw, '1').length === 3);
    expect(nexts(raw, '1')).toEqual(['READY', 'READY', 'CHANGE']);
    expect(server.hub.subscriberCount).toBe(1);
    expect(raw.frames.filter(({ type }) => type === 'complete')).toEqual([]);
  });

  it('after completing a query that was still running, is not answered by the old one', async () => {
    const raw = await open();
    together(
      raw,
      subscribe('1', '{ regions { code parent { code } } }'),
      { type: 'complete', id: '1' },
      subscribe('1', '{ region(regionId: 13) { code } }'),
    );
    await raw.frame('complete', '1');
    expect(raw.frames.filter(({ type }) => type === 'next')).toEqual([
      { id: '1', type: 'next', payload: { data: { region: { code: 'LONDON' } } } },
    ]);
  });
});

describe('a client that leaves', () => {
  const ways: Record<string, (raw: RawSocket) => void> = {
    'by completing': (raw) => raw.send({ type: 'complete', id: '1' }, { type: 'complete', id: '2' }),
    'by closing': ({ socket }) => socket.close(),
    'by vanishing': ({ socket }) => socket.terminate(),
    'by an error of the protocol': (raw) => raw.send('}{'),
  };
  const listeners = (): number =>
    (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles().length;

  it.each(Object.entries(ways))('%s leaves no subscriber, group or handle behind', async (_how, leave) => {
    const handles = listeners();
    const raw = await open();
    raw.send(subscribe('1'), subscribe('2', 'subscription { events { kind } }'));
    await raw.frame('next', '1');
    await raw.frame('next', '2');
    expect(server.hub).toMatchObject({ subscriberCount: 2 });
    await until('two groups', () => server.hub.groupCount === 2);
    leave(raw);
    await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
    raw.socket.terminate();
    await until('its handles gone', () => listeners() <= handles);
    await change();
    await answers();
  });

  it.each(Object.entries(ways))(
    '%s while its subscriptions are being prepared leaves nothing',
    async (_how, leave) => {
      const raw = await open();
      raw.send(subscribe('1'), subscribe('2'));
      leave(raw);
      await until(
        'both prepared and gone',
        () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0,
      );
      await change();
      await answers();
      expect(server.hub).toMatchObject({ subscriberCount: 0, groupCount: 0 });
    },
  );
});
