import { normalQuantile } from '../domain/planner/normal-quantile.js';

/** Where a value lies in nine cases of ten. */
export interface Spread {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE_PCT = 90;
const REACH = normalQuantile((1 + CONFIDENCE_PCT / 100) / 2);

export const spreadOf = (expected: number | null, deviation: number | null): Spread | null =>
  expected === null || deviation === null
    ? null
    : { expected, low: expected - REACH * deviation, high: expected + REACH * deviation };

export const difference = (before: number | null | undefined, after: number | null): number | null =>
  before == null || after === null ? null : before - after;

/** By how much less, percent; null of nothing. */
export const savedPct = (before: number | null | undefined, after: number | null): number | null =>
  before == null || after === null || before <= 0 ? null : ((before - after) * 100) / before;
