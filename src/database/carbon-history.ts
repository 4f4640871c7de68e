import { KIND_CODES, qualityOf } from '../domain/codes.js';
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import type { GridSignalReader } from './grid-signals.js';
import { rankOf } from './grid-statements.js';

export interface CarbonHistoryRequest {
  readonly regionId: number;
  /** Start of the first half hour. */
  readonly from: Date;
  /** Of each half hour from there on, the moment by which its forecast must have been said to have been of use. */
  readonly neededBy: readonly Date[];
  /** What has not ended by now has no truth yet, but for an outturn that was stated. */
  readonly now: Date;
}

/** What was expected and what came, gCO2/kWh by half hour; NaN where nothing is known. */
export interface CarbonHistory {
  readonly forecast: Float64Array;
  /** Outturn of Great Britain; of other regions, which have none, the last forecast of what has ended. */
  readonly outturn: Float64Array;
  /** 1 where the forecast was said, or at least heard of, only after it was needed. */
  readonly hindsight: Uint8Array;
  /** Whether any of it is made up. */
  readonly holdsSynthetic: boolean;
}

interface ForecastRow {
  readonly ord: number;
  readonly source_id: number;
  readonly quality: number;
  readonly sequence: bigint;
  readonly gco2_per_kwh: number;
  readonly in_time: boolean;
}

interface TruthRow {
  readonly from_at: Date;
  readonly outturn_gco2_per_kwh: number | null;
  readonly forecast_gco2_per_kwh: number | null;
  readonly carbon_quality: number | null;
}

/**
 * Carbon intensity of the past as it was expected in time, and as it was. A forecast counts from when it was issued, or, where
 * its publisher says not when, from when we heard of it; of one source the newest in time. Where none was in time, the oldest
 * that came later stands in, and is marked.
 *
 * @throws {PylonError} DATA_ARCHIVED
 */
export async function readCarbonHistory(
  reader: GridSignalReader,
  request: CarbonHistoryRequest,
): Promise<CarbonHistory> {
  const { regionId, from, neededBy, now } = request;
  const to = new Date(from.getTime() + neededBy.length * HALF_HOUR_MS);
  await reader.archive.refuse('observations', { from, to });
  const isServed = (quality: number): boolean => reader.servesSynthetic || qualityOf(quality) === 'REAL';
  const [forecasts, truths] = await Promise.all([
    readForecasts(reader, request, to),
    readTruths(reader, regionId, from, to),
  ]);
  const forecast = new Float64Array(neededBy.length).fill(Number.NaN);
  const outturn = forecast.slice();
  const hindsight = new Uint8Array(neededBy.length);
  let holdsSynthetic = false;
  const best = new Map<number, ForecastRow>();
  for (const row of forecasts) {
    const known = best.get(row.ord);
    if (isServed(row.quality) && (!known || isBetter(row, known, reader))) best.set(row.ord, row);
  }
  for (const { ord, gco2_per_kwh, quality, in_time } of best.values()) {
    forecast[ord - 1] = gco2_per_kwh;
    hindsight[ord - 1] = in_time ? 0 : 1;
    holdsSynthetic ||= qualityOf(quality) === 'SYNTHETIC';
  }
  for (const row of truths) {
    if (row.carbon_quality === null || !isServed(row.carbon_quality)) continue;
    const hasEnded = row.from_at.getTime() + HALF_HOUR_MS <= now.getTime();
    const estimate = hasEnded ? row.forecast_gco2_per_kwh : null;
    const value = regionId === GREAT_BRITAIN ? row.outturn_gco2_per_kwh : estimate;
    if (value === null) continue;
    outturn[(row.from_at.getTime() - from.getTime()) / HALF_HOUR_MS] = value;
    holdsSynthetic ||= qualityOf(row.carbon_quality) === 'SYNTHETIC';
  }
  return { forecast, outturn, hindsight, holdsSynthetic };
}

/** Real before synthetic, in time before too late, the better source, the newer word. */
function isBetter(row: ForecastRow, than: ForecastRow, { sources }: GridSignalReader): boolean {
  const goodness = ({ quality, in_time, source_id }: ForecastRow): readonly number[] => [
    qualityOf(quality) === 'REAL' ? 1 : 0,
    in_time ? 1 : 0,
    rankOf(qualityOf(quality), sources.entryOf(source_id).priority),
  ];
  const [own, other] = [goodness(row), goodness(than)];
  const differing = own.findIndex((value, i) => value !== other[i]);
  return differing < 0 ? row.sequence > than.sequence : own[differing]! > other[differing]!;
}

/** Of each half hour and source its newest forecast in time, and its oldest of all. */
async function readForecasts(
  { db }: GridSignalReader,
  { regionId, from, neededBy }: CarbonHistoryRequest,
  to: Date,
): Promise<ForecastRow[]> {
  const { rows } = await db.query<ForecastRow>({
    name: 'forecasts-in-time',
    text: `with k as materialized (
        select $3::timestamptz + (ord - 1) * interval '30 minutes' as from_at, needed_by, ord::integer
        from unnest($4::timestamptz[]) with ordinality as k (needed_by, ord)
      ), spoken as materialized (
        select s.source_id from sources s
        where $2::smallint = any (s.carbon_kinds) and exists (select from (
          select from observations b
          where b.region_id = $1 and b.source_id = s.source_id and b.kind = $2 and b.from_at >= $3 and b.from_at < $5
          limit 1) any_word)
      )
      select k.ord, s.source_id, o.quality, o.sequence, o.intensity_gco2_per_kwh as gco2_per_kwh, o.in_time
      from k cross join spoken s
      cross join lateral (
        (select b.quality, b.sequence, b.intensity_gco2_per_kwh, true as in_time from observations b
          where b.region_id = $1 and b.source_id = s.source_id and b.kind = $2 and b.from_at = k.from_at
            and b.from_at >= $3 and b.from_at < $5
            and b.intensity_gco2_per_kwh is not null and coalesce(b.issued_at, b.known_at) <= k.needed_by
          order by b.sequence desc limit 1)
        union all
        (select b.quality, b.sequence, b.intensity_gco2_per_kwh, false from observations b
          where b.region_id = $1 and b.source_id = s.source_id and b.kind = $2 and b.from_at = k.from_at
            and b.from_at >= $3 and b.from_at < $5
            and b.intensity_gco2_per_kwh is not null and coalesce(b.issued_at, b.known_at) > k.needed_by
          order by b.sequence limit 1)
      ) o`,
    values: [regionId, KIND_CODES.FORECAST, from, neededBy, to],
  });
  return rows;
}

async function readTruths(
  { db }: GridSignalReader,
  regionId: number,
  from: Date,
  to: Date,
): Promise<TruthRow[]> {
  const { rows } = await db.query<TruthRow>({
    name: 'carbon-truths',
    text: `select from_at, outturn_gco2_per_kwh, forecast_gco2_per_kwh, carbon_quality
      from grid_signals where region_id = $1 and from_at >= $2 and from_at < $3`,
    values: [regionId, from, to],
  });
  return rows;
}
