import type pg from 'pg';
import type { StatedPrice, StatedWindow } from '../domain/compute-window.js';
import type { Refusal } from '../domain/grid-statement.js';
import type { RunMode, RunOutcome, RunRecord, Window } from '../domain/ingest-run.js';
import { jsonbText, leaseError, outcomeOf, type OutcomeRow } from './ingest-runs.js';
import type { Lease } from './leases.js';

type Db = Pick<pg.Pool, 'query'>;

/** What became of a message that came in. DUPLICATE: it was here already, and nothing was done. */
export type InboundStatus =
  | 'APPLIED'
  | 'SUPERSEDED'
  | 'BROKEN'
  | 'UNWANTED'
  | 'UNKNOWN_TRANSACTION'
  | 'UNSUPPORTED'
  | 'REFUSED'
  | 'MALFORMED'
  | 'DUPLICATE';

/** A message as it is stored. */
export interface BecknMessage {
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly action: string;
  /** Who sent it, as it says itself. */
  readonly party: string;
  readonly messageId: string | null;
  readonly transactionId: string | null;
  readonly signature: 'NONE' | 'UNVERIFIED' | 'VERIFIED' | 'REFUSED';
  /** Why it is not looked at, in words; null where it is. */
  readonly fault: string | null;
  readonly statedAt: Date | null;
  /** All of it, or as text what is no JSON to store; neither where it was too long to read. */
  readonly body: { readonly json: unknown } | { readonly text: string } | null;
}

/** What a catalogue comes to in the row of its run; the transaction it answers knows the rest. */
export type CatalogRun = Pick<
  RunRecord,
  'httpStatus' | 'retries' | 'rowsRead' | 'rowsRefused' | 'rowsDuplicate' | 'refusals' | 'failure'
>;

/** What is asked, as it is written down before it is sent. */
export interface NewTransaction {
  readonly transactionId: string;
  readonly action: string;
  readonly sourceId: number;
  readonly mode: RunMode;
  readonly endpoint: string;
  readonly window: Window;
  readonly startedAt: Date;
  readonly expiresAt: Date;
}

export interface OpenTransaction {
  readonly id: number;
  readonly expiresAt: Date;
}

const messageJson = (message: BecknMessage, status: InboundStatus | null): string =>
  jsonbText({
    direction: message.direction,
    action: message.action,
    party: message.party,
    message_id: message.messageId,
    transaction_id: message.transactionId,
    status,
    signature: message.signature,
    fault: message.fault,
    stated_at: message.statedAt,
    payload: message.body && 'json' in message.body ? message.body.json : null,
    payload_text: message.body && 'text' in message.body ? message.body.text : null,
  });

const catalogRunJson = (run: CatalogRun): string =>
  jsonbText({
    status: run.failure ? 'FAILED' : 'SUCCEEDED',
    http_status: run.httpStatus,
    retries: run.retries,
    rows_read: run.rowsRead,
    rows_refused: run.rowsRefused,
    rows_duplicate: run.rowsDuplicate,
    refusals: run.refusals satisfies readonly Refusal[],
    error_code: run.failure?.code ?? null,
    error: run.failure?.message ?? null,
    not_before: run.failure?.notBefore ?? null,
  });

const priceColumns = (price: StatedPrice) => ({
  gbp_per_mwh: price.gbpPerMwh,
  original_price: price.originalPrice,
  original_currency: price.originalCurrency,
  original_unit: price.originalUnit,
  price_reason: price.priceReason,
});

/** A window as `record_beckn_message` takes it: where its `statement` is new, it changed. */
const windowColumns = (window: StatedWindow) => ({
  bpp_id: window.bppId,
  provider_id: window.providerId,
  item_id: window.itemId,
  name: window.name,
  from_at: window.from,
  to_at: window.to,
  zone: {
    zone_code: window.zone.zoneCode,
    area: window.zone.area,
    latitude: window.zone.latitude,
    longitude: window.zone.longitude,
    region_id: window.zone.regionId,
    region_reason: window.zone.regionReason,
  },
  statement: {
    capacity_mw: window.capacityMw,
    renewable_pct: window.renewablePct,
    carbon_intensity_gco2_per_kwh: window.carbonIntensityGco2PerKwh,
    reservation_required: window.reservationRequired,
    ...priceColumns(window.price),
    offers: window.offers.map((offer) => ({
      offer_code: offer.offerCode,
      provider_id: offer.providerId,
      name: offer.name,
      ...priceColumns(offer),
    })),
  },
});

