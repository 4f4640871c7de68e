import type { CorrectedForecast } from './forecast-correction.js';
import { normalQuantile } from './normal-quantile.js';

/** Energy drawn in half hours of one forecast. */
export interface Energy {
  /** The same object for the same region: only then are errors known to be shared. */
  readonly forecast: Pick<CorrectedForecast, 'corrected' | 'errorStd' | 'errorCorrelation'>;
  /** Half hours of that forecast, numbered from its first. */
  readonly slots: readonly number[];
  /** Drawn in each of them, kWh. */
  readonly kwhPerSlot: number;
}

/** Where a sum of carbon will lie, g CO2. */
export interface Interval {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** The probability that it lies between low and high, above 0 and below 1. */
  readonly confidence: number;
}

const USUAL_CONFIDENCE = 0.9;

/**
 * What energy will cost in carbon, and between what bounds. Errors are taken as normal, those of one forecast as correlated
 * as they were, and those of several forecasts as all going the same way, since how they go together is not known: the
 * bounds are then at least as wide as they must be.
 *
 * @throws {RangeError} for a half hour without a forecast, or a confidence that is no probability.
 */
export function carbonInterval(drawn: readonly Energy[], confidence = USUAL_CONFIDENCE): Interval {
  return intervalOf(weighed(drawn, 1, new Map()), confidence);
}

/**
 * What running as chosen will save beside running at once, g CO2, and between what bounds: below 0, it costs more. Half hours
 * that are in both count for nothing, and errors that both share cancel: the bounds are narrower than those of either.
 *
 * @throws {RangeError} as carbonInterval does.
 */
export function savingInterval(
  { chosen, atOnce }: { readonly chosen: readonly Energy[]; readonly atOnce: readonly Energy[] },
  confidence = USUAL_CONFIDENCE,
): Interval {
  return intervalOf(weighed(chosen, -1, weighed(atOnce, 1, new Map())), confidence);
}

/** kWh by half hour, of each forecast. */
type Weights = Map<Energy['forecast'], Map<number, number>>;

function weighed(energies: readonly Energy[], sign: 1 | -1, weights: Weights): Weights {
  for (const { forecast, slots, kwhPerSlot } of energies) {
    const own = weights.get(forecast) ?? new Map<number, number>();
    weights.set(forecast, own);
    for (const slot of slots) own.set(slot, (own.get(slot) ?? 0) + sign * kwhPerSlot);
  }
  return weights;
}

function intervalOf(weights: Weights, confidence: number): Interval {
  const reach = normalQuantile((1 + confidence) / 2);
  let expected = 0;
  let std = 0;
  for (const [{ corrected, errorStd, errorCorrelation }, own] of weights) {
    const slots = [...own.keys()].sort((a, b) => a - b);
    const spread = slots.map((slot) => {
      const value = corrected[slot];
      if (value === undefined || Number.isNaN(value)) throw new RangeError(`slot ${slot} has no forecast`);
      expected += own.get(slot)! * value;
      return own.get(slot)! * errorStd[slot]!;
    });
    std += Math.sqrt(Math.max(0, varianceOf(slots, spread, errorCorrelation)));
  }
  return { expected, low: expected - reach * std, high: expected + reach * std, confidence };
}

/** Of the sum of what is spread so far in each slot; slots rise. */
function varianceOf(slots: readonly number[], spread: readonly number[], correlation: Float64Array): number {
  let variance = 0;
  for (let i = 0; i < slots.length; i += 1) {
    variance += spread[i]! * spread[i]!;
    for (let k = i + 1; k < slots.length && slots[k]! - slots[i]! < correlation.length; k += 1)
      variance += 2 * spread[i]! * spread[k]! * correlation[slots[k]! - slots[i]!]!;
  }
  return variance;
}
