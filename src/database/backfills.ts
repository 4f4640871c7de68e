import type { Window } from '../domain/ingest-run.js';
import type { Database } from './open.js';

export interface Checkpoint {
  readonly backfillId: number;
  /** Everything before it is stored. */
  readonly nextFrom: Date;
}

/** The unfinished backfill of just this source, data set of it (empty: it has but one) and span, or a new one. */
export async function openBackfill(
  { pool, clock, sources }: Database,
  source: string,
  { from, to }: Window,
  dataset = '',
): Promise<Checkpoint> {
  const { rows } = await pool.query<{ backfill_id: number; next_from: Date }>(
    `insert into backfills as b (source_id, from_at, to_at, next_from, started_at, dataset) values ($1, $2, $3, $2, $4, $5)
     on conflict (source_id, dataset, from_at, to_at) where finished_at is null do update set started_at = b.started_at
     returning backfill_id, next_from`,
    [sources.idOf(source), from, to, clock.now(), dataset],
  );
  const [row] = rows;
  if (!row) throw new Error('the insert of a backfill answered no row');
  return { backfillId: row.backfill_id, nextFrom: row.next_from };
}
