import { HALF_HOUR_MS } from '../half-hour.js';
import { errorCorrelation } from './error-correlation.js';
import { ForecastCells, clockIndexOf, horizonClassOf } from './forecast-cells.js';
import { smoothed } from './gaussian-smoothing.js';

/** What a half hour was forecast to be, and what it was. */
export interface PastForecast {
  /** Start of the half hour. */
  readonly from: Date;
  readonly forecastGco2PerKwh: number;
  readonly outturnGco2PerKwh: number;
  /** When the outturn was known; half an hour after the end where left out. */
  readonly knownAt?: Date;
  /** When the forecast was issued that this is a half hour of; left out where not known: the last before the half hour. */
  readonly issuedAt?: Date;
}

export interface ForecastInput {
  /** gCO2/kWh of consecutive half hours; null where there is none. */
  readonly forecast: readonly (number | null)[];
  /** Start of the first of them. */
  readonly from: Date;
  /** When the forecast was issued, where that is known: then its errors are told apart by horizon. */
  readonly issuedAt?: Date;
  /** In any order. */
  readonly history: readonly PastForecast[];
  /** The moment of the choice. Nothing that was not known before it changes the answer. */
  readonly at: Date;
}

/** A forecast to choose by, and how far off it will be. */
export interface CorrectedForecast {
  /** gCO2/kWh, not below 0; NaN where there was no forecast. */
  readonly corrected: Float64Array;
  /** Standard deviation of what is still wrong, gCO2/kWh; NaN where there was no forecast. */
  readonly errorStd: Float64Array;
  /** How errors of half hours so many apart go together; 1 at 0. What is further apart does not. */
  readonly errorCorrelation: Float64Array;
  /** Standard deviation of what is still wrong, as a share of the mean outturn. */
  readonly relativeErrorStd: number;
  /** Half hours of the history that it was learned from. */
  readonly learnedFrom: number;
  /** Null: nothing was corrected. */
  readonly formula: string | null;
}

/** Formula and version of the correction, for decisions made from it to name. docs/formulas.md says what it is. */
export const CORRECTION_FORMULA = 'half-hour-bias/1';

/** Days of history that are looked at. */
export const HISTORY_DAYS = 28;
/** Half hours by which what was forecast is spread out: the best of 0, 1, 2 and 3 on 2023. */
export const SMOOTHING_HALF_HOURS = 2;

/** Standard deviation and share of the mean of the national forecast's errors in 2023: what is expected before any history. */
const USUAL_ERROR_GCO2_PER_KWH = 14.3;
const USUAL_RELATIVE_ERROR = 0.094;
/** Half hours that those count for beside the history's own. */
const USUAL_WEIGHT = 48;
/** No error counts for more: outturns of 0, and others that cannot be, were published in 2023. */
const LARGEST_ERROR_GCO2_PER_KWH = 4 * USUAL_ERROR_GCO2_PER_KWH;
const DAY_MS = 24 * 3_600_000;

/**
 * A national forecast less its causal bias, smoothed. The bias is that of the last 28 days by half hour of the day on
 * London clocks, and by horizon where issue times are known, learned only from outturns known before the choice; what is
 * wrong after that is measured on the same days. Regions: correctRegionalForecast. Decision 025 has the figures.
 *
 * @throws {RangeError} for an invalid date, or a number in it that is none.
 */
export const correctForecast = ({ history, at, ...input }: ForecastInput): CorrectedForecast =>
  correctBy(learnErrors(history, at), input);

/** What a history teaches of the errors of a forecast, for as many forecasts as are chosen by then. */
export interface LearnedErrors {
  readonly biases: ForecastCells;
  readonly variances: ForecastCells;
  readonly correlation: Float64Array;
  readonly relativeErrorStd: number;
  readonly learnedFrom: number;
}

/** @throws {RangeError} for an invalid date, or a number in it that is none. */
export function learnErrors(history: readonly PastForecast[], at: Date): LearnedErrors {
  const known = knownBefore(at, history);
  const biases = new ForecastCells(0);
  for (const { clock, horizonClass, error } of known) biases.add(clock, horizonClass, error);
  const { runs, ofPast } = remainders(known, biases);
  const squares = ofPast.reduce((sum, { remainder }) => sum + remainder ** 2, 0);
  const variance = (squares + USUAL_WEIGHT * USUAL_ERROR_GCO2_PER_KWH ** 2) / (ofPast.length + USUAL_WEIGHT);
  const variances = new ForecastCells(variance);
  for (const { past, remainder } of ofPast) variances.add(past.clock, past.horizonClass, remainder ** 2);
  return {
    ...{ biases, variances, learnedFrom: known.length },
    correlation: errorCorrelation(runs),
    relativeErrorStd: relativeError(known, squares),
  };
}

