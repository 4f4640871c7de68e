import { setImmediate as breathe } from 'node:timers/promises';
import type { SharedOperation } from './render.js';
import type { RenderedMessage } from './sink.js';
import type { StreamDefinition } from './stream.js';

/** Messages sent in one turn of the event loop, so that a broadcast to thousands leaves room for everything else. */
const SENDS_A_TURN = 500;
/** What a member is handed at once, in characters: its network takes it before the next, unless it is slow. */
const SLICE_LENGTH = 64 * 1024;

/** A live subscriber, as its group sees it. */
export interface Member {
  /** Cursor of the last message it was sent. */
  readonly told: bigint;
  /** @param upTo everything to here has been considered, also where no message came of it. */
  receive(messages: readonly RenderedMessage[], upTo: bigint): void;
  /** A message about no event, for those who have everything up to its sequence. */
  notice(message: RenderedMessage): void;
  /** Its stream ends with this error; it can resume from its last cursor. */
  fail(error: unknown): void;
}

/** Subscribers of one document with the same variables and scope: executed once, sent the same text. */
export class Group {
  readonly key: string;
  readonly operation: SharedOperation;
  readonly definition: StreamDefinition;
  readonly members = new Set<Member>();
  /** Its members have been handed everything up to here, or are being handed it now. */
  deliveredTo: bigint;
  /** When a message last went out, in milliseconds of performance.now(). */
  lastMessageAt = performance.now();
  /** The oldest cursor that a member may be left with by its last message. */
  lastMessageSequence: bigint;
  /** Batches in a row that could not be executed for it. */
  failures = 0;

  constructor(key: string, operation: SharedOperation, definition: StreamDefinition, deliveredTo: bigint) {
    this.key = key;
    this.operation = operation;
    this.definition = definition;
    this.deliveredTo = deliveredTo;
    this.lastMessageSequence = deliveredTo;
  }

  /** To be called when the member has everything up to `deliveredTo`, in the same turn. */
  join(member: Member): void {
    this.members.add(member);
    if (member.told < this.lastMessageSequence) this.lastMessageSequence = member.told;
  }

  /**
   * Hands messages to every member. Who joins meanwhile sees `deliveredTo` already moved and catches up by itself; who
   * is handed what it already has skips it by its sequence.
   */
  async deliver(messages: readonly RenderedMessage[], upTo: bigint): Promise<void> {
    this.deliveredTo = upTo;
    if (messages.length > 0) this.#spoke(messages.at(-1)?.sequence ?? upTo);
    const members = [...this.members];
    const slices = slicesOf(messages);
    for (const [i, slice] of slices.entries()) {
      if (i > 0) await breathe();
      const sliceTo = i === slices.length - 1 ? upTo : (slice.at(-1)?.sequence ?? upTo);
      await inTurns(members, slice.length, (member) => member.receive(slice, sliceTo));
    }
  }

  /** Tells every member how far the log was read. */
  async announce(message: RenderedMessage): Promise<void> {
    this.#spoke(message.sequence);
    await inTurns([...this.members], 1, (member) => member.notice(message));
  }

  /** Ends every member's stream. */
  fail(error: unknown): void {
    for (const member of [...this.members]) member.fail(error);
  }

  #spoke(sequence: bigint): void {
    this.lastMessageAt = performance.now();
    this.lastMessageSequence = sequence;
  }
}

/** @param sends what serving one member costs, in messages. */
async function inTurns(
  members: readonly Member[],
  sends: number,
  hand: (member: Member) => void,
): Promise<void> {
  let sent = 0;
  for (const member of members) {
    if (sent >= SENDS_A_TURN) {
      await breathe();
      sent = 0;
    }
    try {
      hand(member);
    } catch (error) {
      member.fail(error); // the others must not miss what this one cannot take
    }
    sent += Math.max(1, sends);
  }
}

/** Messages in pieces; one empty piece where there are none. */
function slicesOf(messages: readonly RenderedMessage[]): readonly (readonly RenderedMessage[])[] {
  const slices: RenderedMessage[][] = [[]];
  let length = 0;
  for (const message of messages) {
    if (length > 0 && length + message.text.length > SLICE_LENGTH) {
      slices.push([]);
      length = 0;
    }
    slices.at(-1)?.push(message);
    length += message.text.length;
  }
  return slices;
}
