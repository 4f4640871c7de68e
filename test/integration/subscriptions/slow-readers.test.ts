import { request, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StreamSettings } from '../../../src/server/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openRaw, type RawSocket } from '../../support/raw-socket.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import {
  changes,
  eventsOf,
  openStream,
  seen,
  sequenceOf,
  told,
  type Message,
  type Operation,
  type Stream,
} from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, readLog, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z').getTime();
const SLOW_BYTES = 256 * 1024;
/** Length of a region's name in this database: what the kernel holds for a reader that stands still is full after some 50. */
const MESSAGE_BYTES = 100_000;
const heavy = (after?: string): Operation => ({
  query: `subscription ($after: String) { gridSignals(regionIds: [13], after: $after) {
    kind cursor gap { from to } signal { from carbonIntensity { forecastGco2PerKwh } region { regionId dnoRegion } } } }`,
  variables: { after },
});
const EVENTS = 150;

let database: TestDatabase;
let writer: Writer;
let server: TestServer;
beforeAll(async () => {
  database = await createTestDatabase();
  writer = await createWriter(database);
  await database.owner.query(`update regions set dno_region = repeat('x', $1) where region_id = 13`, [
    MESSAGE_BYTES,
  ]);
});
afterAll(() => database.drop());
afterEach(() => server.stop());

const serve = async (settings: Partial<StreamSettings>): Promise<void> => {
  server = await startTestServer(database, { slowBytes: SLOW_BYTES, ...settings });
};

let last = 0;
const write = async (count: number): Promise<void> => {
  for (let written = 0; written < count; written += 100) {
    const statements = Array.from({ length: Math.min(100, count - written) }, (_, i) =>
      forecast(13, new Date(NOON + i * 1_800_000), (last = (last + 1) % 30_000)),
    );
    await writer.write(statements);
  }
};

/** A reader that can stand still. */
interface Paused {
  readonly messages: readonly Message[];
  stand(): void;
  go(): void;
  /** The code it was closed with; 0 where the transport has none. */
  readonly closed: Promise<number>;
  leave(): void;
}

const overWebsocket = async (): Promise<Paused> => {
  const raw: RawSocket = await openRaw(server.wsUrl);
  const messages: Message[] = [];
  raw.socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as { payload?: { data: { gridSignals: Message } } };
    if (frame.payload) messages.push(frame.payload.data.gridSignals);
  });
  raw.send({ type: 'subscribe', id: '1', payload: heavy() });
  return {
    messages,
    stand: () => raw.socket.pause(),
    go: () => raw.socket.resume(),
    closed: raw.closed,
    leave: () => raw.socket.terminate(),
  };
};

const overEvents = async (): Promise<Paused> => {
  const { query } = heavy();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(`${server.url}/graphql/stream?${new URLSearchParams({ query }).toString()}`);
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
  });
  const messages: Message[] = [];
  const closed = new Promise<number>((resolve) => response.once('close', () => resolve(0)));
  let standing = false;
  let go: () => void = () => undefined;
  const read = async (): Promise<void> => {
    for await (const { data } of eventsOf(response)) {
      messages.push((JSON.parse(data) as { data: { gridSignals: Message } }).data.gridSignals);
      if (standing) await new Promise<void>((resolve) => (go = resolve));
    }
  };
  read().catch(() => undefined); // told by `closed`
  return {
    messages,
    stand() {
      standing = true;
    },
    go() {
      standing = false;
      go();
    },
    closed,
    leave: () => response.destroy(),
  };
};

const TRANSPORTS = [
  ['a websocket', overWebsocket, 1013],
  ['an event stream', overEvents, 0],
] as const;