/** A forecast corrected by what was learned. */
export function correctBy(
  { biases, variances, correlation, relativeErrorStd, learnedFrom }: LearnedErrors,
  { forecast, from, issuedAt }: Omit<ForecastInput, 'history' | 'at'>,
): CorrectedForecast {
  const halfHours = forecast.map((value, i) => {
    const start = new Date(from.getTime() + i * HALF_HOUR_MS);
    return {
      value: value ?? Number.NaN,
      clock: clockIndexOf(start),
      horizonClass: horizonClassOf(start, issuedAt),
    };
  });
  const unbiased = Float64Array.from(
    halfHours,
    ({ value, clock, horizonClass }) => value - biases.mean(clock, horizonClass),
  );
  return {
    corrected: smoothed(unbiased, SMOOTHING_HALF_HOURS).map(notBelowZero),
    errorStd: Float64Array.from(halfHours, ({ value, clock, horizonClass }) =>
      Number.isNaN(value) ? value : Math.sqrt(variances.mean(clock, horizonClass)),
    ),
    ...{ errorCorrelation: correlation, relativeErrorStd, learnedFrom },
    formula: CORRECTION_FORMULA,
  };
}

/** NaN, which marks what is absent, stays. */
export const notBelowZero = (gco2PerKwh: number): number => (gco2PerKwh < 0 ? 0 : gco2PerKwh);

/** What an error counts for, gCO2/kWh. */
export const clippedError = (error: number): number =>
  Math.max(-LARGEST_ERROR_GCO2_PER_KWH, Math.min(LARGEST_ERROR_GCO2_PER_KWH, error));

/** A half hour of the history, put where it is learned from. */
interface Known {
  readonly ms: number;
  readonly issuedMs: number;
  readonly clock: number;
  readonly horizonClass: number | null;
  readonly forecast: number;
  readonly outturn: number;
  readonly error: number;
}

/** What may be learned from, in an order that does not depend on the one given: sums are then the same to the last bit. */
function knownBefore(at: Date, history: readonly PastForecast[]): Known[] {
  const atMs = at.getTime();
  if (Number.isNaN(atMs)) throw new RangeError('the moment of the choice is an invalid date');
  const earliest = atMs - HISTORY_DAYS * DAY_MS;
  return history
    .flatMap(({ from, forecastGco2PerKwh: forecast, outturnGco2PerKwh: outturn, knownAt, issuedAt }) => {
      const ms = from.getTime();
      const knownMs = knownAt?.getTime() ?? ms + 2 * HALF_HOUR_MS;
      const error = forecast - outturn;
      if (!Number.isFinite(error) || Number.isNaN(ms) || Number.isNaN(knownMs))
        throw new RangeError(`the history holds ${forecast} for ${outturn}, or an invalid date`);
      if (ms < earliest || knownMs >= atMs) return [];
      const place = { clock: clockIndexOf(from), horizonClass: horizonClassOf(from, issuedAt) };
      return {
        ...place,
        ms,
        issuedMs: issuedAt?.getTime() ?? -Infinity,
        forecast,
        outturn,
        error: clippedError(error),
      };
    })
    .sort(
      (a, b) =>
        (a.issuedMs === b.issuedMs ? 0 : a.issuedMs - b.issuedMs) ||
        a.ms - b.ms ||
        a.forecast - b.forecast ||
        a.outturn - b.outturn,
    );
}

/** What the same correction leaves wrong on the history, each forecast smoothed as it was issued. */
function remainders(
  known: readonly Known[],
  biases: ForecastCells,
): {
  readonly runs: readonly Float64Array[];
  readonly ofPast: readonly { readonly past: Known; readonly remainder: number }[];
} {
  const runs: Float64Array[] = [];
  const ofPast: { past: Known; remainder: number }[] = [];
  for (let begin = 0; begin < known.length;) {
    const first = known[begin]!;
    let end = begin;
    while (end < known.length && known[end]!.issuedMs === first.issuedMs) end += 1;
    const own = known.slice(begin, end);
    const indexOf = ({ ms }: Known): number => Math.round((ms - first.ms) / HALF_HOUR_MS);
    const unbiased = new Float64Array(indexOf(own.at(-1)!) + 1).fill(Number.NaN);
    for (const past of own)
      unbiased[indexOf(past)] = past.forecast - biases.mean(past.clock, past.horizonClass);
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

function relativeError(known: readonly Known[], squares: number): number {
  const outturn = known.reduce((sum, past) => sum + past.outturn, 0);
  if (outturn <= 0) return USUAL_RELATIVE_ERROR;
  const own = Math.sqrt(squares / known.length) / (outturn / known.length);
  return (own * known.length + USUAL_RELATIVE_ERROR * USUAL_WEIGHT) / (known.length + USUAL_WEIGHT);
}
