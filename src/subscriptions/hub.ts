import type { Context } from '../context.js';
import { decodeCursor, encodeCursor } from '../domain/cursor.js';
import { PylonError, messageOf } from '../domain/errors.js';
import { readLogHead, type LogEvent } from '../database/event-log.js';
import type { GraphDatabase } from '../database/prisma.js';
import { readEventReaders, type EventReaders } from '../database/event-states.js';
import type { Viewer } from '../domain/viewer.js';
import type { Logger } from '../logger.js';
import type { Audience } from './audience.js';
import { Batch } from './batch.js';
import { Group } from './group.js';
import {
  computeSequences,
  loadObjects,
  withStates,
  type LoadedObjects,
  type OpenObjects,
} from './loaded-objects.js';
import { followLog, type LogFollower } from './log-follower.js';
import { render, type FormatErrors, type SharedOperation } from './render.js';
import type { RenderedMessage, Sink } from './sink.js';
import type { StreamDefinition, StreamKind, StreamMessage } from './stream.js';
import { Subscriber, type Shared } from './subscriber.js';
import { Turnstile } from '../domain/turnstile.js';

/** Catch-ups that read at one time: thousands of readers who come back together leave the database to others too. */
const CATCH_UPS_AT_ONCE = 4;
/** A batch that a group could not be shown so often ends its members' streams: they hold up nobody. */
const ATTEMPTS = 3;

export interface HubOptions {
  readonly database: GraphDatabase;
  readonly log: Logger;
  /** A context for what is pushed to a viewer, or to everybody: its loaders serve one batch. */
  readonly createContext: (viewer?: Viewer) => Context;
  readonly formatErrors: FormatErrors;
  /** How long a subscription may be silent before PROGRESS says how far the log was read. */
  readonly progressMs: number;
  readonly pollMs: number;
  /** A reader with more unread bytes than this falls out of its group until it has caught up. */
  readonly slowBytes: number;
  /** A connection whose reader takes nothing for this long is closed, by its transport. */
  readonly blockedMs: number;
}

/** What one audience is shown of a batch. */
interface Showing {
  readonly objects: LoadedObjects;
  readonly context: Context;
}

/** Hands the log to everyone who subscribed in this process. */
export class Hub {
  readonly options: HubOptions;
  readonly counts: { messages: number; gaps: number; abandoned: number } = {
    messages: 0,
    gaps: 0,
    abandoned: 0,
  };
  readonly catchUps = new Turnstile(CATCH_UPS_AT_ONCE);
  readonly #logId: string;
  readonly #groups = new Map<string, Group>();
  readonly #subscribers = new Set<Subscriber>();
  /** End of the newest batch whose delivery has begun. */
  #begunTo: bigint;
  #work: Promise<void> = Promise.resolve();
  #follower: LogFollower | null = null;
  #progress: NodeJS.Timeout | null = null;
  #stopped = false;

  private constructor(options: HubOptions, logId: string, begunTo: bigint) {
    this.options = options;
    this.#logId = logId;
    this.#begunTo = begunTo;
  }

