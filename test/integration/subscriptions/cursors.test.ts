import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { maintainPartitions } from '../../../src/database/maintenance.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import {
  TRANSPORTS,
  changes,
  gridSignals,
  openStream,
  seen,
  sequenceOf,
  told,
  type Stream,
} from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, readLog, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z');
/** What one partition of the log holds: it expires whole. */
const PARTITION = 100_000;

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

const streams: Stream[] = [];
const open = (transport: (typeof TRANSPORTS)[number], after?: string): Stream => {
  const stream = openStream(transport, server, gridSignals({ after }));
  streams.push(stream);
  return stream;
};
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await until('an empty hub', () => server.hub.subscriberCount === 0);
});

describe('a cursor older than the log', () => {
  let old: string;
  let dropped: number;
  beforeAll(async () => {
    const stream = open('websocket');
    await writer.write([forecast(13, NOON, 1)]);
    old = (await stream.take(1))[0]?.cursor ?? '';
    // The log goes on in its second partition, and the first one is past its retention.
    await database.pool.query('select ensure_log_partitions($1)', [2 * PARTITION]);
    await database.owner.query('update event_head set last_sequence = $1', [PARTITION - 2]);
    await writer.write([1, 2, 3].map((i) => forecast(i, NOON, i)));
    await database.owner.query(`update event_commits set known_at = known_at - interval '9 days'`);
    await writer.write([1, 2, 3].map((i) => forecast(i, NOON, 10 + i)));
    dropped = await maintainPartitions(database, 168);
  });

  it.each(TRANSPORTS)('is told so over %s, with the oldest cursor that works', async (transport) => {
    expect(dropped).toBe(1);
    const stream = open(transport, old);
    expect(await stream.failure()).toEqual(['CURSOR_EXPIRED']);
    const oldest = stream.errors[0]?.extensions.oldestCursor ?? '';
    expect(sequenceOf(oldest)).toBe(BigInt(PARTITION - 1));
    const resumed = open(transport, oldest);
    const log = (await readLog(database, sequenceOf(oldest))).filter(({ topic }) => topic === 'GRID_SIGNALS');
    expect(log.length).toBeGreaterThan(3);
    expect((await resumed.take(log.length)).map(seen)).toEqual(log.map(told));
  });
});

it('a cursor that expires while its reader catches up ends the stream with CURSOR_EXPIRED instead of leaving a hole', async () => {
  const stream = open('websocket');
  const [ready] = await stream.take(1);
  for (let i = 0; i < 4; i += 1) await writer.write([forecast(5, NOON, 100 + i)]);
  await stream.take(4); // its group has them: who comes with the older cursor must read them
  const floor = (): Promise<unknown> =>
    database.owner.query('update event_head set floor_sequence = last_sequence - 1');
  const [{ floor_sequence: before } = { floor_sequence: 0n }] = (
    await database.pool.query<{ floor_sequence: bigint }>('select floor_sequence from event_head')
  ).rows;
  // The head is read twice: when the cursor is checked, and after each stretch that was read.
  const { pool } = database;
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  let stretches = 0;
  pool.query = (async (...args: unknown[]) => {
    const named = args[0] as { name?: string };
    if (named.name === 'log-events' && (stretches += 1) === 1) await floor();
    return query(...args);
  }) as typeof pool.query;
  try {
    const late = open('websocket', ready?.cursor);
    expect(await late.failure()).toEqual(['CURSOR_EXPIRED']);
    expect(changes(late.messages)).toEqual([]);
  } finally {
    pool.query = query as typeof pool.query;
    await database.owner.query('update event_head set floor_sequence = $1', [before]);
  }
});

it('without events of its filter a subscriber is given PROGRESS, whose cursor resumes without missing any', async () => {
  const quiet = await startTestServer(database, { progressMs: 50 });
  const stream = openStream('websocket', quiet, gridSignals({ regionIds: [14] }));
  const [ready] = await stream.take(1);
  const { lastSequence } = await writer.write([forecast(2, NOON, 555)]);
  const [, progress] = await stream.take(2);
  expect(progress).toMatchObject({ kind: 'PROGRESS', signal: null, gap: null });
  expect(sequenceOf(progress?.cursor ?? '')).toBe(lastSequence);
  expect(sequenceOf(progress?.cursor ?? '')).toBeGreaterThan(sequenceOf(ready?.cursor ?? ''));
  stream.close();
  await writer.write([forecast(14, NOON, 556)]);
  const resumed = openStream('websocket', quiet, gridSignals({ regionIds: [14], after: progress?.cursor }));
  expect((await resumed.take(1)).map(seen)).toMatchObject([{ regionId: 14, forecast: 556 }]);
  // A log that stands still is reported once.
  await until('the report of what is new', () => resumed.messages.at(-1)?.kind === 'PROGRESS');
  const told = resumed.messages.length;
  await writer.write([forecast(14, NOON, 557)]);
  await resumed.take(told + 1);
  expect(resumed.messages[told]?.kind).toBe('CHANGE');
  resumed.close();
  await quiet.stop();
});
