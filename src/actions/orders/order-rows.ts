/** What the steps of a purchase have in common: it is found, locked, asked, and settled. */
import { randomUUID } from 'node:crypto';
import { ADAPTERS, type OrderChange } from '../../beckn/adapter.js';
import type { ActionTransaction, Bap } from '../../database/actions.js';
import { insertQuestion } from '../../database/order-messages.js';
import {
  lockTransaction,
  settleTransaction,
  standingAt,
  type OrderTransactionRow,
} from '../../database/order-transactions.js';
import type { StatedPrice } from '../../domain/compute-window.js';
import { termsFaults, windowFaults } from '../../domain/beckn-order/limits.js';
import { priceText } from '../../domain/beckn-order/price.js';
import type { Standing } from '../../domain/beckn-order/standing.js';
import { BECKN_STEPS, type BecknAction } from '../../domain/beckn-order/states.js';
import { WORKLOAD_MOVES, isFinal } from '../../domain/compute/workload-states.js';
import { Refused, type Fault } from '../../domain/refusal.js';
import { buyingLimitsOf, boughtWindow, sellerUri, type OfferedWindow } from './order-windows.js';
import { expectedVersion, optional, text, within } from '../rules.js';
import { atVersion, lockWorkloadById, type WorkloadRow } from '../work/workload-rows.js';

/** The mutation of each question. */
const MUTATIONS: Readonly<Record<BecknAction, string>> = {
  select: 'selectOffer',
  init: 'initOrder',
  confirm: 'confirmOrder',
  status: 'refreshOrder',
  update: 'updateOrder',
  cancel: 'cancelOrder',
};

export const orderRef = { transactionId: text(100), expectedVersion } as const;

/** A price that the caller has seen: what he accepts is that, and nothing else. */
export const acceptGbpPerMwh = optional(within(-100_000, 1e9));

/** A purchase of the caller's, locked, with its work. */
export interface OpenOrder {
  readonly row: OrderTransactionRow;
  readonly work: WorkloadRow;
  readonly standing: Standing;
  readonly window: OfferedWindow;
  /** Of the data centre of the placement that it names; 1: it names none. */
  readonly pue: number;
  readonly bap: Bap;
}

/** @throws {Refused} BECKN_NOT_CONFIGURED */
export function requireBap({ bap }: Pick<ActionTransaction, 'bap'>): Bap {
  if (!bap)
    throw new Refused(
      'BECKN_NOT_CONFIGURED',
      'nothing can be bought here: PUBLIC_URL or BECKN_BAP_ID is not set',
    );
  return bap;
}

/** The caller's purchase of an id, locked after its workload. @throws {Refused} NOT_FOUND, VERSION_CONFLICT */
export async function lockOrder(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  input: { readonly transactionId: string; readonly expectedVersion: number | null },
): Promise<{ readonly row: OrderTransactionRow; readonly work: WorkloadRow }> {
  const { rows } = await db.query<Pick<OrderTransactionRow, 'order_transaction_id' | 'workload_id'>>(
    'select order_transaction_id, workload_id from order_transactions where code = $1 and operator_id = $2',
    [input.transactionId, viewer.operatorId],
  );
  const what = `purchase ${input.transactionId}`;
  const found = rows[0];
  if (!found) throw new Refused('NOT_FOUND', `there is no ${what}`);
  const work = await lockWorkloadById({ db }, found.workload_id);
  const row = await lockTransaction(db, found.order_transaction_id);
  return { row: atVersion(row ?? undefined, what, input.expectedVersion), work };
}

/** A purchase of which something may be asked now. @throws {Refused} IMPOSSIBLE_TRANSITION besides what `lockOrder` throws */
export async function openOrder(
  transaction: ActionTransaction,
  input: { readonly transactionId: string; readonly expectedVersion: number | null },
  action: BecknAction,
): Promise<OpenOrder> {
  const bap = requireBap(transaction);
  const { row, work } = await lockOrder(transaction, input);
  const standing = await standingAt(transaction.db, row.order_transaction_id, transaction.now);
  refuseOutOfTurn(row.code, standing, action);
  const pue = await pueOf(transaction, row.placement_id);
  return { row, work, standing, bap, pue, window: await boughtWindow(transaction, row) };
}

