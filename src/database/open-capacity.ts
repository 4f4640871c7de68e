import type pg from 'pg';
import type { HalfHourSpan } from './headroom.js';

/** Least power asked for: none, and less than none, so that a data centre that is overcommitted counts as full and not as absent. */
const ANY_W = -(2n ** 62n);

/** The most facility power that is left throughout a span at one ACTIVE data centre, kW, by region; regions without one are left out. */
export async function readOpenCapacity(
  db: Pick<pg.Pool, 'query'>,
  regionIds: readonly number[],
  { from, to }: HalfHourSpan,
  now: Date,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ region_id: number; open_kw: number }>({
    name: 'open-capacity',
    text: `select c.region_id, greatest(0, max(r.available_w))::float8 / 1000 as open_kw
      from data_centres_with_room($1, $2, $3, $4, $5, null) r join data_centres c using (data_centre_id)
      group by c.region_id`,
    values: [regionIds, from, to, ANY_W, now],
  });
  return new Map(rows.map((row) => [row.region_id, row.open_kw]));
}
