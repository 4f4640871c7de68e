import { HALF_HOUR_MS } from '../half-hour.js';
import { errorCorrelation } from './error-correlation.js';
import { ForecastCells, clockIndexOf, horizonClassOf } from './forecast-cells.js';
import { smoothed } from './gaussian-smoothing.js';
import { USUAL_ERROR_GCO2_PER_KWH, errorsKnownBefore, notBelowZero } from './known-errors.js';
import { SMOOTHING_HALF_HOURS, biasesAt, remainingErrors, type RemainingErrors } from './remaining-errors.js';

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

/** The usual error as a share of the mean outturn of 2023. */
const USUAL_RELATIVE_ERROR = 0.094;
/** Half hours that those count for beside the history's own. */
const USUAL_WEIGHT = 48;

/**
 * A national forecast less its causal bias, smoothed. The bias is that of the last 28 days by half hour of the day on
 * London clocks, and by horizon where issue times are known, learned only from outturns known before the choice; what is
 * wrong after that is what the same correction left wrong in each of those weeks, made by the four weeks before it. Regions:
 * regionalForecast. Decision 025 has the figures.
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
  const known = errorsKnownBefore(at, history);
  const { runs, ofPast } = remainingErrors(known, at);
  const squares = ofPast.reduce((sum, { remainder }) => sum + remainder ** 2, 0);
  const variance = (squares + USUAL_WEIGHT * USUAL_ERROR_GCO2_PER_KWH ** 2) / (ofPast.length + USUAL_WEIGHT);
  const variances = new ForecastCells(variance);
  for (const { past, remainder } of ofPast) variances.add(past.clock, past.horizonClass, remainder ** 2);
  return {
    ...{ biases: biasesAt(at.getTime(), known), variances, learnedFrom: ofPast.length },
    correlation: errorCorrelation(runs),
    relativeErrorStd: relativeError(ofPast, squares),
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

function relativeError(ofPast: RemainingErrors['ofPast'], squares: number): number {
  const outturn = ofPast.reduce((sum, { past }) => sum + past.outturn, 0);
  if (outturn <= 0) return USUAL_RELATIVE_ERROR;
  const own = Math.sqrt(squares / ofPast.length) / (outturn / ofPast.length);
  return (own * ofPast.length + USUAL_RELATIVE_ERROR * USUAL_WEIGHT) / (ofPast.length + USUAL_WEIGHT);
}
