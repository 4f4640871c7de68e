import type pg from 'pg';
import { canonicalJson } from '../domain/canonical-json.js';
import type { StatedPrice } from '../domain/compute-window.js';
import type { Commitment } from '../domain/beckn-order/commitment.js';
import { foldMessages } from '../domain/beckn-order/fold.js';
import type { OrderStatement } from '../domain/beckn-order/messages.js';
import { standingOf, type ReplanningReason, type Standing } from '../domain/beckn-order/standing.js';
import type { BecknAction, BecknState } from '../domain/beckn-order/states.js';
import { jsonbText } from './ingest-runs.js';
import { readOrderMessages, type OfTransaction } from './order-messages.js';

type Db = Pick<pg.ClientBase, 'query'>;

/** A purchase as its table has it. */
export interface OrderTransactionRow {
  readonly order_transaction_id: number;
  readonly code: string;
  readonly order_code: string;
  readonly operator_id: number;
  readonly workload_id: number;
  readonly placement_id: number | null;
  readonly compute_window_id: number;
  readonly offer_sequence: bigint;
  readonly offer_code: string | null;
  readonly bpp_id: string;
  readonly state: BecknState;
  readonly awaiting: BecknAction | null;
  readonly expires_at: Date | null;
  readonly accepted: StatedPrice | null;
  readonly stated: OrderStatement | null;
  readonly fault: string | null;
  readonly replanning_reason: ReplanningReason | null;
  readonly replanning_note: string | null;
  readonly replanning_since: Date | null;
  readonly replanned_at: Date | null;
  /** The agent that began it; null: a person did, or other software. */
  readonly agent_id: number | null;
  readonly version: number;
  readonly updated_at: Date;
}

/** What of a purchase is said when it begins. */
export type NewOrderTransaction = Pick<
  OrderTransactionRow,
  | 'code'
  | 'order_code'
  | 'operator_id'
  | 'workload_id'
  | 'placement_id'
  | 'compute_window_id'
  | 'offer_sequence'
  | 'offer_code'
  | 'bpp_id'
  | 'agent_id'
>;

