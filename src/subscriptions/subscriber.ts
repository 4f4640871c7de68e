import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents, readLogHead } from '../database/event-log.js';
import { messageOf } from '../domain/errors.js';
import { Batch } from './batch.js';
import type { Member } from './group.js';
import type { Hub } from './hub.js';
import { loadObjects, withStates } from './loaded-objects.js';
import type { SharedOperation } from './render.js';
import type { RenderedMessage, Sink } from './sink.js';
import type { StreamDefinition, StreamMessage } from './stream.js';

/** Small, so that a catch-up takes turns with everyone else's. */
const EVENTS_A_READ = 200;
const DRAIN_POLL_MS = 25;

/** What is executed for a subscriber, and for all others with the same key. */
export interface Shared {
  /** What may be executed together, as `groupKey` tells it. */
  readonly key: string;
  readonly operation: SharedOperation;
  readonly definition: StreamDefinition;
}

/**
 * One reader. It reads the log by itself until it is where its group is, then lives in the group; when it is too slow it
 * falls out, is told GAP once it can read again, catches up by itself and joins again. Nothing is lost and nothing comes
 * twice, because every message has a sequence and `position` only grows.
 */
export class Subscriber implements Member {
  readonly #hub: Hub;
  readonly #sink: Sink;
  /** Its own until it joins a group, then the group's: thousands hold one. */
  #shared: Shared;
  #position: bigint;
  #told: bigint;
  #live = false;
  #closed = false;

  /** @param position everything to here it has. */
  constructor(hub: Hub, sink: Sink, shared: Shared, position: bigint) {
    this.#hub = hub;
    this.#sink = sink;
    this.#shared = shared;
    this.#position = position;
    this.#told = position;
  }

  get told(): bigint {
    return this.#told;
  }

  /** Begins: to be called once the transport is ready to take messages. */
  start(announceReady: boolean): void {
    void this.#serve(async () => {
      if (announceReady) this.#send(await this.#notice('READY', null));
      await this.#catchUp();
    });
  }

  receive(messages: readonly RenderedMessage[], upTo: bigint): void {
    if (!this.#live) return;
    for (const message of messages) {
      if (message.sequence <= this.#position) continue;
      if (this.#isSlow()) {
        this.#fallOut();
        return;
      }
      this.#send(message);
    }
    this.#advance(upTo);
  }

  notice(message: RenderedMessage): void {
    if (this.#live && message.sequence === this.#position && !this.#isSlow()) this.#send(message);
  }

  fail(error: unknown): void {
    if (this.#closed) return; // nobody is left to be told
    this.#hub.options.log.warn({ error: messageOf(error) }, 'subscription.ended');
    this.stop();
    this.#sink.end([error instanceof Error ? error : new Error(String(error))]);
  }

  /** The reader left, or the server stops. */
  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leaveGroup();
    this.#hub.forget(this);
  }

  #send(message: RenderedMessage): void {
    if (this.#closed) return;
    this.#sink.send(message);
    this.#hub.counts.messages += 1;
    this.#told = message.sequence;
    this.#advance(message.sequence);
  }

  /** Never back: a reader who resumed where another process had got to may be ahead of what is delivered here. */
  #advance(sequence: bigint): void {
    if (sequence > this.#position) this.#position = sequence;
  }

  #isSlow(): boolean {
    return this.#sink.pendingBytes() > this.#hub.options.slowBytes;
  }

  #leaveGroup(): void {
    if (this.#live) this.#hub.leave(this.#shared.key, this);
    this.#live = false;
  }

  #fallOut(): void {
    this.#leaveGroup();
    void this.#serve(async () => {
      if (!(await this.#drained())) return;
      const from = this.#position;
      const to = this.#hub.joinsAt(this.#shared.key);
      const gap = { from: this.#hub.cursorAt(from), to: this.#hub.cursorAt(to) };
      this.#hub.counts.gaps += 1;
      this.#send(await this.#notice('GAP', gap));
      await this.#catchUp();
    });
  }

  /** Reads the log from `position` on until it has all that its group was handed; then joins, in the same turn. */
  async #catchUp(): Promise<void> {
    while (!this.#closed) {
      const target = this.#hub.joinsAt(this.#shared.key);
      if (this.#position >= target) {
        this.#live = true;
        this.#shared = this.#hub.join(this.#shared, this);
        return;
      }
      const { messages, upTo } = await this.#hub.catchUps.pass(() => this.#read(target));
      for (const message of messages) {
        if (this.#isSlow() && !(await this.#drained())) return;
        this.#send(message);
      }
      this.#advance(upTo);
    }
  }

  /** The next stretch of the log, at most to `target`, as messages. @throws {PylonError} CURSOR_EXPIRED */
  async #read(
    target: bigint,
  ): Promise<{ readonly messages: readonly RenderedMessage[]; readonly upTo: bigint }> {
    if (this.#closed) return { messages: [], upTo: this.#position };
    const { database, createContext } = this.#hub.options;
    const range = { after: this.#position, upTo: target, limit: EVENTS_A_READ };
    const events = await readEvents(database.pool, range);
    this.#hub.refuseExpired(this.#position, (await readLogHead(database.pool)).floorSequence);
    const upTo = events.length === EVENTS_A_READ ? (events.at(-1)?.sequence ?? target) : target;
    const picked = this.#shared.definition.pick(new Batch(events));
    if (picked.length === 0) return { messages: [], upTo };
    const { viewer } = this.#shared.operation.audience;
    const objects = await withStates(database, viewer, picked, await loadObjects(database, picked));
    const context = createContext(viewer);
    return { messages: await this.#hub.renderChanges(this.#shared, picked, objects, context), upTo };
  }

  /** Waits until the reader took most of what is pending. False when it left, or was closed for taking nothing. */
  async #drained(): Promise<boolean> {
    const mostBytes = this.#hub.options.slowBytes / 4;
    while (!this.#closed && this.#sink.pendingBytes() > mostBytes) await sleep(DRAIN_POLL_MS);
    return !this.#closed;
  }

  #notice(kind: 'READY' | 'GAP', gap: StreamMessage['gap']): Promise<RenderedMessage> {
    return this.#hub.renderNotice(this.#shared.operation, kind, this.#position, gap);
  }

  /** Nothing a stream does may end unheard: its error goes to the reader, who can resume from its last cursor. */
  async #serve(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }
}
