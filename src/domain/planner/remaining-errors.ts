import { HALF_HOUR_MS } from '../half-hour.js';
import { ForecastCells } from './forecast-cells.js';
import { smoothed } from './gaussian-smoothing.js';
import { DAY_MS, HISTORY_DAYS, clippedError, notBelowZero, type KnownError } from './known-errors.js';

const WEEK_MS = 7 * DAY_MS;
/** Half hours by which what was forecast is spread out: the best of 0, 1, 2 and 3 on 2023. */
export const SMOOTHING_HALF_HOURS = 2;

export interface RemainingErrors {
  /** By half hour in the order of time, one run a forecast, gCO2/kWh; NaN where one is not known. */
  readonly runs: readonly Float64Array[];
  readonly ofPast: readonly { readonly past: KnownError; readonly remainder: number }[];
}

/** Biases by half hour of the day, of the four weeks before a moment: as much of them as was known by then. */
export function biasesAt(ms: number, known: readonly KnownError[]): ForecastCells {
  const biases = new ForecastCells(0);
  for (const { ms: own, knownMs, clock, horizonClass, error } of known)
    if (own >= ms - HISTORY_DAYS * DAY_MS && knownMs < ms) biases.add(clock, horizonClass, error);
  return biases;
}

/**
 * What the correction left wrong in the last four weeks, as it could have been made then: each week, counted back from the
 * choice, by the four weeks before it. What is left wrong in the weeks that a bias was learned from is less than what is wrong
 * in the next one, and hides that errors drift for days: it made the intervals of long work too narrow. Decision 025.
 *
 * @param known in the order of `errorsKnownBefore`.
 */
export function remainingErrors(known: readonly KnownError[], at: Date): RemainingErrors {
  const recent = known.filter(({ ms }) => ms >= at.getTime() - HISTORY_DAYS * DAY_MS);
  const byWeek = new Map<number, ForecastCells>();
  const biasOf = ({ ms, clock, horizonClass }: KnownError): number => {
    const week = at.getTime() + Math.floor((ms - at.getTime()) / WEEK_MS) * WEEK_MS;
    const biases = byWeek.get(week) ?? biasesAt(week, known);
    byWeek.set(week, biases);
    return biases.mean(clock, horizonClass);
  };
  const runs: Float64Array[] = [];
  const ofPast: { past: KnownError; remainder: number }[] = [];
  for (let begin = 0; begin < recent.length;) {
    const first = recent[begin]!;
    let end = begin;
    while (end < recent.length && recent[end]!.issuedMs === first.issuedMs) end += 1;
    const own = recent.slice(begin, end);
    const indexOf = ({ ms }: KnownError): number => Math.round((ms - first.ms) / HALF_HOUR_MS);
    const unbiased = new Float64Array(indexOf(own.at(-1)!) + 1).fill(Number.NaN);
    for (const past of own) unbiased[indexOf(past)] = past.forecast - biasOf(past);
    const corrected = smoothed(unbiased, SMOOTHING_HALF_HOURS);
    const run = new Float64Array(corrected.length).fill(Number.NaN);
    for (const past of own) {
      const remainder = clippedError(notBelowZero(corrected[indexOf(past)]!) - past.outturn);
      run[indexOf(past)] = remainder;
      ofPast.push({ past, remainder });
    }
    runs.push(run);
    begin = end;
  }
  return { runs, ofPast };
}
