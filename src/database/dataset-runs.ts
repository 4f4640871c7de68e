import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { PylonError } from '../domain/errors.js';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import { leaseError, outcomeOf, runJson, type OutcomeRow } from './ingest-runs.js';
import type { Lease } from './leases.js';

/** Events that other writers may append between this window's look at the log's room and its own append. */
const ROOM_FOR_OTHERS = 100_000;

/** Where the rows of a data set go. */
export interface DatasetTable {
  readonly table: 'physical_notifications' | 'dataset_records';
  /** Code of the set; null where the table is of one set. */
  readonly dataset: string | null;
}

const FUNCTIONS = {
  physical_notifications: {
    stage: 'stage_physical_notifications',
    staged: 'staged_notifications',
    record: 'record_physical_notifications',
  },
  dataset_records: {
    stage: 'stage_dataset_records',
    staged: 'staged_records',
    record: 'record_dataset_records',
  },
} as const;

/** What is known of a window once its last row came in. */
export interface DatasetWindow {
  readonly run: RunRecord;
  /** Any day of each month that it has rows of, `YYYY-MM-DD`. */
  readonly months: readonly string[];
}

export interface DatasetOutcome extends RunOutcome {
  /** Rows about something that came again in the same answer. */
  readonly rowsDuplicate: number;
}

/**
 * Writes one window of a data set in one transaction: its rows straight from `lines` by COPY, as fast as both ends go, then
 * what differs from the newest, the run's row, the checkpoint and one event. Nothing is written when anything fails.
 *
 * @param bulk a pool of one connection with time for it.
 * @param pool for the partitions, which are made beside the transaction: made within it they would be locked until its end.
 * @param finish called when the last line is in; what it throws undoes the window.
 * @throws {PylonError} LEASE_LOST when another process took the lease over; SOURCE_CONTRACT_BROKEN for a row that the
 *   database cannot hold; whatever `lines` or `finish` throw.
 */
export async function writeDatasetWindow(
  { bulk, pool, lease }: { readonly bulk: pg.Pool; readonly pool: pg.Pool; readonly lease: Lease },
  { table, dataset }: DatasetTable,
  lines: AsyncIterable<Buffer>,
  finish: () => DatasetWindow,
): Promise<DatasetOutcome> {
  const { stage, staged, record } = FUNCTIONS[table];
  const text = pg.escapeLiteral;
  const client = await bulk.connect();
  let broken: Error | undefined;
  try {
    await client.query(`select ${stage}(); begin`);
    await copyIn(client, `copy pg_temp.${staged} from stdin`, lines);
    const { run, months } = finish();
    await pool.query('select ensure_dataset_partitions($1, $2::date[]), ensure_log_partitions($3)', [
      table,
      months,
      ROOM_FOR_OTHERS,
    ]);
    const results = (await client.query(
      `select * from ${record}(${text(lease.name)}, ${lease.fencing}, ${text(runJson(run))}::jsonb` +
        `${dataset === null ? '' : `, ${text(dataset)}`}); commit`,
    )) as unknown as pg.QueryResult<OutcomeRow & { readonly rows_duplicate: number }>[];
    const row = results[0]?.rows[0];
    if (!row) throw new Error(`${record} answered no row`);
    return { ...outcomeOf(row), rowsDuplicate: row.rows_duplicate };
  } catch (error) {
    broken = await rollBack(client);
    throw leaseError(error, lease);
  } finally {
    client.release(broken);
  }
}

async function copyIn(client: pg.PoolClient, sql: string, lines: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), client.query(copyFrom(sql)));
  } catch (error) {
    throw unholdable(error);
  }
}

/** SQLSTATE classes of a value that is none, and of one beyond the database's limits. */
const UNHOLDABLE = /^(22|54)/;

function unholdable(error: unknown): unknown {
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  return error instanceof pg.DatabaseError && UNHOLDABLE.test(code)
    ? new PylonError('SOURCE_CONTRACT_BROKEN', `the database cannot hold a row: ${error.message}`, {
        cause: error,
      })
    : error;
}

/** @returns the error that makes the connection unusable, if rolling back failed. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