  static async start(options: HubOptions): Promise<Hub> {
    const { pool, appUrl } = options.database;
    const head = await readLogHead(pool);
    const hub = new Hub(options, head.logId, head.lastSequence);
    hub.#follower = followLog({
      pool,
      from: head.lastSequence,
      url: appUrl,
      pollMs: options.pollMs,
      log: options.log,
      onEvents: (events) => hub.#inTurn(() => hub.#deliver(events)),
    });
    hub.#progress = setInterval(() => void hub.#inTurn(() => hub.#reportProgress()), options.progressMs / 2);
    hub.#progress.unref();
    return hub;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  /**
   * Begins to serve one subscriber.
   *
   * @returns its beginning, to be called once its transport is ready, and its end.
   * @throws {PylonError} BAD_CURSOR, CURSOR_EXPIRED
   */
  async subscribe(
    shared: Shared,
    after: string | null,
    sink: Sink,
  ): Promise<{ readonly start: () => void; readonly stop: () => void }> {
    const head = await readLogHead(this.options.database.pool);
    const position =
      after === null ? head.lastSequence : this.#positionOf(after, head.lastSequence, head.floorSequence);
    const subscriber = new Subscriber(this, sink, shared, position);
    if (this.#stopped) subscriber.stop();
    else this.#subscribers.add(subscriber);
    return { start: () => subscriber.start(after === null), stop: () => subscriber.stop() };
  }

  forget(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  cursorAt(sequence: bigint): string {
    return encodeCursor(this.#logId, sequence);
  }

  /** Up to where a subscriber must have read by itself before it may join its group. */
  joinsAt(key: string): bigint {
    return this.#groups.get(key)?.deliveredTo ?? this.#begunTo;
  }

  /** Joins its group, made now if it is the first; to be called at `joinsAt`, in the same turn. */
  join({ key, operation, definition }: Shared, member: Subscriber): Group {
    const group = this.#groups.get(key) ?? new Group(key, operation, definition, this.#begunTo);
    this.#groups.set(key, group);
    group.join(member);
    return group;
  }

  leave(key: string, member: Subscriber): void {
    const group = this.#groups.get(key);
    group?.members.delete(member);
    if (group?.members.size === 0) this.#groups.delete(key);
  }

  /** A message that is not about an event. */
  renderNotice(
    operation: SharedOperation,
    kind: StreamKind,
    sequence: bigint,
    gap: StreamMessage['gap'],
  ): Promise<RenderedMessage> {
    return render(
      operation,
      { kind, cursor: this.cursorAt(sequence), gap },
      sequence,
      this.options.createContext(),
      this.options.formatErrors,
    );
  }

  /** The CHANGEs that some events are to one definition. Executed side by side, so that their loads are one. */
  async renderChanges(
    { operation, definition }: { readonly operation: SharedOperation; readonly definition: StreamDefinition },
    events: readonly LogEvent[],
    objects: LoadedObjects,
    context: Context,
  ): Promise<RenderedMessage[]> {
    const messages = events.flatMap((event) => {
      const fields = definition.show(event, objects);
      if (!fields) return [];
      const cursor = this.cursorAt(event.sequence);
      const message = { kind: 'CHANGE', cursor, gap: null, ...fields } as const;
      return [render(operation, message, event.sequence, context, this.options.formatErrors)];
    });
    return Promise.all(messages);
  }

  /** Nothing is sent any more, and no stream is told that it is over: its reader resumes elsewhere. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#progress) clearInterval(this.#progress);
    await this.#follower?.stop();
    await this.#work;
    for (const subscriber of this.#subscribers) subscriber.stop();
  }

  /** Deliveries and progress reports take turns: a PROGRESS must never overtake a batch that is still going out. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work);
    this.#work = turn.catch((error: unknown) => this.options.log.error({ error }, 'hub.delivery.failed'));
    return turn;
  }

  async #deliver(events: readonly LogEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const batch = new Batch(events);
    const groups = [...this.#groups.values()];
    const picked = groups.map((group) =>
      group.definition.pick(batch).filter(({ sequence }) => sequence > group.deliveredTo),
    );
    const { database, createContext } = this.options;
    let loading: Promise<readonly [OpenObjects, EventReaders]> | null = null;
    const load = (all: readonly LogEvent[]): Promise<readonly [OpenObjects, EventReaders]> =>
      Promise.all([loadObjects(database, all), readersOf(database, all)]);
    const showings = new Map<string, Showing>();
    /** What is loaded once for all groups of one audience, and executed in one context. */
    const showingTo = async ({ key, viewer }: Audience): Promise<Showing> => {
      const earlier = showings.get(key);
      if (earlier) return earlier;
      const wanted = unionOf(picked.filter((_, i) => groups[i]?.operation.audience.key === key));
      const [open, readers] = await (loading ??= load(unionOf(picked)));
      const objects = await withStates(database, viewer, wanted, open, readers);
      const showing = { objects, context: createContext(viewer) };
      showings.set(key, showing);
      return showing;
    };
    this.#begunTo = last.sequence;
    const failures: unknown[] = [];
    for (const [i, group] of groups.entries()) {
      if (last.sequence <= group.deliveredTo || group.members.size === 0) continue;
      const own = picked[i] ?? [];
      const showing = own.length > 0 ? await showingTo(group.operation.audience) : null;
      try {
        const messages = showing
          ? await this.renderChanges(group, own, showing.objects, showing.context)
          : [];
        group.failures = 0;
        await group.deliver(messages, last.sequence);
      } catch (error) {
        group.failures += 1;
        if (group.failures >= ATTEMPTS) group.fail(error);
        else failures.push(error);
      }
    }
    // The same batch is then read again; who was handed it does not get it twice.
    if (failures.length > 0) throw failures[0];
  }

  async #reportProgress(): Promise<void> {
    const quietSince = performance.now() - this.options.progressMs;
    for (const group of [...this.#groups.values()]) {
      if (group.lastMessageAt > quietSince || group.deliveredTo <= group.lastMessageSequence) continue;
      try {
        await group.announce(await this.renderNotice(group.operation, 'PROGRESS', group.deliveredTo, null));
      } catch (error) {
        this.options.log.warn({ error: messageOf(error) }, 'hub.progress.failed'); // it is tried again with the next
      }
    }
  }

  #positionOf(cursor: string, lastSequence: bigint, floorSequence: bigint): bigint {
    const position = decodeCursor(cursor);
    if (!position || position.logId !== this.#logId || position.sequence > lastSequence) {
      const why =
        position && position.logId !== this.#logId
          ? 'belongs to another database'
          : 'is no cursor of this log';
      throw new PylonError(
        'BAD_CURSOR',
        `after: ${JSON.stringify(cursor.slice(0, 60))} ${why}; subscribe without \`after\``,
      );
    }
    this.refuseExpired(position.sequence, floorSequence);
    return position.sequence;
  }

  /** @throws {PylonError} CURSOR_EXPIRED when the log no longer holds what follows. */
  refuseExpired(sequence: bigint, floorSequence: bigint): void {
    if (sequence >= floorSequence) return;
    throw new PylonError(
      'CURSOR_EXPIRED',
      'the cursor is older than the log keeps; resume from oldestCursor, and read what lies between by asOf queries',
      {
        details: { oldestCursor: this.cursorAt(floorSequence) },
      },
    );
  }
}

const unionOf = (lists: readonly (readonly LogEvent[])[]): readonly LogEvent[] =>
  lists.length === 1 ? (lists[0] ?? []) : [...new Set(lists.flat())];

/** Asked once for all audiences, of which most may see nothing of a batch. */
function readersOf({ pool }: GraphDatabase, events: readonly LogEvent[]): Promise<EventReaders> {
  const sequences = computeSequences(events);
  return sequences.length > 0 ? readEventReaders(pool, sequences) : Promise.resolve(new Map());
}
