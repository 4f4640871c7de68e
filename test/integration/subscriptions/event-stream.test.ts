import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createClient } from 'graphql-sse';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { eventsOf, gridSignals, type Message } from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const SIGNALS = 'subscription { gridSignals { kind cursor } }';

let database: TestDatabase;
let server: TestServer;
let writer: Writer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database);
  writer = await createWriter(database);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});
const emptied = () =>
  until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
afterEach(emptied);

let last = 0;
const change = () => writer.write([forecast(13, NOON, (last += 1))]);
const endpoint = (): string => `${server.url}/graphql/stream`;
const asked = (query: string): string => `${endpoint()}?${new URLSearchParams({ query }).toString()}`;

interface Refused {
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe('a request that asks for no operation is refused in JSON, with a code', () => {
  const json = { 'content-type': 'application/json' };
  it.each([
    ['another method', 405, { method: 'PUT' }],
    ['another method that graphql-sse knows', 405, { method: 'DELETE' }],
    ['no body', 415, { method: 'POST' }],
    [
      'a body of text, as a foreign page may post it',
      415,
      { method: 'POST', body: JSON.stringify({ query: SIGNALS }) },
    ],
    ['a body that is no JSON', 400, { method: 'POST', headers: json, body: '{' }],
    ['a body that is a list', 415, { method: 'POST', headers: json, body: '[]' }],
    ['a body without a query', 400, { method: 'POST', headers: json, body: '{}' }],
    ['a query that is no text', 400, { method: 'POST', headers: json, body: '{"query":1}' }],
    [
      'variables that are a list',
      400,
      { method: 'POST', headers: json, body: '{"query":"{a}","variables":[]}' },
    ],
    [
      'a name that is no text',
      400,
      { method: 'POST', headers: json, body: '{"query":"{a}","operationName":1}' },
    ],
    [
      'a body of more than 256 KB',
      413,
      { method: 'POST', headers: json, body: JSON.stringify({ query: 'x'.repeat(300_000) }) },
    ],
  ] satisfies [string, number, RequestInit][])('%s', async (_what, status, init) => {
    const response = await fetch(endpoint(), init);
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as Refused;
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
    expect(JSON.stringify(errors)).not.toMatch(/node_modules|at .*\.[jt]s/);
  });

  it.each([
    '',
    '?query=',
    '?query=%7B',
    '?query=a&query=b',
    `?query=%7Ba%7D&variables=%7B`,
    '?query=%7Ba%7D&variables=7',
  ])('GET %s', async (search) => {
    const response = await fetch(`${endpoint()}${search}`);
    const text = await response.text();
    expect([response.status, text]).toEqual(
      response.status === 200
        ? [200, expect.stringContaining('GRAPHQL_PARSE_FAILED')]
        : [400, expect.stringContaining('BAD_REQUEST')],
    );
  });
});

describe('an EventSource', () => {
  const connect = (
    lastEventId?: string,
  ): Promise<{ readonly response: IncomingMessage; readonly request: ClientRequest }> =>
    new Promise((resolve, reject) => {
      const sent = request(asked(SIGNALS), {
        headers: {
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
      });
      sent.once('error', reject);
      sent.once('response', (response) => resolve({ response, request: sent }));
      sent.end();
    });
  const messageOf = (data: string): Message =>
    (JSON.parse(data) as { data: { gridSignals: Message } }).data.gridSignals;

  it('is sent its head at once, before there is anything to say, and so that no proxy holds it back', async () => {
    const { response, request: sent } = await connect();
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    sent.destroy();
  });

  it('that reconnects by itself resumes after the last event it was given', async () => {
    const first = await connect();
    const ids: (string | null)[] = [];
    for await (const { data, id } of eventsOf(first.response)) {
      expect(id).toBe(messageOf(data).cursor);
      ids.push(id);
      if (ids.length === 2) break;
      await change();
    }
    first.request.destroy();
    await change();
    await change();
    const second = await connect(ids[1] ?? '');
    const kinds: string[] = [];
    for await (const { data, id } of eventsOf(second.response)) {
      kinds.push(messageOf(data).kind);
      expect(ids).not.toContain(id);
      if (kinds.length === 2) break;
    }
    expect(kinds).toEqual(['CHANGE', 'CHANGE']);
    second.request.destroy();
  });

  it('whose last event id is no cursor is told so, as for `after`', async () => {
    const { response } = await connect('garbage');
    for await (const { event, data } of eventsOf(response)) {
      if (event === 'complete') break;
      expect((JSON.parse(data) as Refused).errors[0]?.extensions.code).toBe('BAD_CURSOR');
    }
  });
});

it('the client of graphql-sse is served', async () => {
  const client = createClient({ url: endpoint(), retryAttempts: 0 });
  const kinds: unknown[] = [];
  for await (const { data } of client.iterate<{ gridSignals: Message }>({ query: SIGNALS })) {
    kinds.push(data?.gridSignals.kind);
    if (kinds.length === 3) break;
    await change();
  }
  expect(kinds).toEqual(['READY', 'CHANGE', 'CHANGE']);
  const answers: unknown[] = [];
  for await (const answer of client.iterate({ query: '{ region(regionId: 13) { code } }' }))
    answers.push(answer);
  expect(answers).toEqual([{ data: { region: { code: 'LONDON' } } }]);
  client.dispose();
});

it('a page of another host may not read it, one of our own may', async () => {
  const read = async (origin: string): Promise<string | null> => {
    const leaving = new AbortController();
    const response = await fetch(asked(SIGNALS), { headers: { origin }, signal: leaving.signal });
    leaving.abort();
    return response.headers.get('access-control-allow-origin');
  };
  expect(await read('https://elsewhere.example')).toBeNull();
  expect(await read(server.url)).toBe(server.url);
});

describe('a client that leaves', () => {
  it.each([
    ['once it is served', true],
    ['before it is served', false],
  ])('%s leaves no subscriber and no group behind', async (_when, served) => {
    for (let i = 0; i < 10; i += 1) {
      const sent = request(endpoint(), { method: 'POST', headers: { 'content-type': 'application/json' } });
      sent.on('error', () => undefined);
      const seen = new Promise<void>((resolve) => sent.once('response', () => resolve()));
      sent.end(JSON.stringify(gridSignals({})));
      if (served) await seen;
      else await new Promise((resolve) => sent.once('finish', resolve));
      if (served) await until('its group', () => server.hub.groupCount === 1);
      sent.destroy();
    }
    await emptied();
    await change();
    expect((await server.query('{ __typename }')).status).toBe(200);
  });
});
