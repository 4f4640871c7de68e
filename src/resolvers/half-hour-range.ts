import { PylonError } from '../domain/errors.js';
import { isHalfHour } from '../domain/half-hour.js';

const DAY_MS = 24 * 3_600_000;

/** Checks a span of half hours: `from` inside, `to` outside, both on the grid. @throws {PylonError} BAD_USER_INPUT */
export function halfHourRange(
  from: Date,
  to: Date,
  longestDays: number,
): { readonly from: Date; readonly to: Date } {
  const named = `from ${from.toISOString()} to ${to.toISOString()}`;
  if (!isHalfHour(from) || !isHalfHour(to))
    throw badRange(`${named}: both must be the start of a half hour, :00 or :30 UTC`);
  if (from >= to) throw badRange(`${named}: from must lie before to`);
  if (to.getTime() - from.getTime() > longestDays * DAY_MS)
    throw badRange(`${named} is longer than ${longestDays} days; ask for less at a time`);
  return { from, to };
}

const badRange = (message: string): PylonError => new PylonError('BAD_USER_INPUT', message);
