import type { GridSignalReader } from '../database/grid-signals.js';
import type { RegionSeries } from '../database/planning/outlook.js';
import { readForecastErrors } from '../database/planning/forecast-errors.js';
import { HISTORY_DAYS, correctForecast, type PastForecast } from '../domain/planner/forecast-correction.js';
import type { RegionOutlook } from '../domain/planner/places/problem.js';
import { regionalForecast } from '../domain/planner/regional-forecast.js';
import { GREAT_BRITAIN } from '../domain/regions.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So much of the correlation's tail is kept as errors still hang together for. */
const LEAST_CORRELATION = 0.01;

export interface BelievedForecast {
  readonly regions: readonly RegionOutlook[];
  readonly errorCorrelation: readonly number[];
}

/**
 * The forecast to plan by, with what it may err by, learned from the last 28 days of Great Britain. Its own forecast is
 * corrected; those of regions, which have no outturn, are taken as they are.
 *
 * @param isCorrected false: Great Britain's is taken as it is too.
 */
export async function believedForecast(
  reader: GridSignalReader,
  series: readonly RegionSeries[],
  options: {
    readonly from: Date;
    readonly now: Date;
    readonly asOf: bigint | null;
    readonly isCorrected: boolean;
  },
): Promise<BelievedForecast> {
  const { from, now, asOf, isCorrected } = options;
  const national = series.find(({ regionId }) => regionId === GREAT_BRITAIN);
  const learned = correctForecast({
    forecast: national?.gco2PerKwh ?? [],
    from,
    history: await historyAt(reader, now, asOf),
    at: now,
  });
  const lags = learned.errorCorrelation.findLastIndex((value) => value >= LEAST_CORRELATION);
  return {
    errorCorrelation: [...learned.errorCorrelation.slice(0, lags + 1)],
    regions: series.map(({ regionId, gco2PerKwh, renewablePct }) => {
      const { corrected, errorStd } =
        regionId === GREAT_BRITAIN ? learned : regionalForecast(gco2PerKwh, learned);
      return {
        regionId,
        gco2PerKwh: isCorrected && regionId === GREAT_BRITAIN ? numbersOf(corrected) : gco2PerKwh,
        errorGco2PerKwh: numbersOf(errorStd),
        renewablePct,
      };
    }),
  };
}

/** Beyond a tenth of a gram nothing is known. */
const numbersOf = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : Math.round(value * 10) / 10));

interface Kept {
  readonly hour: number;
  readonly history: Promise<readonly PastForecast[]>;
}
const newest = new WeakMap<GridSignalReader['sources'], Kept>();

/** History as of the full hour: an hour more of 28 days is not worth reading them all for each plan. */
function historyAt(
  reader: GridSignalReader,
  now: Date,
  asOf: bigint | null,
): Promise<readonly PastForecast[]> {
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const to = new Date(hour * HOUR_MS);
  const span = { from: new Date(to.getTime() - HISTORY_DAYS * DAY_MS), to };
  if (asOf !== null) return readForecastErrors(reader, span, asOf);
  const kept = newest.get(reader.sources);
  if (kept?.hour === hour) return kept.history;
  const history = readForecastErrors(reader, span, null);
  newest.set(reader.sources, { hour, history });
  history.catch(() => newest.delete(reader.sources));
  return history;
}
