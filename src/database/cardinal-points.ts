import type { GridSignalReader } from './grid-signals.js';
import { qualityOf } from '../domain/codes.js';
import type { Provenance } from '../domain/grid-signal.js';
import type { CardinalPointType } from '../domain/series.js';

/** A cardinal point as it is served. */
export interface CardinalPoint {
  readonly from: Date;
  readonly to: Date;
  readonly cardinalPoint: string;
  readonly pointType: CardinalPointType;
  readonly feature: string | null;
  readonly demandMw: number;
  readonly provenance: Provenance;
}

interface Row {
  readonly at: Date;
  readonly ends_at: Date;
  readonly cardinal_point: string;
  readonly point_type: CardinalPointType;
  readonly feature: string | null;
  readonly demand_mw: number;
  readonly issued_at: Date | null;
  readonly known_at: Date;
  readonly quality: number;
  readonly source: string;
}

/**
 * The newest word on each cardinal point of each London day that begins in a span, in the order of the days. A point may
 * move within its day: what was said of it at another time of that day does not count any more. One that a later forecast
 * leaves out is served as it was last said: nothing takes it back. Of what history brought in at once, the one said last counts.
 *
 * @param sequence only what was said up to it; null for all.
 */
export async function readCardinalPoints(
  { db, archive }: Pick<GridSignalReader, 'db' | 'archive'>,
  { from, to }: { readonly from: Date; readonly to: Date },
  sequence: bigint | null,
): Promise<CardinalPoint[]> {
  await archive.refuse('demand_cardinal_points', { from, to });
  const { rows } = await db.query<Row>({
    name: 'cardinal-points',
    text: `select * from (
        select distinct on (london_day, cardinal_point) at, ends_at, cardinal_point, point_type, feature, demand_mw,
          issued_at, known_at, quality, s.code as source
        from demand_cardinal_points p join sources s using (source_id)
        cross join lateral (select (p.at at time zone 'Europe/London')::date as london_day) d
        where at >= $1::timestamptz - interval '1 day' and at < $2::timestamptz + interval '1 day'
          and ($3::bigint is null or sequence <= $3)
        order by london_day, cardinal_point, sequence desc, issued_at desc nulls last) newest
      where at >= $1 and at < $2 order by at, cardinal_point`,
    values: [from, to, sequence],
  });
  return rows.map((row) => ({
    from: row.at,
    to: row.ends_at,
    cardinalPoint: row.cardinal_point,
    pointType: row.point_type,
    feature: row.feature,
    demandMw: row.demand_mw,
    provenance: {
      source: row.source,
      quality: qualityOf(row.quality),
      issuedAt: row.issued_at,
      knownAt: row.known_at,
    },
  }));
}
