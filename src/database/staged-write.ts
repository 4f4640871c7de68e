import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { RunOutcome } from '../domain/ingest-run.js';
import { leaseError, outcomeOf, type OutcomeRow } from './ingest-runs.js';
import type { Lease } from './leases.js';

const ROWS_A_CHUNK = 500;

export interface StagedWrite {
  readonly lease: Lease;
  /** Makes the partitions that the rows need; outside the transaction, because it takes locks of its own. */
  readonly prepare: (client: pg.PoolClient) => Promise<unknown>;
  /** Makes the temporary table. */
  readonly stageSql: string;
  readonly copySql: string;
  /** Lines of COPY's text format. */
  readonly lines: Iterable<string>;
  /** Records the staged rows; sent as text together with its COMMIT, because parameters would need a round trip of their own. */
  readonly recordSql: string;
}

/**
 * One run in one transaction: the rows are copied in first, without a lock on the log; the last statement locks the head
 * and carries its own COMMIT, so that the lock is held by the server alone. Nothing is written when anything fails.
 *
 * @throws {PylonError} LEASE_LOST when another process took the lease over.
 */
export async function writeStaged(pool: pg.Pool, write: StagedWrite): Promise<RunOutcome> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await write.prepare(client);
    await client.query(`${write.stageSql}; begin`);
    await pipeline(Readable.from(chunksOf(write.lines)), client.query(copyFrom(write.copySql)));
    const results = (await client.query(
      `${write.recordSql}; commit`,
    )) as unknown as pg.QueryResult<OutcomeRow>[];
    const row = results[0]?.rows[0];
    if (!row) throw new Error('the recording function answered no row');
    return outcomeOf(row);
  } catch (error) {
    broken = await rollBack(client);
    throw leaseError(error, write.lease);
  } finally {
    client.release(broken);
  }
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

function* chunksOf(lines: Iterable<string>): Iterable<string> {
  let chunk = '';
  let count = 0;
  for (const line of lines) {
    chunk += line;
    count += 1;
    if (count % ROWS_A_CHUNK > 0) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

/** What stands for null in COPY's text format. */
export const COPY_NULL = '\\N';

/** A text as COPY reads it. */
export const copyText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');

/** One line of COPY's text format. */
export const copyLine = (values: readonly (string | number | Date | null)[]): string =>
  `${values.map(copyValue).join('\t')}\n`;

const copyValue = (value: string | number | Date | null): string => {
  if (value === null) return COPY_NULL;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? copyText(value) : value.toISOString();
};
