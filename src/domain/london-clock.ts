/** Times of day as London clocks show them. */
import { londonDayOn } from './london-day.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** Clocks go forward and back at 01:00Z of the day. */
const CHANGE_MS = 60 * MINUTE_MS;

/**
 * The instants at which London clocks show a time of a day, oldest first: one; none for a time that is skipped when
 * clocks go forward; two for one that comes twice when they go back. 24:00 is the end of the day.
 *
 * @param date `YYYY-MM-DD`, a calendar date in Great Britain.
 * @param minutes after midnight, 0 to 1440.
 * @throws {RangeError} when that is no calendar date, or no time of a day.
 */
export function londonClockInstants(date: string, minutes: number): Date[] {
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > DAY_MINUTES)
    throw new RangeError(`${minutes} minutes after midnight is no time of a day`);
  const day = londonDayOn(date);
  // Read with the offset of the day's beginning, and with that of its end; each holds on its own side of the change.
  const early = day.startMs + minutes * MINUTE_MS;
  const late = day.endMs - DAY_MS + minutes * MINUTE_MS;
  if (early === late) return [new Date(early)];
  const changeMs = Date.parse(date) + CHANGE_MS;
  return [...(early < changeMs ? [early] : []), ...(late >= changeMs ? [late] : [])].map(
    (ms) => new Date(ms),
  );
}

/**
 * The instant at which London clocks show a time of a day: the first of two; where clocks skip it, the instant at which they do.
 *
 * @throws {RangeError} as `londonClockInstants`.
 */
export function londonClockInstant(date: string, minutes: number): Date {
  return londonClockInstants(date, minutes)[0] ?? new Date(Date.parse(date) + CHANGE_MS);
}
