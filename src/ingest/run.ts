import type { Database } from '../database/open.js';
import { recordRun } from '../database/ingest-runs.js';
import type { LeaseKeeper } from '../database/lease-keeper.js';
import type { Lease } from '../database/leases.js';
import { PylonError, messageOf } from '../domain/errors.js';
import type { Refusal } from '../domain/grid-statement.js';
import type { RunMode, RunOutcome, RunRecord, Window } from '../domain/ingest-run.js';
import type { Logger } from '../logger.js';
import { Harvest, storable } from './harvest.js';
import type { HttpClient, NoteAttempt } from './http.js';
import { RECORD_KINDS, type RecordKind } from './record-kinds.js';
import type { AnySource } from './registry.js';
import type { Reach, Records, Source } from './source.js';

export interface RunnerDeps {
  readonly database: Database;
  readonly leases: LeaseKeeper;
  readonly http: HttpClient;
  readonly baseUrlOf: (source: Pick<AnySource, 'baseUrl'>) => string;
  readonly log: Logger;
}

export interface RunRequest {
  readonly source: AnySource;
  readonly mode: RunMode;
  readonly window: Window;
  readonly backfillId?: number;
}

export interface RunReport extends RunOutcome {
  readonly source: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly rowsRead: number;
  readonly rowsRefused: number;
  readonly rowsDuplicate: number;
  /** Rows of a backfill's neighbouring windows, which bring them themselves: publishers answer seams twice. */
  readonly rowsOutside: number;
  readonly retries: number;
  readonly refusals: readonly Refusal[];
  readonly error: RunRecord['failure'];
}

/** What the answers of one run told besides their rows. */
interface Answers {
  retries: number;
  httpStatus: number | null;
  /** The path asked last. */
  endpoint: string;
}

/**
 * Runs one source once under its lease: fetch, parse, and one transaction for rows, read model, events and the run's
 * own row. A failure writes nothing but the run's row, which names it.
 *
 * @throws {PylonError} LEASE_HELD when another process runs this source now; LEASE_LOST when it took over meanwhile.
 * @throws {FetchAbandoned} when this process stops meanwhile; nothing is written, not even the run's row.
 */
export async function runSource(deps: RunnerDeps, request: RunRequest): Promise<RunReport> {
  const lease = await deps.leases.acquire(`source:${request.source.id}`);
  if (!lease)
    throw new PylonError(
      'LEASE_HELD',
      `another process is running source ${request.source.id} now; try again when it is done`,
    );
  try {
    return await runUnderLease(deps, request, lease);
  } finally {
    await giveBack(deps, lease);
  }
}

/** A lease that could not be given back runs out by itself: what the run came to counts, and is not hidden by that. */
export async function giveBack(
  { leases, log }: Pick<RunnerDeps, 'leases' | 'log'>,
  lease: Lease,
): Promise<void> {
  try {
    await leases.release(lease);
  } catch (error) {
    log.warn({ lease: lease.name, error: messageOf(error) }, 'lease.release.failed');
  }
}

async function runUnderLease(
  deps: RunnerDeps,
  { source, mode, window, backfillId }: RunRequest,
  lease: Lease,
): Promise<RunReport> {
  const startedAt = deps.database.clock.now();
  const kind: RecordKind<Records[keyof Records]> = RECORD_KINDS[source.produces];
  const harvest = new Harvest(kind, window);
  const answers: Answers = { retries: 0, httpStatus: null, endpoint: '' };
  let failure: RunRecord['failure'] = null;
  try {
    await gather(deps, source, window, startedAt, harvest, answers);
    harvest.refuseEmpty(source.id, mode, answers.endpoint);
    if (mode === 'BACKFILL') harvest.dropSeams();
  } catch (error) {
    failure = failureOf(error);
    if (failure.code === 'DATABASE_UNAVAILABLE') throw error;
  }
  const { rowsRead, rowsRefused, rowsDuplicate, refusals } = harvest;
  const run: RunRecord = {
    sourceId: deps.database.sources.idOf(source.id),
    mode,
    window,
    startedAt,
    ...answers,
    rowsRead,
    rowsRefused,
    rowsDuplicate,
    refusals,
    backfillId: backfillId ?? null,
    failure,
  };
  const outcome = failure
    ? await recordRun(deps.database.pool, lease, run)
    : await kind.store(harvest.rows, {
        database: deps.database,
        lease,
        run,
        priority: source.priority,
        announce: mode !== 'BACKFILL',
      });
  return report(deps.log, source.id, run, outcome, harvest.rowsOutside);
}

async function gather<Kind extends keyof Records>(
  deps: RunnerDeps,
  source: Source<Kind>,
  window: Window,
  askedAt: Date,
  harvest: Harvest<Records[Kind]>,
  answers: Answers,
): Promise<void> {
  const baseUrl = deps.baseUrlOf(source);
  const limits = source.limits ?? [];
  const note: NoteAttempt = ({ httpStatus, retried }) => {
    answers.httpStatus = httpStatus;
    if (retried) answers.retries += 1;
  };
  const reach: Reach = {
    baseUrl,
    json: (path, options) => {
      answers.endpoint = path;
      return deps.http.json(`${baseUrl}${path}`, note, { ...options, limits });
    },
    text: (url) => {
      answers.endpoint = new URL(url).pathname;
      return deps.http.text(url, note, { limits });
    },
  };
  for await (const body of source.fetch(window, reach)) harvest.add(source.parse(body, askedAt));
}

export function failureOf(error: unknown): NonNullable<RunRecord['failure']> {
  const known = error instanceof PylonError;
  const notBefore = known && error.details['notBefore'] instanceof Date ? error.details['notBefore'] : null;
  if (!known) throw error; // a fault of ours: it must surface, not pass as a publisher's
  return { code: error.code, message: storable(messageOf(error)), notBefore };
}

export function report(
  log: Logger,
  source: string,
  run: RunRecord,
  outcome: RunOutcome,
  rowsOutside: number,
): RunReport {
  const status = run.failure ? 'FAILED' : 'SUCCEEDED';
  const { rowsRead, rowsRefused, rowsDuplicate, retries } = run;
  const counts = {
    source,
    status,
    rowsRead,
    rowsNew: outcome.rowsNew,
    rowsChanged: outcome.rowsChanged,
    rowsRefused,
    rowsDuplicate,
    retries,
  };
  if (run.failure)
    log.warn({ ...counts, code: run.failure.code, error: run.failure.message }, 'ingest.run.failed');
  else log.info(counts, 'ingest.run.finished');
  return {
    ...outcome,
    ...counts,
    status,
    rowsOutside,
    refusals: run.refusals,
    error: run.failure,
  };
}
