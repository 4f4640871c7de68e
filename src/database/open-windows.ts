import type pg from 'pg';
import { knownAt } from './compute-market.js';
import { MAX_SEQUENCE } from './series/stated.js';

/**
 * How many compute windows are on offer at an instant, by licence area, as known at a sequence, newest where null; an
 * area without any is left out. Null where no marketplace had answered yet.
 */
export async function readOpenWindows(
  db: Pick<pg.Pool, 'query'>,
  { instant, asOf }: { readonly instant: Date; readonly asOf: bigint | null },
): Promise<ReadonlyMap<number, number> | null> {
  const { rows } = await db.query<{ readonly regionId: number | null; readonly windows: number }>({
    name: 'open-compute-windows',
    text: `with heard as (select from window_listings where sequence <= $1 limit 1)
      select o.region_id as "regionId", count(o.region_id)::integer as windows
      from heard left join (select z.region_id from ${knownAt('$1')} join grid_zones z on z.grid_zone_id = d.grid_zone_id
        where w.to_at > $2 and l.is_listed and z.region_id is not null) o on true
      group by o.region_id`,
    values: [asOf ?? MAX_SEQUENCE, instant],
  });
  if (rows.length === 0) return null;
  return new Map(rows.flatMap(({ regionId, windows }) => (regionId === null ? [] : [[regionId, windows]])));
}
