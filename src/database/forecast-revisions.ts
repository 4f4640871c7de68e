import type pg from 'pg';
import { KIND_CODES, TOPIC_CODES } from '../domain/codes.js';

/** What an ingest run did to what is expected, by the columns of its row and of its source's. */
export interface RunState {
  readonly ingest_run_id: number;
  readonly source: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly rows_changed: number;
  /** Whether its source forecasts carbon intensity: what a source may state is registered at start, by the catalogue of ingestion. */
  readonly forecasts_carbon: boolean;
  /** Of such a source, regions of which it changed what is served of a half hour still to come; rising. A backfill changes none. */
  readonly revised_region_ids: readonly number[];
}

/** Runs by their number, as their own event tells of them, in one statement. */
export async function readRunStates(
  db: Pick<pg.Pool, 'query'>,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, RunState>> {
  const { rows } = await db.query<RunState>({
    name: 'run-states',
    text: `select r.ingest_run_id, s.code as source, r.status::text, r.rows_changed, $2 = any (s.carbon_kinds) as forecasts_carbon,
        array(select distinct l.region_id::integer from event_log l
          where $2 = any (s.carbon_kinds) and l.sequence between r.first_sequence and r.last_sequence and l.topic = $3
            and l.from_at > r.finished_at order by 1) as revised_region_ids
      from ingest_runs r join sources s using (source_id) where r.ingest_run_id = any ($1)`,
    values: [runIds, KIND_CODES.FORECAST, TOPIC_CODES.GRID_SIGNALS],
  });
  return new Map(rows.map((row) => [row.ingest_run_id, row]));
}
