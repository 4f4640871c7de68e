import { randomUUID } from 'node:crypto';
import {
  beginTransaction,
  failTransaction,
  openTransactions,
  type BecknMessage,
  type CatalogRun,
} from '../database/beckn-messages.js';
import type { Lease } from '../database/leases.js';
import { PylonError } from '../domain/errors.js';
import { addHalfHours, floorToHalfHour } from '../domain/half-hour.js';
import type { RunMode } from '../domain/ingest-run.js';
import { giveBack, type RunReport, type RunnerDeps } from '../ingest/run.js';
import { becknDiscover } from '../ingest/sources/beckn-discover.js';
import { ADAPTERS, adapterOf, type Asking } from './adapter.js';
import { recordInbound, reportOf } from './inbound.js';
import { along, at, isObject, isTooDeep, quoted, type Json } from './json.js';
import { readContext } from './message-context.js';

export interface Marketplace {
  /** Where messages are sent, without a slash at the end. */
  readonly url: string;
  /** Where others reach this server; null where nobody does, so that only answers given at once can be had. */
  readonly publicUrl: string | null;
  readonly bapId: string | null;
  /** JSONPath of the items wanted. */
  readonly filter: string;
}

export interface DiscoverDeps extends Pick<RunnerDeps, 'database' | 'leases' | 'http' | 'log'> {
  readonly marketplace: Marketplace;
}

/** Null: the question is out and its answer not in yet; it comes on a callback, in whatever process. */
export type Discovered = RunReport | null;

const ENDPOINT = '/discover';
/** Span that a catalogue may be about: what is open now, and the coming day. */
const HALF_HOURS_AHEAD = 48;
/** Whoever may not be reached says so in a name that can never resolve (RFC 2606). */
const NOWHERE = 'pylon.invalid';

/**
 * Asks the marketplace once what is on offer, unless a question is still out. Ends questions that nobody answered in
 * time; having found one, it does not ask again at once, so that the circuit decides when.
 *
 * @throws {PylonError} LEASE_HELD when another process asks now; LEASE_LOST when it took over meanwhile.
 * @throws {FetchAbandoned} when this process stops meanwhile; the question then runs out.
 */
export async function discover(deps: DiscoverDeps, mode: RunMode): Promise<Discovered> {
  const { database, leases } = deps;
  const lease = await leases.acquire(`source:${becknDiscover.id}`);
  if (!lease)
    throw new PylonError(
      'LEASE_HELD',
      `another process is running source ${becknDiscover.id} now; try again when it is done`,
    );
  try {
    const open = await openTransactions(database.pool, database.sources.idOf(becknDiscover.id));
    const late = open.filter(({ expiresAt }) => expiresAt <= database.clock.now());
    let ended: Discovered = null;
    for (const { id } of late) ended = (await fail(deps, lease, id, NO_CALLBACK)) ?? ended;
    if (open.length > 0) return ended;
    return await ask(deps, lease, mode);
  } finally {
    await giveBack(deps, lease);
  }
}

const NO_CALLBACK = {
  error: new PylonError('SOURCE_UNAVAILABLE', 'no callback came in the time the question was good for'),
  httpStatus: null,
  retries: 0,
};

