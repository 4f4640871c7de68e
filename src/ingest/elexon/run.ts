import type pg from 'pg';
import { writeDatasetWindow, type DatasetOutcome, type DatasetTable } from '../../database/dataset-runs.js';
import { recordRun } from '../../database/ingest-runs.js';
import type { Lease } from '../../database/leases.js';
import { LONGEST_WINDOW_MS } from '../../database/pools.js';
import { PylonError } from '../../domain/errors.js';
import type { Refusal } from '../../domain/grid-statement.js';
import type { RunMode, RunRecord, Window } from '../../domain/ingest-run.js';
import { RowRefused } from '../rows.js';
import { REFUSALS_KEPT, storable } from '../harvest.js';
import { failureOf, giveBack, report, type RunReport, type RunnerDeps } from '../run.js';
import { ELEXON_SOURCE, PHYSICAL_NOTIFICATIONS, type ElexonDataset } from './catalogue.js';
import { notificationLines } from './notification-lines.js';
import { recordLines } from './record.js';
import { pathOf } from './request.js';
import type { RowLines } from './row-lines.js';
import { RowScanner } from './row-scanner.js';

/** Large enough that a piece costs little, small enough that a slow database holds the publisher back at once. */
const BYTES_A_PIECE = 32 * 1024;
const TOLD_EVERY_MS = 500;

export interface DatasetDeps extends Pick<RunnerDeps, 'database' | 'leases' | 'http' | 'log'> {
  /** Base URL of the Insights API, without a slash at the end. */
  readonly baseUrl: string;
  /** One connection for windows of any size. */
  readonly bulk: pg.Pool;
}

export interface DatasetRun {
  readonly dataset: ElexonDataset;
  readonly mode: RunMode;
  readonly window: Window;
  readonly backfillId: number | null;
  /** Told of the rows read so far, now and then. */
  readonly onRows?: (rowsRead: number) => void;
}

/** What is counted while rows go by. */
interface Tally {
  endpoint: string;
  httpStatus: number | null;
  retries: number;
  rowsRead: number;
  rowsTaken: number;
  rowsOutside: number;
  rowsRefused: number;
  readonly refusals: Refusal[];
}

/**
 * Brings one window of one data set in under the set's lease: answer, rows, COPY and merge as one stream, one transaction. A
 * failure writes nothing but the run's row, which names it.
 *
 * @throws {PylonError} LEASE_HELD when another process runs this set now; LEASE_LOST when it took over meanwhile.
 * @throws {FetchAbandoned} when this process stops meanwhile; nothing is written, not even the run's row.
 */
export async function runDataset(deps: DatasetDeps, request: DatasetRun): Promise<RunReport> {
  const { code } = request.dataset;
  const lease = await deps.leases.acquire(`source:${ELEXON_SOURCE.id}:${code}`);
  if (!lease)
    throw new PylonError(
      'LEASE_HELD',
      `another process is running data set ${code} now; try again when it is done`,
    );
  try {
    return await runUnderLease(deps, request, lease);
  } finally {
    await giveBack(deps, lease);
  }
}

async function runUnderLease(deps: DatasetDeps, request: DatasetRun, lease: Lease): Promise<RunReport> {
  const { database, log } = deps;
  const startedAt = database.clock.now();
  const tally: Tally = {
    endpoint: pathOf(request.dataset, request.window),
    httpStatus: null,
    retries: 0,
    rowsRead: 0,
    rowsTaken: 0,
    rowsOutside: 0,
    rowsRefused: 0,
    refusals: [],
  };
  const runOf = (failure: RunRecord['failure']): RunRecord => ({
    sourceId: database.sources.idOf(ELEXON_SOURCE.id),
    mode: request.mode,
    endpoint: tally.endpoint,
    window: request.window,
    startedAt,
    httpStatus: tally.httpStatus,
    retries: tally.retries,
    rowsRead: tally.rowsRead,
    rowsRefused: tally.rowsRefused,
    rowsDuplicate: 0, // counted by the database, which sees all rows of a window at once
    refusals: tally.refusals,
    backfillId: request.backfillId,
    failure,
  });
  const name = `${ELEXON_SOURCE.id}:${request.dataset.code}`;
  try {
    const outcome = await write(deps, request, lease, tally, () => runOf(null));
    const { rowsDuplicate } = outcome;
    return report(log, name, { ...runOf(null), rowsDuplicate }, outcome, tally.rowsOutside);
  } catch (error) {
    if (error instanceof PylonError && OURS.has(error.code)) throw error;
    const run = runOf(failureOf(error));
    return report(log, name, run, await recordRun(database.pool, lease, run), tally.rowsOutside);
  }
}

