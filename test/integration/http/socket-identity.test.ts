import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openRaw, type RawSocket } from '../../support/raw-socket.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { eventsOf, openStream, type ServerSentEvent } from '../../support/streams.js';
import { createKey, createTenant, type Tenant } from '../../support/tenants.js';
import { until } from '../../support/until.js';

const SIGNALS = 'subscription { gridSignals { kind cursor } }';

let database: TestDatabase;
let server: TestServer;
let closed: TestServer;
let tenant: Tenant;
const sockets: RawSocket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const streams = { keyLookMs: 50 };
  server = await startTestServer(database, streams);
  closed = await startTestServer(database, streams, new Map(), { publicRead: false });
  tenant = await createTenant(database, 'Ours');
});
afterAll(async () => {
  await server.stop();
  await closed.stop();
  await database.drop();
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});

const open = async (
  payload: unknown,
  { at = server, headers = {} }: { at?: TestServer; headers?: Record<string, string> } = {},
): Promise<RawSocket> => {
  const raw = await openRaw(at.wsUrl, { init: false, headers });
  sockets.push(raw);
  raw.send({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
  return raw;
};
const viewerOf = async (raw: RawSocket): Promise<unknown> => {
  await raw.frame('connection_ack');
  raw.send({ type: 'subscribe', id: 'v', payload: { query: '{ viewer { operator { name } role } }' } });
  const { data } = (await raw.frame('next', 'v')) as { data: { viewer: unknown } };
  return data.viewer;
};
const revoke = (key: string) =>
  database.owner.query('update api_keys set revoked_at = now() where prefix = $1', [key.split('_')[1]]);

const OURS = { operator: { name: 'Ours' }, role: 'OPERATOR' };

describe('a websocket', () => {
  it.each([
    ['authorization', (key: string) => ({ authorization: `Bearer ${key}` })],
    ['Authorization', (key: string) => ({ Authorization: `bearer ${key}` })],
    ['x-api-key', (key: string) => ({ 'x-api-key': key })],
    ['X-API-Key', (key: string) => ({ 'X-API-Key': key })],
    ['apiKey', (key: string) => ({ apiKey: key })],
    ['two names of the same key', (key: string) => ({ apiKey: key, authorization: `Bearer ${key}` })],
  ])('is its operator by %s in connection_init', async (_what, payload) => {
    expect(await viewerOf(await open(payload(tenant.key)))).toEqual(OURS);
  });

  it('is its operator by the headers of its handshake', async () => {
    for (const headers of [{ authorization: `Bearer ${tenant.key}` }, { 'x-api-key': tenant.key }])
      expect(await viewerOf(await open(undefined, { headers }))).toEqual(OURS);
    const headers = { 'x-api-key': tenant.key };
    expect(await viewerOf(await open({ apiKey: tenant.key }, { headers }))).toEqual(OURS);
  });

  it('is nobody in particular without one', async () => {
    expect(await viewerOf(await open(undefined))).toBeNull();
    expect(await viewerOf(await open({ theme: 'dark' }))).toBeNull();
    expect(await viewerOf(await open({ authorization: null }))).toBeNull();
  });

  it.each([
    ['an unknown key', { apiKey: `pylon_${'0'.repeat(12)}_${'x'.repeat(43)}` }, /is unknown/],
    ['a key of another form', { apiKey: 'secret' }, /is unknown/],
    ['another scheme', { authorization: 'Basic eDp5' }, /Bearer/],
    ['a number', { apiKey: 7 }, /must be text/],
    ['two keys that differ', { apiKey: 'a', authorization: 'Bearer b' }, /different keys/],
  ])('with %s is closed with 4403 and told why', async (_what, payload, reason) => {
    const raw = await open(payload);
    expect([await raw.closed, await raw.reason]).toEqual([4403, expect.stringMatching(reason)]);
    expect(raw.frames).toEqual([]);
  });

  it('whose handshake and connection_init show different keys is closed with 4403', async () => {
    const other = await createKey(database.owner, tenant.operatorId);
    const raw = await open({ apiKey: other }, { headers: { 'x-api-key': tenant.key } });
    expect(await raw.closed).toBe(4403);
  });

  it('of a server that is read with keys only is closed with 4401 without one', async () => {
    const raw = await open(undefined, { at: closed });
    expect([await raw.closed, await raw.reason]).toEqual([4401, expect.stringMatching(/API key/)]);
    expect(await (await open({ apiKey: 'secret' }, { at: closed })).closed).toBe(4403);
    expect(await viewerOf(await open({ apiKey: tenant.key }, { at: closed }))).toEqual(OURS);
  });

  it('is closed with 4403 once its key is revoked, and no other is', async () => {
    const key = await createKey(database.owner, tenant.operatorId);
    const [ours, other, nobody] = [
      await open({ apiKey: key }),
      await open({ apiKey: tenant.key }),
      await open(undefined),
    ];
    for (const raw of [ours, other, nobody]) {
      await raw.frame('connection_ack');
      raw.send({ type: 'subscribe', id: '1', payload: { query: SIGNALS } });
      await raw.frame('next', '1');
    }
    await revoke(key);
    expect([await ours.closed, await ours.reason]).toEqual([4403, 'the API key was revoked']);
    await until('two subscribers', () => server.hub.subscriberCount === 2);
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    expect(nobody.socket.readyState).toBe(nobody.socket.OPEN);
  });

  it('is closed once its operator is no longer active', async () => {
    const { operatorId, key } = await createTenant(database, 'Leaving');
    const raw = await open({ apiKey: key });
    await raw.frame('connection_ack');
    await database.owner.query('update operators set is_active = false where operator_id = $1', [operatorId]);
    const reason = 'the operator of the API key is not active';
    expect([await raw.closed, await raw.reason]).toEqual([4403, reason]);
    const again = await open({ apiKey: key });
    expect(await again.reason).toBe(reason);
    const { status, errors } = await server.query('{ viewer { role } }', {}, key);
    expect([status, errors?.[0]?.extensions.code, errors?.[0]?.message]).toEqual([
      401,
      'UNAUTHENTICATED',
      reason,
    ]);
    // Whoever has no secret of it is told nothing of a key.
    const guessed = await server.query('{ viewer { role } }', {}, `${key.slice(0, -43)}${'x'.repeat(43)}`);
    expect(guessed.errors?.[0]?.message).toBe('the API key is unknown');
    await database.owner.query('update operators set is_active = true where operator_id = $1', [operatorId]);
    expect((await server.query('{ viewer { role } }', {}, key)).status).toBe(200);
  });

  it('is told when it comes with a key that was revoked', async () => {
    const key = await createKey(database.owner, tenant.operatorId);
    await revoke(key);
    expect(await (await open({ apiKey: key })).reason).toBe('the API key was revoked');
  });
});

describe('an event stream', () => {
  const ask = (at: TestServer, headers: Record<string, string>, query = SIGNALS) =>
    fetch(`${at.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify({ query }),
    });

  it('answers queries as its operator', async () => {
    const response = await ask(server, { 'x-api-key': tenant.key }, '{ viewer { operator { name } role } }');
    const { value } = await eventsOf(response.body as AsyncIterable<Uint8Array>).next();
    expect(JSON.parse((value as ServerSentEvent).data)).toEqual({ data: { viewer: OURS } });
  });

  it('is refused with 401 for a key that is not good, and for none where one is needed', async () => {
    expect((await ask(server, { 'x-api-key': 'secret' })).status).toBe(401);
    expect((await ask(closed, {})).status).toBe(401);
  });

  it('ends once its key is revoked', async () => {
    const key = await createKey(database.owner, tenant.operatorId);
    const stream = openStream('event stream by POST', server, { query: SIGNALS, key });
    const other = openStream('event stream by POST', server, { query: SIGNALS });
    await Promise.all([stream.take(1), other.take(1)]);
    await revoke(key);
    expect(await stream.failure()).toEqual(['UNAUTHENTICATED']);
    expect(other.ended).toBe(false);
    other.close();
    await until('an empty hub', () => server.hub.subscriberCount === 0);
  });
});
