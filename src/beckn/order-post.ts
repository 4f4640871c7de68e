import type { Lease } from '../database/leases.js';
import { dueMessages, noteDelivery, type Delivery, type DueMessage } from '../database/order-messages.js';
import {
  notePostAnswered,
  notePostFailed,
  notePostPaused,
  readPostEvidence,
} from '../database/order-post.js';
import { changeTransaction, silentTransactions } from '../database/order-transactions.js';
import { circuitOf } from '../domain/circuit.js';
import type { OrderError } from '../domain/beckn-order/messages.js';
import { ADAPTERS, adapterOf } from './adapter.js';
import type { InboundDeps } from './inbound.js';
import { along, at, isObject, isTooDeep } from './json.js';
import { readContext } from './message-context.js';
import { takeOrderAnswer } from './order-answers.js';
import type { Post, Posted } from './post.js';

export interface OrderPostDeps extends InboundDeps {
  /** Where messages are sent, without a slash at the end. */
  readonly url: string;
  readonly post: Pick<Post, 'send'>;
}

/** Messages sent at once. */
const BATCH = 8;
const LONGEST_TRY_MS = 5_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 8_000;

/**
 * Sends what is to be sent, each message until it is answered or runs out, every time as the same text under the same id. A crash
 * between a try and its note sends it again, and the receiver knows it by its id. Under a lease: one process at a time.
 *
 * @returns how many were tried or given up.
 * @throws {PylonError} LEASE_LOST
 */
export async function sendDueMessages(deps: OrderPostDeps, lease: Lease): Promise<number> {
  const { pool, clock } = deps.database;
  const now = clock.now();
  const due = await dueMessages(pool, lease, now, BATCH);
  if (due.length === 0) return 0;
  const overdue = due.filter(({ expiresAt }) => expiresAt <= now);
  for (const message of overdue) await giveUp(deps, message);
  const { state } = circuitOf(await readPostEvidence(pool), now);
  const sendable = state === 'OPEN' ? [] : due.filter((message) => !overdue.includes(message));
  const tried = state === 'HALF_OPEN' ? sendable.slice(0, 1) : sendable;
  await Promise.all(tried.map((message) => trySending(deps, message)));
  return overdue.length + tried.length;
}

/** Ends the wait for answers that ran out. Answers how many purchases it did that for. */
export async function endSilentTransactions({ database }: InboundDeps): Promise<number> {
  const silent = await silentTransactions(database.pool, database.clock.now(), BATCH * 4);
  for (const transaction of silent)
    await changeTransaction(database.pool, transaction, database.clock.now, async () => true);
  return silent.length;
}

async function giveUp({ database, log }: OrderPostDeps, message: DueMessage): Promise<void> {
  const fault = `it could not be delivered by ${message.expiresAt.toISOString()}`;
  await note({ database, log }, message, {
    delivery: 'UNDELIVERED',
    attempts: 0,
    fault: { code: null, message: fault, isGone: false },
  });
  // Of what was never tried nothing is learnt.
  if (message.attempts > 0) await notePostFailed(database.pool, database.clock.now());
}

async function trySending(deps: OrderPostDeps, message: DueMessage): Promise<void> {
  const { database, url, post } = deps;
  const { pool, clock } = database;
  const leftMs = message.expiresAt.getTime() - clock.now().getTime();
  const posted = await post.send(
    `${url}/${message.action}`,
    JSON.stringify(message.payload),
    Math.max(1, Math.min(LONGEST_TRY_MS, leftMs)),
  );
  if ('fault' in posted) {
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** message.attempts, LONGEST_WAIT_MS);
    const sendAfter = new Date(clock.now().getTime() + Math.max(waitMs, posted.waitMs ?? 0));
    if (posted.waitMs !== null) await notePostPaused(pool, sendAfter);
    return note(deps, message, {
      delivery: 'TO_SEND',
      sendAfter,
      attempts: 1,
      httpStatus: posted.httpStatus,
      fault: { code: null, message: posted.fault, isGone: false },
    });
  }
  await notePostAnswered(pool);
  const nack = nackOf(posted);
  // First what it says: a crash after it asks again, and the same answer comes once.
  if (!nack) await takeAnswerAtOnce(deps, posted.body);
  return note(deps, message, {
    delivery: nack ? 'REFUSED' : 'DELIVERED',
    attempts: 1,
    httpStatus: posted.httpStatus,
    fault: nack,
  });
}

/** Why the receiver did not take it; null where he did. */
function nackOf({ httpStatus, body }: Extract<Posted, { body: unknown }>): OrderError | null {
  const [adapter] = ADAPTERS;
  const isNack = along(body, 'message', 'ack', 'status') === 'NACK';
  if (!isNack && httpStatus < 400) return null;
  return (
    adapter.errorOf(body) ?? { code: null, message: isNack ? 'NACK' : `HTTP ${httpStatus}`, isGone: false }
  );
}

/** Some answer in place of an acknowledgement. */
async function takeAnswerAtOnce({ database, log }: OrderPostDeps, body: unknown): Promise<void> {
  if (at(body, 'context') === undefined) {
    if (along(body, 'message', 'ack', 'status') !== 'ACK')
      log.warn({ fault: 'neither an acknowledgement nor an answer' }, 'beckn.order.odd');
    return;
  }
  const head = readContext(body, database.clock.now());
  const adapter = 'fault' in head || !isObject(body) || isTooDeep(body) ? null : adapterOf(head.context);
  const taken =
    'fault' in head || adapter === null
      ? null
      : await takeOrderAnswer(
          { database, log },
          { body, context: head.context, adapter, signature: 'UNVERIFIED' },
        );
  if (taken === null || 'fault' in taken)
    log.warn({ fault: taken?.fault ?? 'an answer that cannot be read' }, 'beckn.order.odd');
}

/** Notes how a try ended, and where the purchase stands by that. */
async function note(
  { database, log }: InboundDeps,
  message: DueMessage,
  ended: Pick<Delivery, 'delivery' | 'attempts' | 'fault'> &
    Partial<Pick<Delivery, 'sendAfter' | 'httpStatus'>>,
): Promise<void> {
  await changeTransaction(database.pool, message, database.clock.now, async (db, _row, noted) => {
    await noteDelivery(db, message, { sendAfter: null, httpStatus: null, ...ended, at: noted });
    return true;
  });
  const { delivery, fault } = ended;
  const line = { action: message.action, delivery, attempts: message.attempts + ended.attempts };
  if (fault) log.warn({ ...line, fault: fault.message }, 'beckn.order.undelivered');
  else log.info(line, 'beckn.order.sent');
}
