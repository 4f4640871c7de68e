import type pg from 'pg';
import type { ErrorCode } from '../domain/errors.js';

/** What the latest runs of one source tell. Instants by the server's clock. */
export interface SourceRecord {
  readonly sourceId: number;
  readonly lastRunId: number | null;
  readonly lastFinishedAt: Date | null;
  /** Start of the newest successful run: its values are as of then. */
  readonly lastSuccessAt: Date | null;
  /** Window of the newest successful run that was no backfill: what was heard. */
  readonly heardFrom: Date | null;
  readonly heardTo: Date | null;
  /** Failed runs since the last success. */
  readonly failures: number;
  readonly lastErrorAt: Date | null;
  readonly lastErrorCode: ErrorCode | null;
  readonly lastError: string | null;
  /** The longest that the publisher asked for since then. */
  readonly notBefore: Date | null;
}

interface Row {
  readonly source_id: number;
  readonly last_run_id: number | null;
  readonly last_finished_at: Date | null;
  readonly last_success_at: Date | null;
  readonly heard_from: Date | null;
  readonly heard_to: Date | null;
  readonly failures: number;
  readonly last_error_at: Date | null;
  readonly last_error_code: string | null;
  readonly last_error: string | null;
  readonly not_before: Date | null;
}

/**
 * The state of every source in one statement. Backfills do not count: they say nothing about now.
 *
 * @param asOf only runs that had ended by then; null for all.
 */
export async function readSourceRecords(
  db: Pick<pg.Pool, 'query'>,
  asOf: Date | null = null,
): Promise<SourceRecord[]> {
  const { rows } = await db.query<Row>({
    name: 'source-records',
    text: `select s.source_id, l.ingest_run_id as last_run_id, l.finished_at as last_finished_at,
        ok.started_at as last_success_at, ok.window_from as heard_from, ok.window_to as heard_to,
        since.failures, since.not_before,
        f.finished_at as last_error_at, f.error_code as last_error_code, f.error as last_error
      from sources s
      left join lateral (select * from ingest_runs r where r.source_id = s.source_id and r.mode <> 'BACKFILL'
        and r.finished_at <= coalesce($1::timestamptz, 'infinity') order by r.ingest_run_id desc limit 1) l on true
      left join lateral (select * from ingest_runs r where r.source_id = s.source_id and r.mode <> 'BACKFILL' and r.status = 'SUCCEEDED'
        and r.finished_at <= coalesce($1::timestamptz, 'infinity') order by r.ingest_run_id desc limit 1) ok on true
      left join lateral (select * from ingest_runs r where r.source_id = s.source_id and r.mode <> 'BACKFILL' and r.status = 'FAILED'
        and r.finished_at <= coalesce($1::timestamptz, 'infinity') order by r.ingest_run_id desc limit 1) f on true
      cross join lateral (select count(*)::integer as failures, max(r.not_before) as not_before from ingest_runs r
        where r.source_id = s.source_id and r.status = 'FAILED' and r.mode <> 'BACKFILL'
          and r.ingest_run_id > coalesce(ok.ingest_run_id, 0) and r.finished_at <= coalesce($1::timestamptz, 'infinity')) since
      order by s.source_id`,
    values: [asOf],
  });
  return rows.map((row) => ({
    sourceId: row.source_id,
    lastRunId: row.last_run_id,
    lastFinishedAt: row.last_finished_at,
    lastSuccessAt: row.last_success_at,
    heardFrom: row.heard_from,
    heardTo: row.heard_to,
    failures: row.failures,
    lastErrorAt: row.last_error_at,
    lastErrorCode: row.last_error_code as ErrorCode | null,
    lastError: row.last_error,
    notBefore: row.not_before,
  }));
}
