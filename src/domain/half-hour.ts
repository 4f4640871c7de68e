/**
 * The half hours of the clock, in which the grid is settled and forecast.
 *
 * They begin at :00 and :30 UTC, which are also :00 and :30 in London all year. A half hour is named by its start.
 */
import { epochMs } from './instant.js';

/** Milliseconds in half an hour. */
export const HALF_HOUR_MS = 30 * 60 * 1000;

/**
 * Start of the half hour that holds an instant; a start is its own.
 *
 * @throws {RangeError} when the date is invalid.
 */
export function floorToHalfHour(instant: Date): Date {
  return new Date(Math.floor(epochMs(instant) / HALF_HOUR_MS) * HALF_HOUR_MS);
}

/** Whether an instant is the start of a half hour, to the millisecond. False for an invalid date. */
export function isHalfHour(instant: Date): boolean {
  return instant.getTime() % HALF_HOUR_MS === 0;
}

/**
 * Every half hour that starts in a span, oldest first.
 *
 * @param from Inside. Between two half hours, the first one listed is the next to start.
 * @param to Outside. At or before `from`, the list is empty.
 * @throws {RangeError} when either date is invalid.
 */
export function halfHours(from: Date, to: Date): Date[] {
  const first = Math.ceil(epochMs(from) / HALF_HOUR_MS);
  const end = Math.ceil(epochMs(to) / HALF_HOUR_MS);
  return Array.from({ length: Math.max(0, end - first) }, (_, n) => new Date((first + n) * HALF_HOUR_MS));
}

/**
 * The instant a number of half hours later, or earlier when negative. The instant need not be a start.
 *
 * @throws {RangeError} when the date is invalid, the number is not whole, or the sum is beyond what a Date holds.
 */
export function addHalfHours(instant: Date, halfHourCount: number): Date {
  if (!Number.isInteger(halfHourCount))
    throw new RangeError(`${halfHourCount} is no whole number of half hours`);
  const sum = new Date(epochMs(instant) + halfHourCount * HALF_HOUR_MS);
  if (Number.isNaN(sum.getTime())) {
    throw new RangeError(`${instant.toISOString()} and ${halfHourCount} half hours is beyond the calendar`);
  }
  return sum;
}
