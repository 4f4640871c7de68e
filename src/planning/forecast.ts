import type { GridSignalReader } from '../database/grid-signals.js';
import type { RegionSeries } from '../database/planning/outlook.js';
import { readForecastErrors } from '../database/planning/forecast-errors.js';
import { correctBy, learnErrors, type LearnedErrors } from '../domain/planner/forecast-correction.js';
import { DAY_MS, EVIDENCE_DAYS } from '../domain/planner/known-errors.js';
import { floorToHalfHour } from '../domain/half-hour.js';
import type { RegionOutlook } from '../domain/planner/places/problem.js';
import { regionalForecast } from '../domain/planner/regional-forecast.js';
import { GREAT_BRITAIN } from '../domain/regions.js';

/** The correlation is kept as far as errors still hang together, and as the forecast reaches: it stays with decisions. */
const LEAST_CORRELATION = 0.01;

export interface BelievedForecast {
  readonly regions: readonly RegionOutlook[];
  readonly errorCorrelation: readonly number[];
}

/**
 * The forecast to plan by, with what it may err by, learned from the last 56 days of Great Britain. Its own forecast is
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
  const learned = correctBy(await learnedAt(reader, now, asOf), {
    forecast: national?.gco2PerKwh ?? [],
    from,
  });
  const slots = Math.max(0, ...series.map(({ gco2PerKwh }) => gco2PerKwh.length));
  const lags = learned.errorCorrelation.findLastIndex((value) => value >= LEAST_CORRELATION);
  return {
    errorCorrelation: Array.from(
      learned.errorCorrelation.slice(0, Math.min(lags + 1, slots)),
      (value) => Math.round(value * 10_000) / 10_000,
    ),
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
  readonly at: number;
  readonly learned: Promise<LearnedErrors>;
}
const newest = new WeakMap<GridSignalReader['sources'], Kept>();

/** As of the half hour that runs: learning from 56 days takes longer than a plan does, and a half hour more teaches little. */
function learnedAt(reader: GridSignalReader, now: Date, asOf: bigint | null): Promise<LearnedErrors> {
  const at = floorToHalfHour(now);
  const learn = async (): Promise<LearnedErrors> =>
    learnErrors(
      await readForecastErrors(
        reader,
        { from: new Date(at.getTime() - EVIDENCE_DAYS * DAY_MS), to: at },
        asOf,
      ),
      at,
    );
  if (asOf !== null) return learn();
  const kept = newest.get(reader.sources);
  if (kept?.at === at.getTime()) return kept.learned;
  const learned = learn();
  newest.set(reader.sources, { at: at.getTime(), learned });
  learned.catch(() => newest.delete(reader.sources));
  return learned;
}
