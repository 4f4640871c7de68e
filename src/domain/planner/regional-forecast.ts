import type { CorrectedForecast } from './forecast-correction.js';
import { notBelowZero } from './known-errors.js';

/**
 * A region's forecast with the error to expect of it. No outturn of a region is published: its own error cannot be seen, and
 * nothing of it is corrected. How far off it may be is taken from the national forecast, as the same share of what is
 * forecast; so is how errors hang together. A region forecast at 0 is then taken to be at 0.
 *
 * @param forecast gCO2/kWh of consecutive half hours; null where there is none.
 * @param national what was learned of the national forecast at the same moment.
 */
export function regionalForecast(
  forecast: readonly (number | null)[],
  national: Pick<CorrectedForecast, 'errorCorrelation' | 'relativeErrorStd' | 'learnedFrom'>,
): CorrectedForecast {
  const corrected = Float64Array.from(forecast, (value) => notBelowZero(value ?? Number.NaN));
  const { errorCorrelation, relativeErrorStd, learnedFrom } = national;
  return {
    corrected,
    errorStd: corrected.map((value) => value * relativeErrorStd),
    errorCorrelation,
    relativeErrorStd,
    learnedFrom,
    formula: null,
  };
}
