import { HALF_HOUR_MS } from '../half-hour.js';
import { CLOCKS, ForecastCells, clockIndexOf } from './forecast-cells.js';
import { reachOf, smoothed } from './gaussian-smoothing.js';
import type { Job } from './job.js';
import { HISTORY_DAYS, clippedError, notBelowZero } from './known-errors.js';
import { SMOOTHING_HALF_HOURS } from './remaining-errors.js';

export interface WalkForwardInput {
  /** Start of the first half hour. */
  readonly from: Date;
  /** gCO2/kWh by half hour; NaN where there is none. */
  readonly forecast: Float64Array;
  /** The same of what was. */
  readonly outturn: Float64Array;
  readonly jobs: readonly Job[];
}

/** An outturn is known half an hour after its half hour's end. */
const KNOWN_AFTER = 2;

/**
 * A forecast of the past, corrected as it could have been: each half hour by what was known at the midnight (UTC) before the
 * first job that may run in it, or near enough to be smoothed into it, was submitted at the start of its window. So no job is
 * placed by an outturn that came later, and yet there is one series for all. The first four weeks have less to learn from.
 */
export function correctedForJobs({ from, forecast, outturn, jobs }: WalkForwardInput): Float64Array {
  const clocks = Int8Array.from(forecast, (_, slot) =>
    clockIndexOf(new Date(from.getTime() + slot * HALF_HOUR_MS)),
  );
  const sinceMidnight = Math.round((from.getTime() / HALF_HOUR_MS) % CLOCKS);
  const midnightBefore = (slot: number): number => slot - ((slot + sinceMidnight) % CLOCKS);
  const learned = new Map<number, ForecastCells>();
  const biasesAt = (at: number): ForecastCells => {
    const known = learned.get(at) ?? learn(at, clocks, forecast, outturn);
    learned.set(at, known);
    return known;
  };
  const reach = reachOf(SMOOTHING_HALF_HOURS);
  const choices = firstChoices(jobs, forecast.length);
  const unbiased = forecast.map((value, slot) => {
    let choice = slot;
    for (let near = slot - reach; near <= slot + reach; near += 1)
      choice = Math.min(choice, choices[near] ?? choice);
    return value - biasesAt(midnightBefore(choice)).mean(clocks[slot]!, null);
  });
  return smoothed(unbiased, SMOOTHING_HALF_HOURS).map(notBelowZero);
}

/** Of each slot the start of the first window it is in; infinite where it is in none. */
export function firstChoices(jobs: readonly Job[], slots: number): Float64Array {
  const first = new Float64Array(slots).fill(Infinity);
  for (const { from, to } of jobs)
    for (let slot = from; slot < to; slot += 1) first[slot] = Math.min(first[slot]!, from);
  return first;
}

function learn(at: number, clocks: Int8Array, forecast: Float64Array, outturn: Float64Array): ForecastCells {
  const biases = new ForecastCells(0);
  for (let slot = Math.max(0, at - HISTORY_DAYS * CLOCKS); slot + KNOWN_AFTER < at; slot += 1) {
    const error = forecast[slot]! - outturn[slot]!;
    if (!Number.isNaN(error)) biases.add(clocks[slot]!, null, clippedError(error));
  }
  return biases;
}
