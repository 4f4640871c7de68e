import type pg from 'pg';
import { HALF_HOUR_MS } from '../../domain/half-hour.js';
import type { HalfHourSpan } from '../headroom.js';

/** What an operator's confirmed and running placements draw in a licence area, Wh of the facility by half hour of a span. */
export async function readRegionLoad(
  db: Pick<pg.Pool, 'query'>,
  { operatorId, regionId }: { readonly operatorId: number; readonly regionId: number },
  { from, to }: HalfHourSpan,
): Promise<number[]> {
  const { rows } = await db.query<{ slot: number; facility_wh: number }>({
    name: 'planning-region-load',
    text: `select (extract(epoch from s.slot_from - $3) / 1800)::integer as slot, sum(s.facility_w)::float8 / 2 as facility_wh
      from placement_slots s join placements p using (placement_id) join data_centres c on c.data_centre_id = s.data_centre_id
      where s.operator_id = $1 and c.region_id = $2 and s.slot_from >= $3 and s.slot_from < $4 and p.state in ('CONFIRMED', 'RUNNING')
      group by s.slot_from`,
    values: [operatorId, regionId, from, to],
  });
  const slots = Math.round((to.getTime() - from.getTime()) / HALF_HOUR_MS);
  const loadWh = Array.from({ length: slots }, () => 0);
  for (const { slot, facility_wh: wh } of rows) loadWh[slot] = wh;
  return loadWh;
}
