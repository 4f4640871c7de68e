import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database/open.js';
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
  type Message,
  type Stream,
} from '../../support/streams.js';
import { until } from '../../support/until.js';
import { createWriter, forecast, readLog, type LoggedEvent, type Writer } from '../../support/writer.js';

const RUNS = process.env['PYLON_SOAK'] ? 300 : 8;
const NOON = new Date('2026-03-02T12:00:00Z').getTime();
const WRITERS = 3;
/** Forecasts that are written lie in 0–99; a filter takes those below. */
const BELOW = 60;

/** What may happen next; steps overlap, because nothing waits for a write to end or for a reader to be served. */
type Step =
  | {
      readonly do: 'write';
      readonly writer: number;
      readonly regions: readonly number[];
      readonly seed: number;
    }
  | {
      readonly do: 'join';
      readonly filter: number;
      readonly server: number;
      readonly transport: number;
      readonly back: number | null;
    }
  | { readonly do: 'leave' | 'rejoin'; readonly reader: number; readonly server: number }
  | { readonly do: 'pause'; readonly ms: number };

const FILTERS = [
  { regionIds: [1] },
  { regionIds: [2, 3] },
  { regionIds: [1, 2, 3, 4], below: BELOW },
  {},
] as const;

const passes = (filter: (typeof FILTERS)[number], { topic, regionId, forecast }: LoggedEvent): boolean =>
  topic === 'GRID_SIGNALS' &&
  (!('regionIds' in filter) || filter.regionIds.some((id) => id === regionId)) &&
  (!('below' in filter) || (forecast ?? Infinity) < filter.below);

