import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { INDEX_CODES, KIND_CODES, QUALITY_CODES, type Quality } from '../domain/codes.js';
import { FUELS } from '../domain/fuels.js';
import type { GridStatement } from '../domain/grid-statement.js';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import { settlementPeriodOf } from '../domain/settlement-period.js';
import { jsonbText, leaseError, outcomeOf, runJson, type OutcomeRow } from './ingest-runs.js';
import type { Lease } from './leases.js';
import { spanOf } from './span.js';

const ROWS_A_CHUNK = 500;

/** Events that other writers may append between this run's look at the log's room and its own append. */
const ROOM_FOR_OTHERS = 100_000;

export interface GridStatementBatch {
  readonly lease: Lease;
  readonly run: RunRecord;
  /** The source's own: all it ever states is of one quality. */
  readonly quality: Quality;
  /** The source's priority; a real statement outranks every synthetic one whatever this is. */
  readonly priority: number;
  /** Each (region, half hour, kind) once. */
  readonly statements: readonly GridStatement[];
  /** False: one event for the whole run instead of one a signal (a backfill). */
  readonly announce: boolean;
}

/** Rank of a statement among the sources of one value: real before synthetic, then priority (0–999). */
export const rankOf = (quality: Quality, priority: number): number =>
  (quality === 'REAL' ? 1000 : 0) + priority;

/**
 * Records one run of one source in one transaction: what differs from the source's last word, the read model, the
 * events and the run's row. Nothing is written when anything fails.
 *
 * The rows are copied in first, without a lock on the log; the last statement locks the head and carries its own
 * COMMIT, so that the lock is held by the server alone.
 *
 * @throws {PylonError} LEASE_LOST when another process took the lease over.
 */
export async function recordGridStatements(pool: pg.Pool, batch: GridStatementBatch): Promise<RunOutcome> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await ensurePartitions(client, batch.statements);
    await client.query('select stage_grid_statements(); begin');
    await pipeline(
      Readable.from(chunksOf(batch.statements)),
      client.query(copyFrom('copy pg_temp.staged from stdin')),
    );
    const results = (await client.query(recordingSql(batch))) as unknown as pg.QueryResult<OutcomeRow>[];
    const row = results[0]?.rows[0];
    if (!row) throw new Error('record_grid_statements answered no row');
    return outcomeOf(row);
  } catch (error) {
    broken = await rollBack(client);
    throw leaseError(error, batch.lease);
  } finally {
    client.release(broken);
  }
}

/** A statement sent as text together with its COMMIT, because parameters would need a round trip of their own. */
function recordingSql({ lease, run, quality, priority, announce }: GridStatementBatch): string {
  const text = pg.escapeLiteral;
  return (
    `select * from record_grid_statements(${text(lease.name)}, ${lease.fencing}, ${text(runJson(run))}::jsonb, ` +
    `${QUALITY_CODES[quality]}::smallint, ${rankOf(quality, priority)}::smallint, ${announce}); commit`
  );
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

async function ensurePartitions(client: pg.PoolClient, statements: readonly GridStatement[]): Promise<void> {
  const [first, last] = spanOf(statements.map(({ from }) => from));
  if (!first || !last) return;
  await client.query('select ensure_observation_partitions($1, $2), ensure_log_partitions($3)', [
    first,
    new Date(last.getTime() + 1),
    ROOM_FOR_OTHERS + statements.length,
  ]);
}

function* chunksOf(statements: readonly GridStatement[]): Iterable<string> {
  for (let start = 0; start < statements.length; start += ROWS_A_CHUNK) {
    let chunk = '';
    for (const statement of statements.slice(start, start + ROWS_A_CHUNK)) chunk += copyRow(statement);
    yield chunk;
  }
}

const NULL = '\\N';
const instant = (date: Date | null): string => date?.toISOString() ?? NULL;

/** One line of COPY's text format, in the column order of `staged`. */
function copyRow({ regionId, from, kind, issuedAt, intensityGco2PerKwh, index, mix }: GridStatement): string {
  const { settlementDate, settlementPeriod } = settlementPeriodOf(from);
  const shares = FUELS.map((fuel) => mix?.permille[fuel] ?? NULL).join('\t');
  const unlisted = mix && mix.unlisted.length > 0 ? copyText(jsonbText(mix.unlisted)) : NULL;
  return (
    `${regionId}\t${from.toISOString()}\t${KIND_CODES[kind]}\t${settlementDate}\t${settlementPeriod}\t${instant(issuedAt)}\t` +
    `${intensityGco2PerKwh ?? NULL}\t${index ? INDEX_CODES[index] : NULL}\t${shares}\t${unlisted}\n`
  );
}

const copyText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
