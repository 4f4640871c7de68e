import pg from 'pg';
import { INDEX_CODES, KIND_CODES, QUALITY_CODES, type Quality } from '../domain/codes.js';
import { FUELS } from '../domain/fuels.js';
import type { GridStatement } from '../domain/grid-statement.js';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import { settlementPeriodOf } from '../domain/settlement-period.js';
import { jsonbText, runJson } from './ingest-runs.js';
import type { Lease } from './leases.js';
import { spanOf } from './span.js';
import { COPY_NULL, copyText, writeStaged } from './staged-write.js';

/** Events that other writers may append between this run's look at the log's room and its own append. */
export const ROOM_FOR_OTHERS = 100_000;

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
 * events and the run's row.
 *
 * @throws {PylonError} LEASE_LOST when another process took the lease over.
 */
export const recordGridStatements = (pool: pg.Pool, batch: GridStatementBatch): Promise<RunOutcome> =>
  writeStaged(pool, {
    lease: batch.lease,
    prepare: (client) => ensurePartitions(client, batch.statements),
    stageSql: 'select stage_grid_statements()',
    copySql: 'copy pg_temp.staged from stdin',
    lines: linesOf(batch.statements),
    recordSql: recordingSql(batch),
  });

function recordingSql({ lease, run, quality, priority, announce }: GridStatementBatch): string {
  const text = pg.escapeLiteral;
  return (
    `select * from record_grid_statements(${text(lease.name)}, ${lease.fencing}, ${text(runJson(run))}::jsonb, ` +
    `${QUALITY_CODES[quality]}::smallint, ${rankOf(quality, priority)}::smallint, ${announce})`
  );
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

function* linesOf(statements: readonly GridStatement[]): Iterable<string> {
  for (const statement of statements) yield copyRow(statement);
}

const instant = (date: Date | null): string => date?.toISOString() ?? COPY_NULL;

/** One line of COPY's text format, in the column order of `staged`. */
function copyRow({ regionId, from, kind, issuedAt, intensityGco2PerKwh, index, mix }: GridStatement): string {
  const { settlementDate, settlementPeriod } = settlementPeriodOf(from);
  const shares = FUELS.map((fuel) => mix?.permille[fuel] ?? COPY_NULL).join('\t');
  const unlisted = mix && mix.unlisted.length > 0 ? copyText(jsonbText(mix.unlisted)) : COPY_NULL;
  return (
    `${regionId}\t${from.toISOString()}\t${KIND_CODES[kind]}\t${settlementDate}\t${settlementPeriod}\t${instant(issuedAt)}\t` +
    `${intensityGco2PerKwh ?? COPY_NULL}\t${index ? INDEX_CODES[index] : COPY_NULL}\t${shares}\t${unlisted}\n`
  );
}