/** Failures that say nothing about the publisher. */
const OURS = new Set(['LEASE_LOST', 'DATABASE_UNAVAILABLE']);

async function write(
  deps: DatasetDeps,
  request: DatasetRun,
  lease: Lease,
  tally: Tally,
  runOf: () => RunRecord,
): Promise<DatasetOutcome> {
  const { bulk, database } = deps;
  const lines = linesFor(request);
  return deps.http.stream(
    `${deps.baseUrl}${tally.endpoint}`,
    ({ httpStatus, retried }) => {
      tally.httpStatus = httpStatus;
      if (retried) tally.retries += 1;
    },
    LONGEST_WINDOW_MS,
    (pieces) =>
      writeDatasetWindow(
        { bulk, pool: database.pool, lease },
        tableOf(request.dataset),
        linesOf(pieces, lines, tally, request),
        () => {
          refuseEmpty(request, tally);
          return { run: runOf(), months: [...lines.months] };
        },
      ),
  );
}

const tableOf = ({ code }: ElexonDataset): DatasetTable =>
  code === PHYSICAL_NOTIFICATIONS
    ? { table: 'physical_notifications', dataset: null }
    : { table: 'dataset_records', dataset: code };

export const linesFor = ({ dataset, window }: Pick<DatasetRun, 'dataset' | 'window'>): RowLines =>
  dataset.code === PHYSICAL_NOTIFICATIONS ? notificationLines(window) : recordLines(dataset)(window);

/** From the bytes of the answer to lines of COPY, holding no more than a piece of either. */
async function* linesOf(
  pieces: AsyncIterable<Buffer>,
  lines: RowLines,
  tally: Tally,
  { onRows = () => undefined }: DatasetRun,
): AsyncGenerator<Buffer, void, undefined> {
  const scanner = new RowScanner((bytes, start, end) => {
    tally.rowsRead += 1;
    try {
      if (lines.take(bytes, start, end) === 'TAKEN') tally.rowsTaken += 1;
      else tally.rowsOutside += 1;
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      refuse(tally, error.message);
    }
  });
  let toldAt = performance.now();
  for await (const piece of pieces) {
    scanner.push(piece);
    if (lines.size >= BYTES_A_PIECE) yield lines.flush();
    if (performance.now() - toldAt < TOLD_EVERY_MS) continue;
    toldAt = performance.now();
    onRows(tally.rowsRead);
  }
  scanner.end();
  if (lines.size > 0) yield lines.flush();
}

function refuse(tally: Tally, reason: string): void {
  tally.rowsRefused += 1;
  if (tally.refusals.length < REFUSALS_KEPT)
    tally.refusals.push({ row: `row ${tally.rowsRead}`, reason: storable(reason) });
}

/**
 * Of rows none of which could be taken, and of no rows from a set that speaks every day, nothing is stored and the run says
 * so. Sets that speak when something happens have days without a word.
 */
function refuseEmpty({ dataset, mode }: DatasetRun, tally: Tally): void {
  const { rowsRead, rowsTaken, rowsOutside, rowsRefused, refusals, endpoint } = tally;
  if (rowsTaken > 0) return;
  if (rowsRead === 0) {
    if (mode === 'BACKFILL' && !dataset.isDaily) return;
    throw new PylonError('SOURCE_EMPTY', `${dataset.code} answered without any row for ${endpoint}`);
  }
  const [first] = refusals;
  throw new PylonError(
    'SOURCE_CONTRACT_BROKEN',
    `none of ${rowsRead} rows could be taken: ${rowsRefused} were refused, ${rowsOutside} are about another span` +
      (first ? `; the first refused: ${first.row}: ${first.reason}` : ''),
  );
}