async function ask(deps: DiscoverDeps, lease: Lease, mode: RunMode): Promise<Discovered> {
  const { database, http, marketplace } = deps;
  const [adapter] = ADAPTERS;
  const startedAt = database.clock.now();
  const asking: Asking = {
    transactionId: randomUUID(),
    messageId: randomUUID(),
    bapUri: `${marketplace.publicUrl ?? `https://${NOWHERE}`}/beckn`,
    bapId: marketplace.bapId ?? new URL(marketplace.publicUrl ?? `https://${NOWHERE}`).hostname,
    at: startedAt,
  };
  const question = adapter.discover(asking, marketplace.filter);
  const from = floorToHalfHour(startedAt);
  const id = await beginTransaction(
    database.pool,
    lease,
    {
      transactionId: asking.transactionId,
      action: 'discover',
      sourceId: database.sources.idOf(becknDiscover.id),
      mode,
      endpoint: ENDPOINT,
      window: { from, to: addHalfHours(from, HALF_HOURS_AHEAD) },
      startedAt,
      expiresAt: new Date(startedAt.getTime() + adapter.ttlSeconds * 1000),
    },
    outbound(asking, question),
  );
  const sent = { httpStatus: null as number | null, retries: 0 };
  try {
    const answer = await http.post(`${marketplace.url}${ENDPOINT}`, JSON.stringify(question), (attempt) => {
      sent.httpStatus = attempt.httpStatus;
      if (attempt.retried) sent.retries += 1;
    });
    return await takeAnswer(deps, answer, asking, sent);
  } catch (error) {
    if (
      !(error instanceof PylonError) ||
      error.code === 'DATABASE_UNAVAILABLE' ||
      error.code === 'LEASE_LOST'
    )
      throw error;
    return fail(deps, lease, id, { error, ...sent });
  }
}

/** @throws {PylonError} why the answer cannot be used. */
async function takeAnswer(
  deps: DiscoverDeps,
  answer: unknown,
  asking: Asking,
  sent: { readonly httpStatus: number | null; readonly retries: number },
): Promise<Discovered> {
  const status = along(answer, 'message', 'ack', 'status');
  if (at(answer, 'context') === undefined && status === 'ACK') {
    if (deps.marketplace.publicUrl !== null) return null;
    throw new PylonError(
      'CONFIG_INVALID',
      'the marketplace answers by callback only, and PUBLIC_URL, where it would send it, is not set',
    );
  }
  if (status === 'NACK') {
    const error = at(answer, 'error');
    throw broken(`refused the question: ${quoted(at(error, 'message') ?? at(error, 'code'))}`);
  }
  if (!isObject(answer) || isTooDeep(answer))
    throw broken(`answered ${isObject(answer) ? 'something nested too deeply' : quoted(answer)}`);
  const head = readContext(answer, deps.database.clock.now());
  if ('fault' in head) throw broken(`answered neither ACK nor a message: ${head.fault}`);
  const { context } = head;
  if (context.action !== 'on_discover' || context.transactionId !== asking.transactionId)
    throw broken(`answered with ${quoted(context.action)} of transaction ${quoted(context.transactionId)}`);
  const adapter = adapterOf(context);
  if (!adapter) throw broken(`answered in version ${quoted(context.version)} of ${quoted(context.domain)}`);
  const { status: became, report } = await recordInbound(deps, {
    ...sent,
    body: answer,
    context,
    adapter,
    signature: 'UNVERIFIED',
  });
  if (!report)
    throw broken(`answered at once, but the same message or a newer one was here before: ${became}`);
  return report;
}

const broken = (fault: string): PylonError =>
  new PylonError('SOURCE_CONTRACT_BROKEN', `the marketplace ${fault}`);

/** Null where an answer came after all. */
async function fail(
  { database, log }: DiscoverDeps,
  lease: Lease,
  id: number,
  { error, httpStatus, retries }: { error: PylonError; httpStatus: number | null; retries: number },
): Promise<Discovered> {
  const notBefore = error.details['notBefore'];
  const run: CatalogRun = {
    httpStatus,
    retries,
    rowsRead: 0,
    rowsRefused: 0,
    rowsDuplicate: 0,
    refusals: [],
    failure: {
      code: error.code,
      message: error.message,
      notBefore: notBefore instanceof Date ? notBefore : null,
    },
  };
  const outcome = await failTransaction(database.pool, lease, id, run);
  return outcome && reportOf(log, run, outcome);
}

const outbound = ({ bapId, messageId, transactionId, at: statedAt }: Asking, json: Json): BecknMessage => ({
  direction: 'OUTBOUND',
  action: 'discover',
  party: bapId,
  messageId,
  transactionId,
  signature: 'NONE',
  fault: null,
  statedAt,
  body: { json },
});