/** Writes down what is about to be asked, with the message itself. @throws {PylonError} LEASE_LOST */
export async function beginTransaction(
  db: Db,
  lease: Lease,
  transaction: NewTransaction,
  message: BecknMessage,
): Promise<number> {
  const row = {
    transaction_id: transaction.transactionId,
    action: transaction.action,
    source_id: transaction.sourceId,
    mode: transaction.mode,
    endpoint: transaction.endpoint,
    window_from: transaction.window.from,
    window_to: transaction.window.to,
    started_at: transaction.startedAt,
    expires_at: transaction.expiresAt,
  };
  try {
    const { rows } = await db.query<{ id: number }>(
      'select begin_beckn_transaction($1, $2, $3::jsonb, $4::jsonb) as id',
      [lease.name, lease.fencing, jsonbText(row), messageJson(message, null)],
    );
    const [begun] = rows;
    if (!begun) throw new Error('begin_beckn_transaction answered no row');
    return begun.id;
  } catch (error) {
    throw leaseError(error, lease);
  }
}

/** Ends a transaction without an answer to use. Null where one came meanwhile. @throws {PylonError} LEASE_LOST */
export async function failTransaction(
  db: Db,
  lease: Lease,
  id: number,
  run: CatalogRun,
): Promise<RunOutcome | null> {
  try {
    const { rows } = await db.query<{ run_id: number | null; last_sequence: bigint | null }>(
      'select * from fail_beckn_transaction($1, $2, $3, $4::jsonb)',
      [lease.name, lease.fencing, id, catalogRunJson(run)],
    );
    const [row] = rows;
    if (!row || row.run_id === null) return null;
    return outcomeOf({ run_id: row.run_id, last_sequence: row.last_sequence, rows_new: 0, rows_changed: 0 });
  } catch (error) {
    throw leaseError(error, lease);
  }
}

/** Keeps a message that is not to be looked at. */
export async function keepMessage(
  db: Db,
  message: BecknMessage,
  status: 'REFUSED' | 'MALFORMED' | 'UNSUPPORTED',
): Promise<void> {
  await db.query(`select record_beckn_message($1::jsonb, '[]', '{}')`, [messageJson(message, status)]);
}

/** Keeps a message and does what it says, where it answers a question of ours; in one transaction. */
export async function recordMessage(
  db: Db,
  message: BecknMessage,
  windows: readonly StatedWindow[],
  run: CatalogRun,
): Promise<{ readonly status: InboundStatus; readonly outcome: RunOutcome | null }> {
  const { rows } = await db.query<
    Omit<OutcomeRow, 'run_id'> & { run_id: number | null; status: InboundStatus }
  >('select * from record_beckn_message($1::jsonb, $2::jsonb, $3::jsonb)', [
    messageJson(message, null),
    jsonbText(windows.map(windowColumns)),
    catalogRunJson(run),
  ]);
  const [row] = rows;
  if (!row) throw new Error('record_beckn_message answered no row');
  const { status, run_id, ...counts } = row;
  return { status, outcome: run_id === null ? null : outcomeOf({ run_id, ...counts }) };
}

/** Transactions of a source that have no answer yet, the oldest first. */
export async function openTransactions(db: Db, sourceId: number): Promise<OpenTransaction[]> {
  const { rows } = await db.query<{ beckn_transaction_id: number; expires_at: Date }>(
    `select beckn_transaction_id, expires_at from beckn_transactions
     where source_id = $1 and status = 'OPEN' order by beckn_transaction_id`,
    [sourceId],
  );
  return rows.map((row) => ({ id: row.beckn_transaction_id, expiresAt: row.expires_at }));
}