/** Begins a purchase; it stands nowhere until its first question is written and it is settled. */
export async function insertTransaction(db: Db, row: NewOrderTransaction, now: Date): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into order_transactions (code, order_code, operator_id, workload_id, placement_id, compute_window_id, offer_sequence,
       offer_code, bpp_id, agent_id, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning order_transaction_id as id`,
    [
      row.code,
      row.order_code,
      row.operator_id,
      row.workload_id,
      row.placement_id,
      row.compute_window_id,
      row.offer_sequence,
      row.offer_code,
      row.bpp_id,
      row.agent_id,
      now,
    ],
  );
  if (!rows[0]) throw new Error('an insert answered no row');
  return rows[0].id;
}

/** The purchase of that number, locked until the transaction ends; null where the reader may see none. */
export async function lockTransaction(db: Db, id: number): Promise<OrderTransactionRow | null> {
  const { rows } = await db.query<OrderTransactionRow>(
    'select * from order_transactions where order_transaction_id = $1 for no key update',
    [id],
  );
  return rows[0] ?? null;
}

/** SQL of what was asked in a purchase `t`, as `mayBeBought` wants to know it. */
export const ASKED_OF = `exists (select from order_messages a where a.order_transaction_id = t.order_transaction_id
    and a.direction = 'OUTBOUND' and a.action = 'confirm') as "wasConfirmAsked",
  exists (select from order_messages a where a.order_transaction_id = t.order_transaction_id
    and a.direction = 'OUTBOUND' and a.action = 'cancel') as "wasCancelAsked"`;

/** Another purchase for the same work. */
export interface RivalPurchase extends Commitment {
  readonly code: string;
}

/** Purchases for a workload whose window overlaps a span, but for one of them; by their number. */
export async function overlappingPurchases(
  db: Db,
  workloadId: number,
  { from, to }: { readonly from: Date; readonly to: Date },
  but: number | null,
): Promise<RivalPurchase[]> {
  const { rows } = await db.query<RivalPurchase>(
    `select t.code, t.state, ${ASKED_OF}
     from order_transactions t join compute_windows w using (compute_window_id)
     where t.workload_id = $1 and w.from_at < $3 and w.to_at > $2 and t.order_transaction_id is distinct from $4
     order by t.order_transaction_id`,
    [workloadId, from, to, but],
  );
  return rows;
}

/** Where a locked purchase stands at an instant, by its messages alone. */
export const standingAt = async (db: Db, id: number, now: Date): Promise<Standing> =>
  standingOf(foldMessages(await readOrderMessages(db, id)), now);

/** Writes where a locked purchase stands at an instant. False: it stands where it stood. */
export async function settleTransaction(db: Db, row: OrderTransactionRow, now: Date): Promise<boolean> {
  const standing = columnsOf(await standingAt(db, row.order_transaction_id, now));
  const before = Object.fromEntries(Object.keys(standing).map((name) => [name, Reflect.get(row, name)]));
  if (canonicalJson(plain(standing)) === canonicalJson(plain(before))) return false;
  await db.query(
    `update order_transactions set state = $2::beckn_transaction_state, awaiting = $3, expires_at = $4, accepted = $5, stated = $6,
       fault = $7, replanning_reason = $8::replanning_reason, replanning_note = $9, replanning_since = $10,
       version = version + 1, updated_at = $11
     where order_transaction_id = $1`,
    [
      row.order_transaction_id,
      standing.state,
      standing.awaiting,
      standing.expires_at,
      jsonOrNull(standing.accepted),
      jsonOrNull(standing.stated),
      standing.fault,
      standing.replanning_reason,
      standing.replanning_note,
      standing.replanning_since,
      now,
    ],
  );
  return true;
}

/** Where a purchase stands, as its columns say it. */
export const columnsOf = ({ state, awaiting, accepted, stated, fault, replanning }: Standing) => ({
  state,
  awaiting: awaiting?.action ?? null,
  expires_at: awaiting?.expiresAt ?? null,
  accepted,
  stated,
  fault,
  replanning_reason: replanning?.reason ?? null,
  replanning_note: replanning?.note ?? null,
  replanning_since: replanning?.since ?? null,
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const jsonOrNull = (value: unknown): string | null => (value === null ? null : jsonbText(value));

/** Whose purchase a transaction id is, and of which seller. */
export interface TransactionOwner extends OfTransaction {
  readonly bppId: string;
}

/** Null: no purchase has that id. */
export async function findTransactionOwner(db: Db, code: string): Promise<TransactionOwner | null> {
  const { rows } = await db.query<TransactionOwner>(
    `select order_transaction_id as "transactionId", operator_id as "operatorId", bpp_id as "bppId" from order_transaction_of($1)`,
    [code],
  );
  return rows[0] ?? null;
}

/** Purchases whose answer ran out by an instant, of all operators. */
export async function silentTransactions(db: Db, now: Date, limit: number): Promise<OfTransaction[]> {
  const { rows } = await db.query<OfTransaction>(
    `select order_transaction_id as "transactionId", operator_id as "operatorId" from silent_order_transactions($1, $2)`,
    [now, limit],
  );
  return rows;
}

/**
 * Changes a purchase for its operator, in one transaction: locked, changed, settled, and its subscribers told if it then
 * stands elsewhere. `change` answers false where there was nothing to change.
 */
export async function changeTransaction(
  pool: Pick<pg.Pool, 'connect'>,
  { transactionId, operatorId }: OfTransaction,
  now: () => Date,
  change: (db: pg.PoolClient, row: OrderTransactionRow, at: Date) => Promise<boolean>,
): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query(
      `select set_config('pylon.operator', $1, true), set_config('pylon.role', 'AGENT', true)`,
      [String(operatorId)],
    );
    const row = await lockTransaction(client, transactionId);
    if (!row) throw new Error(`purchase ${transactionId} of operator ${operatorId} is not there`);
    const at = now(); // after the lock: instants of one purchase follow one another
    const isChanged = await change(client, row, at);
    if (isChanged && (await settleTransaction(client, row, at)))
      await client.query('select append_events($1)', [
        JSON.stringify([{ table: 'order_transactions', id: transactionId }]),
      ]);
    await client.query('commit');
    return isChanged;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
