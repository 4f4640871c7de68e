/** Lags looked at: a week. Errors drift for days, and the same hour goes wrong the day after: a day would hide both. */
export const LAGS = 7 * 48;
/** Pairs under which a week is not full: too few to tell how errors hang together. */
const LEAST_PAIRS = 7 * 48;

/** Of the national forecast of 2023, not corrected. */
const MEASURED = [
  [0, 1],
  [1, 0.74],
  [2, 0.53],
  [4, 0.3],
  [8, 0.12],
] as const;

/**
 * Autocorrelation of the national forecast's errors of 2023 at 1, 2, 4 and 8 half hours: 0.74, 0.53, 0.30, 0.12; between
 * them by the same ratio a step. Beyond, where 0.03 to 0.28 was left for a week, in a straight line to 0 after that. Convex
 * and falling, so that no sum of errors has a variance below 0 (Pólya).
 */
export const USUAL_CORRELATION: Float64Array = Float64Array.from({ length: LAGS + 1 }, (_, lag) => {
  const next = MEASURED.findIndex(([at]) => at >= lag);
  const [last, left] = MEASURED.at(-1)!;
  if (next < 0) return left * (1 - (lag - last) / (LAGS + 1 - last));
  const [[before, low], [after, high]] = [MEASURED[Math.max(0, next - 1)]!, MEASURED[next]!];
  return lag === after ? high : low * (high / low) ** ((lag - before) / (after - before));
});

/**
 * Autocorrelation of errors by lag in half hours, from 0 to a week. Sums are over all runs and divided by what all errors
 * sum to, and fall off in a straight line to 0 beyond the last lag (Bartlett): so that no sum of errors has a variance
 * below 0. Of fewer than a week of errors nothing is learned: then that of 2023.
 *
 * @param runs errors in the order of time, one run a forecast; NaN where one is not known.
 * @see Bartlett's window as in Newey and West, https://doi.org/10.2307/1913610
 */
export function errorCorrelation(runs: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(LAGS + 1);
  let pairs = 0;
  for (const run of runs)
    for (let i = 0; i < run.length; i += 1) {
      if (Number.isNaN(run[i]!)) continue;
      pairs += 1;
      for (let lag = 0; lag <= LAGS && i + lag < run.length; lag += 1) {
        const later = run[i + lag]!;
        if (!Number.isNaN(later)) sums[lag]! += run[i]! * later;
      }
    }
  const all = sums[0]!;
  if (pairs < LEAST_PAIRS || all === 0) return USUAL_CORRELATION.slice();
  return sums.map((sum, lag) => (sum / all) * (1 - lag / (LAGS + 1)));
}
