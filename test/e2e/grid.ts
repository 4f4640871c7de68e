/** A publisher that has something new to say at every request, and servers that are asked to look at every second. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addHalfHours, floorToHalfHour } from '../../src/domain/half-hour.js';
import { expect } from 'vitest';
import { readLogHead } from '../../src/database/event-log.js';
import { decodeCursor } from '../../src/domain/cursor.js';
import type { TestDatabase } from '../support/database.js';
import { wholeElexon } from '../support/elexon-payloads.js';
import { factorsBody, generationBody, nationalBody, regionalBody } from '../support/payloads.js';
import { startPylon, type PylonProcess } from '../support/process.js';
import { events, openStream, sequenceOf, type Message, type Stream } from '../support/streams.js';
import { until } from '../support/until.js';
import { readLog } from '../support/writer.js';

const PERIODS = 4;

export interface RestlessPublisher {
  readonly url: string;
  /** Keeps the next request for `path` waiting; `release` answers it with this regional forecast everywhere. */
  hold(path: string): { readonly asked: Promise<void>; readonly release: (forecast: number) => void };
  close(): Promise<void>;
}

export async function startRestlessPublisher(): Promise<RestlessPublisher> {
  let revision = 0;
  let held: {
    readonly path: string;
    readonly take: (answer: (forecast: number) => void) => void;
  } | null = null;
  const body = (path: string, forecast: number): unknown => {
    const start = floorToHalfHour(new Date());
    if (path === '/intensity/factors') return factorsBody({ Gas: forecast });
    if (path.startsWith('/regional/')) return regionalBody(start, PERIODS, () => forecast);
    if (path.startsWith('/generation/2'))
      return generationBody(addHalfHours(start, -PERIODS), PERIODS, () => forecast % 100);
    if (!path.startsWith('/intensity/')) return wholeElexon(start, path);
    return nationalBody(start, PERIODS, () => ({ forecast, actual: null }));
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const answer = (forecast: number): void => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(body(path, forecast)));
    };
    if (held && path.startsWith(held.path)) {
      const { take } = held;
      held = null;
      take(answer);
    } else answer((revision = (revision + 1) % 900));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(path) {
      let release: (forecast: number) => void = () => undefined;
      const asked = new Promise<void>((resolve) => {
        held = {
          path,
          take(answer) {
            release = answer;
            resolve();
          },
        };
      });
      return { asked, release: (forecast) => release(forecast) };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A server that looks every second, and takes the lead soon after the leader is gone. */
export const serveGrid = (
  database: TestDatabase,
  publisher: { readonly url: string },
): Promise<PylonProcess> =>
  startPylon(['serve'], {
    PORT: '0',
    LOG_LEVEL: 'info',
    DATABASE_URL: database.ownerUrl,
    CARBON_INTENSITY_URL: publisher.url,
    ELEXON_URL: publisher.url,
    INGEST_INTERVAL_SECONDS: '1',
    LEASE_SECONDS: '6',
    SOURCE_TIMEOUT_MS: '60000',
  });

/** Ages what the sources said, so that each is due at every look as it is after half an hour; until it is stopped. */
export function keepDue(database: TestDatabase): () => Promise<void> {
  let stopped = false;
  const age = async (): Promise<void> => {
    while (!stopped) {
      await database.owner.query(
        `update ingest_runs set started_at = started_at - interval '25 hours' where started_at > now() - interval '24 hours'`,
      );
      await sleep(100);
    }
  };
  const ageing = age();
  return async () => {
    stopped = true;
    await ageing;
  };
}

/** A client that keeps the cursor of its last message, and comes back with it to whatever server there is. */
export class Follower {
  readonly errors: string[] = [];
  /** How many connections told it anything. */
  sessions = 0;
  readonly #addressNow: () => string | null;
  readonly #told: Message[] = [];
  #stream: Stream | null = null;
  #stopped = false;
  readonly #following: Promise<void>;

  constructor(addressNow: () => string | null) {
    this.#addressNow = addressNow;
    this.#following = this.#follow();
  }

  /** How many messages it was told so far. */
  get count(): number {
    return this.#told.length + (this.#stream?.messages.length ?? 0);
  }

  /** Waits until it has been told everything to a sequence. */
  reach(sequence: bigint): Promise<unknown> {
    return until(`sequence ${sequence} at a follower`, () => {
      const last = this.#last();
      return last !== undefined && sequenceOf(last.cursor) >= sequence;
    });
  }

  /** Leaves, and answers everything it was told. */
  async stop(): Promise<readonly Message[]> {
    this.#stopped = true;
    this.#stream?.close();
    await this.#following;
    return this.#told;
  }

  #last(): Message | undefined {
    return this.#stream?.messages.at(-1) ?? this.#told.at(-1);
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      const url = this.#addressNow();
      if (url !== null) {
        const stream = openStream('websocket', { url }, events({ after: this.#last()?.cursor }));
        this.#stream = stream;
        while (!stream.ended && !this.#stopped) await sleep(5);
        this.#told.push(...stream.messages);
        if (stream.messages.length > 0) this.sessions += 1;
        this.errors.push(...stream.errors.map(({ extensions }) => extensions.code));
        this.#stream = null;
      }
      await sleep(20);
    }
  }
}

interface Told {
  readonly sequence: bigint;
  readonly topic: unknown;
  readonly regionId: number | null;
}

/** The log in the form of what a follower was told. */
async function logAfter(database: TestDatabase, cursor: string): Promise<readonly Told[]> {
  const start = decodeCursor(cursor)?.sequence ?? 0n;
  return (await readLog(database, start)).map(({ sequence, topic, regionId }) => ({
    sequence,
    topic,
    regionId,
  }));
}

const toldIn = (messages: readonly Message[]): readonly Told[] =>
  messages
    .filter(({ kind }) => kind === 'CHANGE')
    .map(({ cursor, topic, signal }) => ({
      sequence: sequenceOf(cursor),
      topic,
      regionId: signal?.region.regionId ?? null,
    }));

export async function lastSequence({ pool }: TestDatabase): Promise<bigint> {
  return (await readLogHead(pool)).lastSequence;
}

/** Holds what a follower was told against the log since its READY; of what is written meanwhile, as far as it was told. */
export async function expectWholeLog(database: TestDatabase, follower: Follower): Promise<void> {
  await follower.reach(await lastSequence(database));
  const messages = await follower.stop();
  const [ready] = messages;
  expect(ready?.kind).toBe('READY');
  expect(follower.errors).toEqual([]);
  const told = toldIn(messages);
  const end = told.at(-1)?.sequence ?? 0n;
  const log = (await logAfter(database, ready?.cursor ?? '')).filter(({ sequence }) => sequence <= end);
  expect(log.length).toBeGreaterThan(100);
  expect(told).toEqual(log);
}

/** Waits until nobody has written for longer than a server waits between two looks. */
export async function atRest(database: TestDatabase): Promise<void> {
  await until('a log at rest', async () => {
    const before = await lastSequence(database);
    await sleep(1_500);
    return (await lastSequence(database)) === before;
  });
}
