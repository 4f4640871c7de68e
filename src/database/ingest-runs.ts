import type pg from 'pg';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import { PylonError, type ErrorCode } from '../domain/errors.js';
import type { Lease } from './leases.js';

/** SQLSTATE that `assert_lease` raises. */
const LEASE_LOST = 'PY001';

/** What PostgreSQL refuses in text: NUL, and half of a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;
const storable = (text: string): string => text.replaceAll(UNSTORABLE, '\u{FFFD}');

/** JSON that jsonb takes: a publisher's words, and the names of its fields, may hold what PostgreSQL refuses. */
export const jsonbText = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'string') return storable(part);
    const isObject = typeof part === 'object' && part !== null && !Array.isArray(part);
    return isObject && Object.keys(part).some((name) => storable(name) !== name)
      ? Object.fromEntries(Object.entries(part).map(([name, inner]) => [storable(name), inner as unknown]))
      : part;
  });

/** The run's row as the SQL functions take it. */
export const runJson = (run: RunRecord): string =>
  jsonbText({
    source_id: run.sourceId,
    mode: run.mode,
    status: run.failure ? 'FAILED' : 'SUCCEEDED',
    endpoint: run.endpoint,
    window_from: run.window.from,
    window_to: run.window.to,
    started_at: run.startedAt,
    http_status: run.httpStatus,
    retries: run.retries,
    rows_read: run.rowsRead,
    rows_refused: run.rowsRefused,
    rows_duplicate: run.rowsDuplicate,
    refusals: run.refusals,
    backfill_id: run.backfillId,
    error_code: run.failure?.code ?? null,
    error: run.failure?.message ?? null,
    not_before: run.failure?.notBefore ?? null,
  });

/** The row that the recording functions answer. */
export interface OutcomeRow {
  readonly run_id: number;
  readonly rows_new: number;
  readonly rows_changed: number;
  readonly last_sequence: bigint | null;
}

export const outcomeOf = (row: OutcomeRow): RunOutcome => ({
  runId: row.run_id,
  rowsNew: row.rows_new,
  rowsChanged: row.rows_changed,
  lastSequence: row.last_sequence,
});

/** Turns the database's refusal of a late writer into LEASE_LOST; anything else passes unchanged. */
export function leaseError(error: unknown, lease: Lease): unknown {
  const lost = error instanceof Error && 'code' in error && error.code === LEASE_LOST;
  return lost
    ? new PylonError('LEASE_LOST', error.message, { cause: error, details: { lease: lease.name } })
    : error;
}

/** Writes the row of a run that brought no rows: it failed, or said nothing new. */
export async function recordRun(
  db: Pick<pg.Pool, 'query'>,
  lease: Lease,
  run: RunRecord,
): Promise<RunOutcome> {
  try {
    const { rows } = await db.query<Pick<OutcomeRow, 'run_id' | 'last_sequence'>>(
      'select * from record_run($1, $2, $3::jsonb)',
      [lease.name, lease.fencing, runJson(run)],
    );
    const [row] = rows;
    if (!row) throw new Error('record_run answered no row');
    return outcomeOf({ ...row, rows_new: 0, rows_changed: 0 });
  } catch (error) {
    throw leaseError(error, lease);
  }
}

/** What a run came to, as its row tells it. */
export interface RecordedRun
  extends RunOutcome, Pick<RunRecord, 'retries' | 'rowsRead' | 'rowsRefused' | 'rowsDuplicate' | 'refusals'> {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error: RunRecord['failure'];
}

/** The newest run of a source that has run. */
export async function readNewestRun(db: Pick<pg.Pool, 'query'>, sourceId: number): Promise<RecordedRun> {
  const { rows } = await db.query<
    Omit<RecordedRun, 'error'> & { code: ErrorCode | null; message: string | null; notBefore: Date | null }
  >(
    `select ingest_run_id as "runId", status, rows_read as "rowsRead", rows_new as "rowsNew", rows_changed as "rowsChanged",
       rows_refused as "rowsRefused", rows_duplicate as "rowsDuplicate", retries, last_sequence as "lastSequence", refusals,
       error_code as code, error as message, not_before as "notBefore"
     from ingest_runs where source_id = $1 order by ingest_run_id desc limit 1`,
    [sourceId],
  );
  const [row] = rows;
  if (!row) throw new Error(`source ${sourceId} has not run`);
  const { code, message, notBefore, ...run } = row;
  return { ...run, error: code === null ? null : { code, message: message ?? '', notBefore } };
}
