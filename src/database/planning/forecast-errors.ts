import { QUALITY_CODES } from '../../domain/codes.js';
import type { PastForecast } from '../../domain/planner/forecast-correction.js';
import { HALF_HOUR_MS } from '../../domain/half-hour.js';
import { GREAT_BRITAIN } from '../../domain/regions.js';
import type { HalfHourSpan } from '../headroom.js';
import type { GridSignalReader } from '../grid-signals.js';

/** Last forecast and outturn of Great Britain, where both are real, as known at a sequence; null for the newest. */
export async function readForecastErrors(
  { db }: Pick<GridSignalReader, 'db'>,
  { from, to }: HalfHourSpan,
  asOf: bigint | null,
): Promise<PastForecast[]> {
  // What changed since is left out: of some thousand half hours it is the few that were being settled then.
  const { rows } = await db.query<{ cells: readonly (readonly [number, number, number])[] }>({
    name: 'planning-forecast-errors',
    text: `select coalesce(json_agg(json_build_array((extract(epoch from from_at - $1) / 1800)::integer, forecast_gco2_per_kwh, outturn_gco2_per_kwh)), '[]') as cells
      from grid_signals where region_id = $3 and from_at >= $1 and from_at < $2 and sequence <= $4 and carbon_quality = $5
        and forecast_gco2_per_kwh is not null and outturn_gco2_per_kwh is not null`,
    values: [from, to, GREAT_BRITAIN, asOf ?? 2n ** 63n - 1n, QUALITY_CODES.REAL],
  });
  return (rows[0]?.cells ?? []).map(([slot, forecastGco2PerKwh, outturnGco2PerKwh]) => ({
    from: new Date(from.getTime() + slot * HALF_HOUR_MS),
    forecastGco2PerKwh,
    outturnGco2PerKwh,
  }));
}