describe.each(TRANSPORTS)('a reader of %s that stands still', (_transport, open, tooSlow) => {
  it('holds up nobody, and is told GAP and then exactly what it missed', async () => {
    await serve({ blockedMs: 60_000 });
    const fast: Stream = openStream('websocket', server, heavy());
    const slow = await open();
    await fast.take(1);
    await until('READY', () => slow.messages.length === 1);
    await until('one group', () => server.hub.groupCount === 1 && server.hub.subscriberCount === 2);
    slow.stand();
    const start = sequenceOf(slow.messages[0]?.cursor ?? '');
    await write(EVENTS);
    await until('all of it', () => changes(fast.messages).length === EVENTS);
    expect(slow.messages.length).toBeLessThan(EVENTS / 2);
    expect(server.hub).toMatchObject({ subscriberCount: 2, counts: { abandoned: 0 } });

    slow.go();
    await until('what it missed', () => changes(slow.messages).length === EVENTS);
    await write(1);
    await until('what is new', () => changes(slow.messages).length === EVENTS + 1);
    const log = (await readLog(database, start)).filter(({ topic }) => topic === 'GRID_SIGNALS');
    expect(changes(slow.messages).map(seen)).toEqual(log.map(told));

    const at = slow.messages.findIndex(({ kind }) => kind === 'GAP');
    const gap = slow.messages[at]?.gap;
    const before = slow.messages[at - 1]?.cursor;
    expect(gap?.from).toBe(before);
    expect(slow.messages[at]?.cursor).toBe(before);
    const covered = slow.messages
      .slice(at + 1)
      .filter(({ cursor }) => sequenceOf(cursor) <= sequenceOf(gap?.to ?? ''));
    expect(covered.length).toBeGreaterThan(EVENTS / 4);
    expect(covered.map(({ kind }) => kind)).toEqual(covered.map(() => 'CHANGE'));
    expect(sequenceOf(covered.at(-1)?.cursor ?? '')).toBe(
      log.findLast(({ sequence }) => sequence <= sequenceOf(gap?.to ?? ''))?.sequence,
    );
    slow.leave();
    fast.close();
  });

  it('is closed when it takes nothing for too long, and leaves nothing behind; who reads is not', async () => {
    await serve({ blockedMs: 400 });
    const fast: Stream = openStream('websocket', server, heavy());
    const slow = await open();
    await fast.take(1);
    await until('one group', () => server.hub.groupCount === 1 && server.hub.subscriberCount === 2);
    slow.stand();
    await write(EVENTS);
    await until('its end', () => server.hub.counts.abandoned === 1 && server.hub.subscriberCount === 1);
    slow.go();
    expect(await slow.closed).toBe(tooSlow);
    expect(slow.messages.length).toBeLessThan(EVENTS);
    await until('all of it', () => changes(fast.messages).length === EVENTS);
    fast.close();
    await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
    expect(server.hub.counts.abandoned).toBe(1);
  });

  it('while it catches up is closed as well', async () => {
    await serve({ blockedMs: 400 });
    const before = openStream('websocket', server, heavy());
    const [ready] = await before.take(1);
    before.close();
    await write(EVENTS);
    const raw = await openRaw(server.wsUrl);
    raw.send({ type: 'subscribe', id: '1', payload: heavy(ready?.cursor) });
    raw.socket.pause();
    await until('its end', () => server.hub.counts.abandoned === 1 && server.hub.subscriberCount === 0);
    raw.socket.resume();
    expect(await raw.closed).toBe(1013);
  });
});

describe('a websocket', () => {
  it('of a client that is gone without a word is closed although nothing was sent, one of a quiet client is not', async () => {
    await serve({ blockedMs: 300 });
    const quiet = await openRaw(server.wsUrl);
    const gone = await openRaw(server.wsUrl);
    gone.socket.pause();
    await until('its end', () => server.hub.counts.abandoned === 1);
    gone.socket.resume();
    expect(await gone.closed).toBe(1013);
    quiet.send({ type: 'ping' });
    await quiet.frame('pong');
    expect(server.hub.counts.abandoned).toBe(1);
    quiet.socket.terminate();
  });

  it('whose client asks and never reads is closed before its answers fill the memory', async () => {
    await serve({ blockedMs: 60_000 });
    const raw = await openRaw(server.wsUrl);
    raw.socket.pause();
    const payload = { query: `{ region(regionId: 13) { dnoRegion } }` };
    let asked = 0;
    await until('its end', () => {
      for (let i = 0; i < 10; i += 1) raw.send({ type: 'subscribe', id: String((asked += 1)), payload });
      return server.hub.counts.abandoned === 1;
    });
    raw.socket.resume();
    expect(await raw.closed).toBe(1013);
    expect(asked).toBeLessThan(1_000);
  });
});

it('a server stops although a reader stands still', async () => {
  await serve({ blockedMs: 60_000 });
  const slow = await overWebsocket();
  await until('READY', () => slow.messages.length === 1);
  slow.stand();
  await write(EVENTS);
  await until('a full socket', () => server.hub.groupCount === 0);
  await server.stop();
  slow.go();
  expect(await slow.closed).toBe(1006);
});
