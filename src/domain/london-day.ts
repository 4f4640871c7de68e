/** Calendar days on London clocks, as spans of instants. */
import { Temporal } from 'temporal-polyfill';
import { HALF_HOUR_MS } from './half-hour.js';

/** One calendar day in London. Milliseconds since 1970-01-01T00:00Z; start inside, end outside. */
export interface LondonDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Half hours in the day. */
  readonly periods: 46 | 48 | 50;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DATE_FORM = /^\d{4}-\d{2}-\d{2}$/;
const EPOCH = new Temporal.PlainDate(1970, 1, 1);

/** Eleven years, under a megabyte: a backtest fits. Emptied when full, so that dates a caller makes up cannot fill memory. */
const MAX_DAYS = 4096;
const days = new Map<number, LondonDay>();

/**
 * The London day of a calendar date. Kept once computed, because a zone conversion costs 84 µs and a row needs one.
 *
 * @param epochDay The date as whole days after 1970-01-01, negative before.
 * @throws {RangeError} when the day is not made of 46, 48 or 50 half hours (London kept its own mean time, 75 seconds
 *   behind Greenwich, before December 1847), or its year is beyond 9999.
 */
export function londonDay(epochDay: number): LondonDay {
  const known = days.get(epochDay);
  if (known) return known;
  const day = computeLondonDay(epochDay);
  if (days.size >= MAX_DAYS) days.clear();
  days.set(epochDay, day);
  return day;
}

/**
 * The London day of a calendar date.
 *
 * @param date `YYYY-MM-DD`
 * @throws {RangeError} when that is no calendar date, or as `londonDay` does.
 */
export function londonDayOn(date: string): LondonDay {
  const ms = DATE_FORM.test(date) ? Date.parse(date) : Number.NaN;
  const day = Number.isNaN(ms) ? null : londonDay(ms / DAY_MS);
  // Date.parse reads 30 February as 2 March: only what is written back the same is real.
  if (day?.date !== date) throw new RangeError(`"${date}" is no calendar date`);
  return day;
}

function computeLondonDay(epochDay: number): LondonDay {
  const plain = EPOCH.add({ days: epochDay });
  const startMs = days.get(epochDay - 1)?.endMs ?? londonMidnightMs(plain);
  const endMs = days.get(epochDay + 1)?.startMs ?? londonMidnightMs(plain.add({ days: 1 }));
  const date = plain.toString();
  const periods = (endMs - startMs) / HALF_HOUR_MS;
  if (startMs % HALF_HOUR_MS !== 0 || !isDayLength(periods) || plain.year > 9999) {
    throw new RangeError(`${date} is no day of 46, 48 or 50 half hours in London`);
  }
  return { date, startMs, endMs, periods };
}

const londonMidnightMs = (date: Temporal.PlainDate): number =>
  date.toZonedDateTime('Europe/London').epochMilliseconds;

const isDayLength = (periods: number): periods is 46 | 48 | 50 =>
  periods === 46 || periods === 48 || periods === 50;
