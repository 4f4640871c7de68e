import type pg from 'pg';
import type { HalfHourSpan } from '../headroom.js';

/** An ACTIVE data centre, with the facility power that stands there. */
export interface CentrePower {
  readonly dataCentreId: number;
  readonly dcId: string;
  readonly regionId: number;
  readonly pue: number;
  readonly capacityW: number;
  readonly minLoadPct: number;
  readonly flexibilityRating: number;
  readonly rampRateMwPerMin: number | null;
  /** Held, confirmed and running, of all operators, W by half hour of the span. */
  readonly committedW: readonly number[];
}

interface CentreRow {
  readonly data_centre_id: number;
  readonly dc_id: string;
  readonly region_id: number;
  readonly pue: number;
  readonly capacity_w: number;
  readonly min_load_pct: number;
  readonly flexibility_rating: number;
  readonly ramp_rate_mw_per_min: number | null;
  /** Slots that are not empty, and the watts of each. Null: all are. */
  readonly slots: readonly number[] | null;
  readonly watts: readonly number[] | null;
}

/** The ACTIVE data centres in some regions, or of some ids; empty lists: all. In the order of their ids. */
export async function readCentrePower(
  db: Pick<pg.Pool, 'query'>,
  { regionIds, dcIds }: { readonly regionIds: readonly number[]; readonly dcIds: readonly string[] },
  { from, to }: HalfHourSpan,
  now: Date,
): Promise<CentrePower[]> {
  const slots = Math.round((to.getTime() - from.getTime()) / 1_800_000);
  const { rows } = await db.query<CentreRow>({
    name: 'planning-centres',
    text: `with centres as (
        select data_centre_id, dc_id, region_id, pue, floor(capacity_mw::numeric * 1000000)::float8 as capacity_w, min_load_pct,
          flexibility_rating, ramp_rate_mw_per_min
        from data_centres
        where status = 'ACTIVE' and (cardinality($1::smallint[]) = 0 or region_id = any ($1)) and (cardinality($2::text[]) = 0 or dc_id = any ($2))
      ), committed as (
        select p.data_centre_id, json_agg((date_part('epoch', p.slot_from - $3) / 1800)::integer) as slots, json_agg(p.committed_w) as watts
        from committed_power((select coalesce(array_agg(data_centre_id), '{}') from centres), $3, $4, $5) p
        group by p.data_centre_id
      )
      select c.*, m.slots, m.watts from centres c left join committed m using (data_centre_id)
      order by c.dc_id collate "C"`,
    values: [regionIds, dcIds, from, to, now],
  });
  return rows.map((row) => {
    const committedW = Array.from({ length: slots }, () => 0);
    for (const [i, slot] of (row.slots ?? []).entries()) committedW[slot] = row.watts![i]!;
    return {
      dataCentreId: row.data_centre_id,
      dcId: row.dc_id,
      regionId: row.region_id,
      pue: row.pue,
      capacityW: row.capacity_w,
      minLoadPct: row.min_load_pct,
      flexibilityRating: row.flexibility_rating,
      rampRateMwPerMin: row.ramp_rate_mw_per_min,
      committedW,
    };
  });
}
