import type pg from 'pg';
import type { StatedPrice } from '../domain/compute-window.js';
import type { OrderError, OrderMessage, OrderStatement } from '../domain/beckn-order/messages.js';
import type { BecknAction } from '../domain/beckn-order/states.js';
import { jsonbText, leaseError } from './ingest-runs.js';
import type { Lease } from './leases.js';

type Db = Pick<pg.ClientBase, 'query'>;

/** Whose message it is, and of which purchase. */
export interface OfTransaction {
  readonly transactionId: number;
  readonly operatorId: number;
}

export interface NewQuestion extends OfTransaction {
  readonly action: BecknAction;
  readonly messageId: string;
  /** Who asks: our own id. */
  readonly party: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  /** The price that it accepts; null where it accepts none, or none is known. */
  readonly accepts: StatedPrice | null;
  readonly payload: unknown;
}

export interface NewAnswer extends OfTransaction {
  readonly action: `on_${BecknAction}`;
  readonly messageId: string;
  readonly party: string;
  readonly signature: 'UNVERIFIED' | 'VERIFIED';
  readonly statedAt: Date;
  readonly recordedAt: Date;
  readonly says: OrderStatement;
  readonly payload: unknown;
}

/** Writes down a question of ours, to be sent. */
export async function insertQuestion(db: Db, question: NewQuestion): Promise<void> {
  await db.query(
    `insert into order_messages (order_transaction_id, operator_id, direction, action, message_id, party, signature, stated_at,
       recorded_at, expires_at, statement, payload, delivery, send_after)
     values ($1, $2, 'OUTBOUND', $3, $4, $5, 'NONE', $6, $6, $7, $8, $9, 'TO_SEND', $6)`,
    [
      question.transactionId,
      question.operatorId,
      question.action,
      question.messageId,
      question.party,
      question.askedAt,
      question.expiresAt,
      jsonbText({ accepts: question.accepts }),
      jsonbText(question.payload),
    ],
  );
}

/** Writes down what a seller said. False: it was here before. */
export async function insertAnswer(db: Db, answer: NewAnswer): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into order_messages (order_transaction_id, operator_id, direction, action, message_id, party, signature, stated_at,
       recorded_at, statement, payload)
     values ($1, $2, 'INBOUND', $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (order_transaction_id, direction, action, message_id) do nothing`,
    [
      answer.transactionId,
      answer.operatorId,
      answer.action,
      answer.messageId,
      answer.party,
      answer.signature,
      answer.statedAt,
      answer.recordedAt,
      jsonbText(answer.says),
      jsonbText(answer.payload),
    ],
  );
  return rowCount === 1;
}

interface MessageRow {
  readonly direction: 'OUTBOUND' | 'INBOUND';
  readonly action: string;
  readonly message_id: string;
  readonly stated_at: Date;
  readonly recorded_at: Date;
  readonly expires_at: Date | null;
  readonly statement: unknown;
  readonly delivery: string | null;
  readonly fault: OrderError | null;
  readonly settled_at: Date | null;
}

/** The messages of a purchase that the reader may see, in the order in which they were stored. */
export async function readOrderMessages(db: Db, transactionId: number): Promise<OrderMessage[]> {
  const { rows } = await db.query<MessageRow>(
    `select direction, action, message_id, stated_at, recorded_at, expires_at, statement, delivery, fault, settled_at
     from order_messages where order_transaction_id = $1 order by order_message_id`,
    [transactionId],
  );
  return rows.map(messageOf);
}

/** The columns hold what `insertQuestion` and `insertAnswer` put there. */
const messageOf = (row: MessageRow): OrderMessage =>
  row.direction === 'OUTBOUND'
    ? {
        direction: 'OUTBOUND',
        messageId: row.message_id,
        action: row.action as BecknAction,
        recordedAt: row.recorded_at,
        expiresAt: row.expires_at ?? row.recorded_at,
        accepts: (row.statement as { readonly accepts: StatedPrice | null }).accepts,
        nack:
          row.delivery === 'REFUSED' && row.fault && row.settled_at
            ? { ...row.fault, at: row.settled_at }
            : null,
      }
    : {
        direction: 'INBOUND',
        messageId: row.message_id,
        action: row.action as `on_${BecknAction}`,
        recordedAt: row.recorded_at,
        statedAt: row.stated_at,
        says: row.statement as OrderStatement,
      };

/** A message of ours that is to be sent. */
export interface DueMessage extends OfTransaction {
  readonly orderMessageId: number;
  readonly action: BecknAction;
  readonly expiresAt: Date;
  readonly attempts: number;
  readonly payload: unknown;
}

/** Messages that are to be sent by an instant, of all operators, the oldest first. @throws {PylonError} LEASE_LOST */
export async function dueMessages(db: Db, lease: Lease, now: Date, limit: number): Promise<DueMessage[]> {
  try {
    const { rows } = await db.query<DueMessage>(
      `select order_message_id as "orderMessageId", order_transaction_id as "transactionId", operator_id as "operatorId", action,
         expires_at as "expiresAt", attempts, payload from due_order_messages($1, $2, $3, $4)`,
      [lease.name, lease.fencing, now, limit],
    );
    return rows;
  } catch (error) {
    throw leaseError(error, lease);
  }
}

/** How a try ended. TO_SEND: another one is due at `sendAfter`. */
export interface Delivery {
  readonly delivery: 'TO_SEND' | 'DELIVERED' | 'REFUSED' | 'UNDELIVERED';
  readonly sendAfter: Date | null;
  /** Tries made now. */
  readonly attempts: 0 | 1;
  readonly httpStatus: number | null;
  readonly fault: OrderError | null;
  readonly at: Date;
}

/** Notes how a try ended, unless that was settled meanwhile. */
export async function noteDelivery(
  db: Db,
  { orderMessageId }: Pick<DueMessage, 'orderMessageId'>,
  { delivery, sendAfter, attempts, httpStatus, fault, at }: Delivery,
): Promise<void> {
  await db.query(
    `update order_messages set delivery = $2::beckn_delivery, send_after = $3, attempts = attempts + $4,
       http_status = coalesce($5, http_status), fault = $6, settled_at = case when $2 = 'TO_SEND' then null else $7::timestamptz end
     where order_message_id = $1 and delivery = 'TO_SEND'`,
    [orderMessageId, delivery, sendAfter, attempts, httpStatus, fault === null ? null : jsonbText(fault), at],
  );
}