/** PUE of the data centre of a placement; 1: of none. */
export async function pueOf(
  { db }: Pick<ActionTransaction, 'db'>,
  placementId: number | null,
): Promise<number> {
  if (placementId === null) return 1;
  const { rows } = await db.query<{ pue: number }>(
    'select c.pue from placements p join data_centres c using (data_centre_id) where p.placement_id = $1',
    [placementId],
  );
  if (!rows[0]) throw new Error(`placement ${placementId}, named by a purchase, is not there`);
  return rows[0].pue;
}

function refuseOutOfTurn(name: string, { state, awaiting }: Standing, action: BecknAction): void {
  const steps = awaiting ? [] : BECKN_STEPS[state];
  if (steps.includes(action)) return;
  const possible = steps.map((step) => MUTATIONS[step]);
  const ways = awaiting
    ? `an answer to ${awaiting.action} is waited for until ${awaiting.expiresAt.toISOString()}`
    : possible.length > 0
      ? `possible are ${possible.join(', ')}`
      : 'nothing more can be asked of it';
  throw new Refused('IMPOSSIBLE_TRANSITION', `purchase ${name} is ${state}: ${ways}`, { possible });
}

/** What is accepted must be within the limits of the work, which must be still to do. @throws {Refused} LIMIT_BROKEN, IMPOSSIBLE_TRANSITION */
export function requireWithinLimits(
  {
    work,
    window,
    pue,
    standing,
  }: Pick<OpenOrder, 'work' | 'window' | 'pue'> & Partial<Pick<OpenOrder, 'standing'>>,
  price: StatedPrice | null,
  now: Date,
): void {
  if (isFinal(work.status))
    throw new Refused('IMPOSSIBLE_TRANSITION', `workload ${work.job_id} is ${work.status}, which is final`, {
      possible: WORKLOAD_MOVES[work.status],
    });
  const limits = buyingLimitsOf(work, pue);
  const carbonIntensityGco2PerKwh =
    standing?.stated?.carbonIntensityGco2PerKwh ?? window.carbonIntensityGco2PerKwh;
  const terms = { price, carbonIntensityGco2PerKwh, renewablePct: window.renewablePct };
  const faults: Fault[] = [
    ...windowFaults(limits, window, now, 'input'),
    ...termsFaults(limits, terms, 'input'),
  ];
  if (faults.length > 0)
    throw new Refused('LIMIT_BROKEN', `the window may not be bought for workload ${work.job_id}`, { faults });
}

/** The price that the caller accepts: the one that is asked now, which he may have to name. @throws {Refused} PRICE_CHANGED */
export function acceptedPrice(
  { state, stated, accepted }: Standing,
  named: number | null,
): StatedPrice | null {
  const asked = stated?.price ?? accepted;
  const mustName = state === 'PRICE_CHANGED';
  if (named === null ? !mustName : named === asked?.gbpPerMwh) return asked;
  throw new Refused(
    'PRICE_CHANGED',
    `${priceText(asked)} is asked, ${priceText(accepted)} was accepted before`,
  );
}

/** Writes down what is asked of the seller, and where the purchase stands now. What is written is sent after the commit. */
export async function ask(
  transaction: Pick<ActionTransaction, 'db' | 'now' | 'changed'>,
  { row, work, window, bap }: Omit<OpenOrder, 'standing' | 'pue'>,
  action: BecknAction,
  {
    accepts = null,
    change = null,
  }: { readonly accepts?: StatedPrice | null; readonly change?: OrderChange | null },
): Promise<{ readonly table: 'order_transactions'; readonly id: number }> {
  const { db, now, changed } = transaction;
  const [adapter] = ADAPTERS;
  const messageId = randomUUID();
  const id = row.order_transaction_id;
  const asking = {
    ...bap,
    transactionId: row.code,
    messageId,
    at: now,
    bppId: row.bpp_id,
    bppUri: await sellerUri(transaction, window),
  };
  await insertQuestion(db, {
    transactionId: id,
    operatorId: row.operator_id,
    action,
    messageId,
    party: bap.bapId,
    askedAt: now,
    expiresAt: new Date(now.getTime() + adapter.ttlSeconds * 1000),
    accepts,
    payload: adapter.order(action, asking, {
      orderId: row.order_code,
      buyerId: bap.bapId,
      providerId: window.providerId,
      itemId: window.itemId,
      offerId: row.offer_code,
      accepts,
      from: window.from,
      to: window.to,
      loadMw: work.power_kw / 1000,
      askedAt: now,
      change,
    }),
  });
  await settleTransaction(db, row, now);
  changed('order_transactions', id);
  return { table: 'order_transactions', id };
}
