import type pg from 'pg';
import { toBase64url } from '../domain/base64url.js';
import type { OfferSeen } from './seen.js';

interface Row extends Omit<OfferSeen, 'windowId'> {
  readonly window: number;
}

/** Windows that are shown at once; beyond it, those that begin first. */
const MOST = 500;

/** Global id of a compute window, as the graph and `selectOffer` know it. */
export const windowIdOf = (computeWindowId: number): string =>
  toBase64url(`ComputeWindow:${computeWindowId}`);

/** Windows with a price in pounds that are on offer where and when work of an operator has a confirmed place, each at its cheapest. */
export async function readOffersSeen(
  db: Pick<pg.ClientBase, 'query'>,
  operatorId: number,
  which: 'ALL' | number,
  now: Date,
): Promise<OfferSeen[]> {
  const { rows } = await db.query<Row>({
    name: 'agent-offers',
    text: `select w.compute_window_id as window, o.offer_code as "offerId", z.region_id as "regionId", w.from_at as "from", w.to_at as "to",
        s.capacity_mw as "capacityMw", s.renewable_pct as "renewablePct", s.carbon_intensity_gco2_per_kwh as "gco2PerKwh",
        o.gbp_per_mwh as "gbpPerMwh"
      from compute_windows w
      cross join lateral (select l.is_listed from window_listings l where l.compute_window_id = w.compute_window_id
        order by l.sequence desc limit 1) l
      cross join lateral (select * from window_snapshots n where n.compute_window_id = w.compute_window_id
        order by n.sequence desc limit 1) s
      join grid_zones z on z.grid_zone_id = s.grid_zone_id
      cross join lateral (select f.offer_code, f.gbp_per_mwh from offers f
        where f.compute_window_id = w.compute_window_id and f.sequence = s.sequence and f.gbp_per_mwh is not null
        order by f.gbp_per_mwh, f.offer_code limit 1) o
      where w.to_at > $1 and l.is_listed and exists (
        select from placements p join data_centres c on c.data_centre_id = p.data_centre_id
          join placement_slots t on t.placement_id = p.placement_id
        where p.operator_id = $2 and p.state = 'CONFIRMED' and c.region_id = z.region_id
          and t.slot_from >= w.from_at and t.slot_from < w.to_at and ($3::integer is null or p.workload_id = $3))
      order by w.from_at, w.compute_window_id limit $4`,
    values: [now, operatorId, which === 'ALL' ? null : which, MOST],
  });
  return rows.map(({ window, ...offer }) => ({ windowId: windowIdOf(window), ...offer }));
}
