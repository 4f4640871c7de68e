/**
 * Settlement dates and periods: the half hours of a London calendar day, numbered from 1.
 *
 * A day has 48 periods, 46 when clocks go forward (01:00Z, last Sunday of March) and 50 when they go back (01:00Z,
 * last Sunday of October). In summer, period 1 starts at 23:00Z of the day before.
 *
 * @see https://www.elexon.co.uk/event/volume-notification-on-long-clock-change-day/
 */
import { HALF_HOUR_MS } from './half-hour.js';
import { epochMs } from './instant.js';
import { londonDay, londonDayOn, type LondonDay } from './london-day.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The settlement period that holds an instant. A start belongs to the period it starts.
 *
 * @throws {RangeError} when the date is invalid, or London kept no half-hour clock on that day (before December 1847).
 */
export function settlementPeriodOf(from: Date): { settlementDate: string; settlementPeriod: number } {
  const ms = epochMs(from);
  const day = londonDayHolding(ms);
  return {
    settlementDate: day.date,
    settlementPeriod: Math.floor((ms - day.startMs) / HALF_HOUR_MS) + 1,
  };
}

/**
 * Start of a settlement period as an instant.
 *
 * @param settlementDate `YYYY-MM-DD`, a calendar date in Great Britain.
 * @throws {RangeError} when that is no calendar date, or the day does not hold that period.
 */
export function settlementPeriodStart(settlementDate: string, settlementPeriod: number): Date {
  const day = londonDayOn(settlementDate);
  if (!Number.isInteger(settlementPeriod) || settlementPeriod < 1 || settlementPeriod > day.periods) {
    throw new RangeError(
      `${settlementDate} has ${day.periods} settlement periods, and none is ${settlementPeriod}`,
    );
  }
  return new Date(day.startMs + (settlementPeriod - 1) * HALF_HOUR_MS);
}

/**
 * How many settlement periods a day has.
 *
 * @param settlementDate `YYYY-MM-DD`, a calendar date in Great Britain.
 * @throws {RangeError} when that is no calendar date.
 */
export function settlementPeriodsOn(settlementDate: string): 46 | 48 | 50 {
  return londonDayOn(settlementDate).periods;
}

/** London is ahead of UTC or level with it, by less than a day: the instant is in London's day of that date, or its next. */
function londonDayHolding(ms: number): LondonDay {
  const epochDay = Math.floor(ms / DAY_MS);
  const day = londonDay(epochDay);
  return ms < day.endMs ? day : londonDay(epochDay + 1);
}