const small = (max: number) => fc.integer({ min: 0, max });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      writer: small(WRITERS - 1),
      regions: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      seed: small(99),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      filter: small(FILTERS.length - 1),
      server: small(1),
      transport: small(TRANSPORTS.length - 1),
      back: fc.option(small(30)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('leave' as const), reader: small(9), server: small(1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('rejoin' as const), reader: small(9), server: small(1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pause' as const), ms: small(15) }) },
);

/** A client that stores the cursor of the last message it was given, and comes back with it. */
interface Reader {
  readonly filter: (typeof FILTERS)[number];
  readonly transport: (typeof TRANSPORTS)[number];
  /** Where it began; null until READY tells. */
  readonly start: bigint | null;
  readonly sessions: Stream[];
}

const messagesOf = ({ sessions }: Reader): Message[] => sessions.flatMap(({ messages }) => messages);

let database: TestDatabase;
let servers: TestServer[];
let writers: Writer[];

/** The same database with a reader's statements delayed: deliveries, joins and catch-ups then overlap in every way. */
function slowed(delayMs: () => number): Database {
  const pool = Object.create(database.pool) as Database['pool'];
  const query = database.pool.query.bind(database.pool) as (...args: unknown[]) => Promise<unknown>;
  pool.query = (async (...args: unknown[]) => {
    await sleep(delayMs());
    const answer = await query(...args);
    await sleep(delayMs()); // it is out of date by the time it is used
    return answer;
  }) as typeof pool.query;
  return { ...database, pool, reader: { ...database.reader, db: pool } };
}

beforeAll(async () => {
  database = await createTestDatabase();
  const settings = { progressMs: 8, pollMs: 20 };
  servers = [
    await startTestServer(
      slowed(() => Math.random() * 4),
      settings,
    ),
    // This one is always behind the other: who comes over from there has cursors it has not got to yet.
    await startTestServer(
      slowed(() => 10 + Math.random() * 30),
      settings,
    ),
  ];
  writers = await Promise.all(Array.from({ length: WRITERS }, () => createWriter(database)));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

async function play(steps: readonly Step[]): Promise<void> {
  const logBefore = await readLog(database);
  const readers: Reader[] = [];
  const writes = new Map<number, Promise<unknown>>();
  const enter = (reader: Reader, server: number, after: string | undefined): void => {
    const at = servers[server] as TestServer;
    reader.sessions.push(openStream(reader.transport, at, gridSignals({ ...reader.filter, after })));
  };
  const rejoin = (reader: Reader, server: number): void => {
    if (!reader.sessions.at(-1)?.ended) reader.sessions.at(-1)?.close();
    const last = messagesOf(reader).at(-1);
    // Who was told nothing begins again where it wanted to begin.
    enter(reader, server, last?.cursor ?? (reader.start === null ? undefined : cursorAt(reader.start)));
  };
  const anyCursor = (await firstCursor()) ?? '';
  const cursorAt = (sequence: bigint): string => cursorLike(anyCursor, sequence);

  for (const each of steps) {
    if (each.do === 'pause') await sleep(each.ms);
    else if (each.do === 'write') {
      const statements = each.regions.map((regionId) =>
        forecast(
          regionId,
          new Date(NOON + (each.seed % 3) * 1_800_000),
          (each.seed * 7 + regionId * 13) % 100,
        ),
      );
      const before = writes.get(each.writer) ?? Promise.resolve();
      writes.set(
        each.writer,
        before.then(() => writers[each.writer]?.write(statements)),
      );
    } else if (each.do === 'join') {
      const past = each.back === null ? null : logBefore.at(-1 - each.back);
      const reader: Reader = {
        filter: FILTERS[each.filter] ?? {},
        transport: TRANSPORTS[each.transport] ?? 'websocket',
        start: past?.sequence ?? null,
        sessions: [],
      };
      readers.push(reader);
      enter(reader, each.server, past ? cursorAt(past.sequence) : undefined);
    } else {
      const reader = readers[each.reader % Math.max(readers.length, 1)];
      if (reader && each.do === 'leave') reader.sessions.at(-1)?.close();
      if (reader && each.do === 'rejoin') rejoin(reader, each.server);
    }
  }
  await Promise.all(writes.values());
  const log = await readLog(database);
  const end = log.at(-1)?.sequence ?? 0n;
  for (const reader of readers) rejoin(reader, 0);
  for (const reader of readers) {
    await until('all of the log', () => {
      const last = messagesOf(reader).at(-1);
      return last !== undefined && (sequenceOf(last.cursor) >= end || isLastOfFilter(reader, last, log));
    });
  }
  // What should not come would come now.
  await until('PROGRESS to the end', () =>
    readers.every((reader) => sequenceOf(messagesOf(reader).at(-1)?.cursor ?? '') >= end),
  );
  for (const reader of readers) {
    for (const { errors } of reader.sessions) expect(errors).toEqual([]);
    const messages = messagesOf(reader);
    const start = reader.start ?? sequenceOf(messages[0]?.cursor ?? '');
    const expected = log.filter((event) => event.sequence > start && passes(reader.filter, event));
    expect(changes(messages).map(seen)).toEqual(expected.map(told));
    refuseOvertaking(messages);
    reader.sessions.at(-1)?.close();
  }
  await until('empty hubs', () =>
    servers.every(({ hub }) => hub.subscriberCount === 0 && hub.groupCount === 0),
  );
}

const isLastOfFilter = (reader: Reader, last: Message, log: readonly LoggedEvent[]): boolean =>
  !log.some((event) => event.sequence > sequenceOf(last.cursor) && passes(reader.filter, event));

/** A cursor says that all before it was told: none may come after one that is further on. */
function refuseOvertaking(messages: readonly Message[]): void {
  let furthest = 0n;
  for (const { kind, cursor } of messages) {
    const sequence = sequenceOf(cursor);
    if (kind === 'CHANGE') expect(sequence).toBeGreaterThan(furthest);
    else expect(sequence).toBeGreaterThanOrEqual(furthest);
    furthest = sequence;
  }
}

async function firstCursor(): Promise<string | undefined> {
  const stream = openStream('websocket', servers[0] as TestServer, gridSignals({}));
  const [ready] = await stream.take(1);
  stream.close();
  return ready?.cursor;
}

/** A cursor of the same log at another place. */
function cursorLike(cursor: string, sequence: bigint): string {
  const [version, logId] = Buffer.from(cursor, 'base64url').toString().split('.');
  return Buffer.from(`${version}.${logId}.${sequence}`).toString('base64url');
}

describe('under any interleaving of writers and of readers who join, leave and come back, at either of two servers', () => {
  it(
    'what each reader was given is the log of its filter: nothing lost, nothing twice, in order',
    { timeout: 20 * 60_000 },
    async () => {
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), play), {
        numRuns: RUNS,
        endOnFailure: true,
      });
    },
  );
});
