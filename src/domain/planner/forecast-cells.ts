import { clockOf } from '../derived/price-forecast.js';
import { HALF_HOUR_MS } from '../half-hour.js';

/** Half hours that clocks show in a day. */
export const CLOCKS = 48;

/** Half hours ahead at which the next class of horizon begins: six hours, a day, two days. */
const CLASS_BEGINS = [12, 48, 96];
const CLASSES = CLASS_BEGINS.length + 1;

/** Days that the coarser mean counts for beside what a cell saw itself. The best of 0, 4, 7, 14 on 2023; decision 025. */
const PRIOR_WEIGHT = 7;

/** Half hour of the day as London clocks show it, 0 to 47. */
export const clockIndexOf = (from: Date): number => clockOf(from).clock - 1;

/** Which class of horizon a half hour is in for a forecast issued then; null where that is not known. */
export function horizonClassOf(from: Date, issuedAt: Date | undefined): number | null {
  if (issuedAt === undefined) return null;
  const halfHours = (from.getTime() - issuedAt.getTime()) / HALF_HOUR_MS;
  return CLASS_BEGINS.filter((begin) => halfHours >= begin).length;
}

/**
 * Means by half hour of the day, and within that by class of horizon. Each is drawn towards the coarser one, as if that had
 * been seen on seven days: few values tell little, and none leave what was expected anyhow.
 */
export class ForecastCells {
  readonly #expected: number;
  readonly #sum = new Float64Array(CLOCKS);
  readonly #count = new Float64Array(CLOCKS);
  readonly #classSum = new Float64Array(CLOCKS * CLASSES);
  readonly #classCount = new Float64Array(CLOCKS * CLASSES);

  /** @param expected the mean of a half hour of the day that nothing is known of. */
  constructor(expected: number) {
    this.#expected = expected;
  }

  add(clock: number, horizonClass: number | null, value: number): void {
    this.#sum[clock]! += value;
    this.#count[clock]! += 1;
    if (horizonClass === null) return;
    this.#classSum[clock * CLASSES + horizonClass]! += value;
    this.#classCount[clock * CLASSES + horizonClass]! += 1;
  }

  /** @param horizonClass null where the horizon is not known: then the mean over all of them. */
  mean(clock: number, horizonClass: number | null): number {
    const ofClock = drawn(this.#sum[clock]!, this.#count[clock]!, this.#expected);
    if (horizonClass === null) return ofClock;
    const cell = clock * CLASSES + horizonClass;
    return drawn(this.#classSum[cell]!, this.#classCount[cell]!, ofClock);
  }
}

const drawn = (sum: number, count: number, towards: number): number =>
  (sum + PRIOR_WEIGHT * towards) / (count + PRIOR_WEIGHT);
