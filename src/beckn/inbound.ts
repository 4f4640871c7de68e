import {
  recordMessage,
  type BecknMessage,
  type CatalogRun,
  type InboundStatus,
} from '../database/beckn-messages.js';
import type { Database } from '../database/open.js';
import { PylonError } from '../domain/errors.js';
import type { RunOutcome } from '../domain/ingest-run.js';
import type { RunReport } from '../ingest/run.js';
import { becknDiscover } from '../ingest/sources/beckn-discover.js';
import type { Logger } from '../logger.js';
import type { BecknAdapter, StatedCatalog } from './adapter.js';
import { UNNAMED_PLATFORM, type MessageContext } from './message-context.js';

export interface InboundDeps {
  readonly database: Pick<Database, 'pool' | 'clock'>;
  readonly log: Logger;
}

/** A message that has a context, and an adapter that reads it. */
export interface ReadableMessage {
  readonly body: unknown;
  readonly context: MessageContext;
  readonly adapter: BecknAdapter;
  readonly signature: 'UNVERIFIED' | 'VERIFIED';
  /** Of the answer that carried it; null for a callback. */
  readonly httpStatus: number | null;
  readonly retries: number;
}

export interface Recorded {
  readonly status: InboundStatus;
  /** What it came to; null where nothing was to be done with it. */
  readonly report: RunReport | null;
  /** Why its catalogue could not be taken; null where it could, or was not looked at. */
  readonly fault: string | null;
}

/** Refusals kept with their reasons; all are counted. */
const REFUSALS_KEPT = 20;

/** Records a message, and what it states where it answers a question of ours: the same for callbacks and answers at once. */
export async function recordInbound(
  { database, log }: InboundDeps,
  message: ReadableMessage,
): Promise<Recorded> {
  const { body, context, signature } = message;
  const { catalog, failure } = read(message);
  const run: CatalogRun = {
    httpStatus: message.httpStatus,
    retries: message.retries,
    rowsRead: catalog?.itemsRead ?? 0,
    rowsRefused: catalog?.refusals.length ?? 0,
    rowsDuplicate: catalog?.itemsDuplicate ?? 0,
    refusals: catalog?.refusals.slice(0, REFUSALS_KEPT) ?? [],
    failure,
  };
  const stored: BecknMessage = {
    direction: 'INBOUND',
    action: context.action,
    party: context.bppId ?? UNNAMED_PLATFORM,
    messageId: context.messageId,
    transactionId: context.transactionId,
    signature,
    fault: failure?.message ?? null,
    statedAt: context.statedAt,
    body: { json: body },
  };
  const { status, outcome } = await recordMessage(database.pool, stored, catalog?.windows ?? [], run);
  log.info(
    { action: context.action, status, signature, transactionId: context.transactionId },
    'beckn.message.recorded',
  );
  return {
    status,
    report: outcome && reportOf(log, run, outcome),
    fault: status === 'BROKEN' ? (failure?.message ?? null) : null,
  };
}

/** The catalogue of an `on_discover`, or why it has none; neither of any other message. */
function read({ body, context, adapter }: ReadableMessage): {
  readonly catalog: StatedCatalog | null;
  readonly failure: CatalogRun['failure'];
} {
  if (context.action !== 'on_discover') return { catalog: null, failure: null };
  try {
    return { catalog: adapter.catalog(body, context), failure: null };
  } catch (error) {
    if (!(error instanceof PylonError)) throw error;
    return { catalog: null, failure: { code: error.code, message: error.message, notBefore: null } };
  }
}

/** The run as the log and the metrics tell of those of every source. */
export function reportOf(log: Logger, run: CatalogRun, outcome: RunOutcome): RunReport {
  const { rowsRead, rowsRefused, rowsDuplicate, retries, refusals, failure } = run;
  const { rowsNew, rowsChanged } = outcome;
  const source = becknDiscover.id;
  const status = failure ? 'FAILED' : 'SUCCEEDED';
  const counts = { source, rowsRead, rowsNew, rowsChanged, rowsRefused, rowsDuplicate, retries };
  if (failure) log.warn({ ...counts, code: failure.code, error: failure.message }, 'ingest.run.failed');
  else log.info({ ...counts, status }, 'ingest.run.finished');
  return { ...outcome, ...counts, status, rowsOutside: 0, refusals, error: failure };
}
