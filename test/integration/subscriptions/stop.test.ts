import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openRaw } from '../../support/raw-socket.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { eventsOf, gridSignals } from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z').getTime();
const { query } = gridSignals({});

let database: TestDatabase;
let writer: Writer;
beforeAll(async () => {
  database = await createTestDatabase();
  writer = await createWriter(database);
});
afterAll(() => database.drop());

const openEvents = (server: TestServer): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = request(`${server.url}/graphql/stream?${new URLSearchParams({ query }).toString()}`);
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
  });

it('a server that stops closes its streams without telling them that they are complete', async () => {
  const server = await startTestServer(database);
  const raw = await openRaw(server.wsUrl);
  raw.send({ type: 'subscribe', id: '1', payload: { query } });
  await raw.frame('next', '1');
  const response = await openEvents(server);
  const told: string[] = [];
  const reading = (async () => {
    for await (const { event } of eventsOf(response)) told.push(event);
  })().catch(() => undefined); // the connection is cut, as it should be
  await until('READY', () => told.length === 1);
  await server.stop();
  await reading;
  expect(await raw.closed).toBe(1001);
  expect(told).toEqual(['next']);
  expect(raw.frames.map(({ type }) => type)).toEqual(['connection_ack', 'next']);
  expect(server.hub).toMatchObject({ subscriberCount: 0, groupCount: 0 });
});

it('what is subscribed to while a server stops, and while it delivers, leaves nothing behind', async () => {
  const server = await startTestServer(database);
  const sockets = await Promise.all(Array.from({ length: 10 }, () => openRaw(server.wsUrl)));
  for (const raw of sockets) raw.send({ type: 'subscribe', id: '1', payload: { query } });
  await until('ten subscribers', () => server.hub.subscriberCount === 10);
  const statements = Array.from({ length: 500 }, (_, i) => forecast(13, new Date(NOON + i * 1_800_000), i));
  const writing = writer.write(statements);
  await until('a delivery', () => sockets.some(({ frames }) => frames.length > 2));
  const stopping = server.stop();
  for (const raw of sockets)
    for (let i = 2; i < 50; i += 1) raw.send({ type: 'subscribe', id: String(i), payload: { query } });
  await stopping;
  await writing;
  // A client that is behind with its reading is cut instead.
  for (const { closed } of sockets) expect([1001, 1006]).toContain(await closed);
  await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
  await expect(openRaw(server.wsUrl)).rejects.toThrow('ECONNREFUSED');
});
