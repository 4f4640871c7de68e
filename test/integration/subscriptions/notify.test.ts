import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/open.js';
import { LISTED_SOURCES } from '../../../src/ingest/registry.js';
import { SYNTHETIC_SOURCE } from '../../../src/ingest/synthetic-fill.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer } from '../../support/server.js';
import { gridSignals, openStream, seen } from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z');

let database: TestDatabase;
let writer: Writer;
beforeAll(async () => {
  database = await createTestDatabase();
  writer = await createWriter(database);
});
afterAll(() => database.drop());

const listeners = async (): Promise<number[]> => {
  const { rows } = await database.owner.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'pylon-listen' and datname = current_database()`,
  );
  return rows.map(({ pid }) => pid);
};
/** As the login it belongs to, who may end its own connections. */
const cut = (pids: readonly number[]): Promise<unknown> =>
  database.pool.query('select pg_terminate_backend(pid) from unnest($1::integer[]) as p (pid)', [pids]);

it('events arrive while nobody listens, and without waiting for the poll once somebody does again', async () => {
  const server = await startTestServer(database, { pollMs: 150 });
  const stream = openStream('websocket', server, gridSignals({}));
  await stream.take(1);
  const [first] = await until('a listener', async () => {
    const pids = await listeners();
    return pids.length > 0 && pids;
  });
  await cut([first ?? 0]);
  await until('nobody listens', async () => (await listeners()).length === 0);
  await writer.write([forecast(1, NOON, 1)]);
  await stream.take(2);
  const again = await until('a new listener', async () => {
    const pids = await listeners();
    return pids.length > 0 && pids;
  });
  expect(again).not.toContain(first);
  await writer.write([forecast(1, NOON, 2)]);
  expect((await stream.take(3)).slice(1).map((message) => seen(message).forecast)).toEqual([1, 2]);
  stream.close();
  await server.stop();
  await until('nobody listens', async () => (await listeners()).length === 0);
});

it('without a poll in sight NOTIFY alone wakes, also after its connection was cut and what came meanwhile was missed', async () => {
  const server = await startTestServer(database, { pollMs: 3_600_000 });
  const stream = openStream('websocket', server, gridSignals({ regionIds: [2] }));
  await stream.take(1);
  const pids = await until('a listener', async () => {
    const found = await listeners();
    return found.length > 0 && found;
  });
  await writer.write([forecast(2, NOON, 1)]);
  await stream.take(2);
  await cut(pids);
  await until('nobody listens', async () => (await listeners()).length === 0);
  await writer.write([forecast(2, NOON, 2)]);
  await stream.take(3);
  await writer.write([forecast(2, NOON, 3)]);
  expect((await stream.take(4)).slice(1).map((message) => seen(message).forecast)).toEqual([1, 2, 3]);
  stream.close();
  await server.stop();
});

it('every connection of the server being cut at once ends no stream and loses nothing', async () => {
  const connections = async (): Promise<number[]> => {
    const { rows } = await database.owner.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name like 'pylon%'`,
    );
    return rows.map(({ pid }) => pid);
  };
  const ofWriter = new Set(await connections());
  const ofServer = await openDatabase({
    ownerUrl: database.ownerUrl,
    appUrl: null,
    pylonNow: null,
    sources: [...LISTED_SOURCES, SYNTHETIC_SOURCE],
    onError: () => undefined, // what this test does to them
  });
  const server = await startTestServer(ofServer, { pollMs: 100 });
  const stream = openStream('websocket', server, gridSignals({ regionIds: [3] }));
  await stream.take(1);
  await until('a group', () => server.hub.groupCount === 1);
  const values = Array.from({ length: 20 }, (_, i) => i);
  for (const value of values) {
    if (value % 5 === 0) await cut((await connections()).filter((pid) => !ofWriter.has(pid)));
    await writer.write([forecast(3, NOON, value)]);
  }
  const messages = await stream.take(21);
  expect(messages.slice(1).map((message) => seen(message).forecast)).toEqual(values);
  stream.close();
  await server.stop();
  await ofServer.close();
});
