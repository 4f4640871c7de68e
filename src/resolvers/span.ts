import { PylonError } from '../domain/errors.js';

const DAY_MS = 24 * 3_600_000;

/** Checks a span of readings: `from` inside, `to` outside. @throws {PylonError} BAD_USER_INPUT */
export function spanOfReadings(
  from: Date,
  to: Date,
  longestDays: number,
): { readonly from: Date; readonly to: Date } {
  const named = `from ${from.toISOString()} to ${to.toISOString()}`;
  if (from >= to) throw new PylonError('BAD_USER_INPUT', `${named}: from must lie before to`);
  if (to.getTime() - from.getTime() > longestDays * DAY_MS)
    throw new PylonError(
      'BAD_USER_INPUT',
      `${named} is longer than ${longestDays} days; ask for less at a time`,
    );
  return { from, to };
}
