import { HALF_HOUR_MS } from '../half-hour.js';
import { clockIndexOf, horizonClassOf } from './forecast-cells.js';
import type { PastForecast } from './forecast-correction.js';

/** Days of history that a bias is learned from. */
export const HISTORY_DAYS = 28;
/** Days of history that are looked at: the last four weeks are corrected by those before them, to see what that leaves wrong. */
export const EVIDENCE_DAYS = 2 * HISTORY_DAYS;
export const DAY_MS = 24 * 3_600_000;

/** Standard deviation of the national forecast's errors in 2023: what is expected before any history. */
export const USUAL_ERROR_GCO2_PER_KWH = 14.3;
/** No error counts for more: outturns of 0, and others that cannot be, were published in 2023. */
const LARGEST_ERROR_GCO2_PER_KWH = 4 * USUAL_ERROR_GCO2_PER_KWH;

/** NaN, which marks what is absent, stays. */
export const notBelowZero = (gco2PerKwh: number): number => (gco2PerKwh < 0 ? 0 : gco2PerKwh);

/** What an error counts for, gCO2/kWh. */
export const clippedError = (error: number): number =>
  Math.max(-LARGEST_ERROR_GCO2_PER_KWH, Math.min(LARGEST_ERROR_GCO2_PER_KWH, error));

/** A half hour of the history, put where it is learned from. */
export interface KnownError {
  readonly ms: number;
  readonly issuedMs: number;
  /** When its outturn was known. */
  readonly knownMs: number;
  readonly clock: number;
  readonly horizonClass: number | null;
  readonly forecast: number;
  readonly outturn: number;
  /** gCO2/kWh; above 0: forecast too high. */
  readonly error: number;
}

/**
 * What may be learned from at a moment, in an order that does not depend on the one given: sums are then the same to the last bit.
 *
 * @throws {RangeError} for an invalid date, or a number in the history that is none.
 */
export function errorsKnownBefore(at: Date, history: readonly PastForecast[]): KnownError[] {
  const atMs = at.getTime();
  if (Number.isNaN(atMs)) throw new RangeError('the moment of the choice is an invalid date');
  const earliest = atMs - EVIDENCE_DAYS * DAY_MS;
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
        knownMs,
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
