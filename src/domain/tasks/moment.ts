/** Moments in words, by London clocks: `Friday 18:00`, `tomorrow 6am`, `6pm tomorrow`, `2026-11-27`, `noon`. */
import { londonClockInstant } from '../london-clock.js';
import { settlementPeriodOf } from '../settlement-period.js';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = String.raw`today|tonight|tomorrow|(?:next\s+|this\s+|on\s+)?(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b|\d{4}-\d{2}-\d{2}(?!T)`;
const TIME = String.raw`noon|midday|midnight|\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)\b|\d{1,2}:\d{2}`;

/** With the day and the time in either order, or one of them. Groups: ISO instant, day, time, time, day. */
export const MOMENT = String.raw`(?:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))|(${DAY})(?:\s*,?\s*(?:at\s+)?(${TIME}))?|(${TIME})(?:\s+(${DAY}))?)`;

/** A moment, and what had to be assumed for it. */
export interface Moment {
  readonly at: Date;
  /** What was not said: the day or the time of it. Null: nothing. */
  readonly assumed: string | null;
}

const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;

/**
 * The first moment after `now` that the groups of MOMENT name; an ISO instant or date is what it is, also in the past.
 *
 * @param groups the five of MOMENT.
 * @returns null for what is no calendar date or no time of a day.
 */
export function momentOf(groups: readonly (string | undefined)[], now: Date): Moment | null {
  const [iso, dayBefore, timeAfter, timeBefore, dayAfter] = groups;
  if (iso !== undefined) {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? null : { at, assumed: null };
  }
  const day = (dayBefore ?? dayAfter)?.toLowerCase().replace(/^(?:this|on)\s+/, '') ?? null;
  const time = (timeAfter ?? timeBefore)?.toLowerCase() ?? null;
  const minutes = time === null ? DAY_MINUTES : minutesOf(time);
  if (minutes === null) return null;
  const assumed =
    time === null
      ? 'the end of the day, because no time is named'
      : day === null
        ? 'the next time that London clocks show it'
        : null;
  const today = settlementPeriodOf(now).settlementDate;
  for (const date of datesOf(day, today)) {
    const at = instantOf(date, minutes);
    if (at === null) return null;
    if (at > now || /^\d/.test(day ?? '')) return { at, assumed };
  }
  // Today at a time that is over: it is what was said.
  const at = instantOf(today, minutes);
  return at && { at, assumed };
}

/** Dates that are meant by a day, the nearest first. */
function datesOf(day: string | null, today: string): string[] {
  if (day === null) return [today, addDays(today, 1)];
  if (/^\d/.test(day)) return [day];
  if (day === 'today' || day === 'tonight') return [today];
  if (day === 'tomorrow') return [addDays(today, 1)];
  const isNext = day.startsWith('next');
  const weekday = WEEKDAYS.indexOf(day.replace(/^next\s+/, '').slice(0, 3));
  const ahead = (weekday - new Date(today).getUTCDay() + 7) % 7;
  return ahead === 0 && isNext ? [addDays(today, 7)] : [addDays(today, ahead), addDays(today, ahead + 7)];
}

/** Minutes after midnight; null for no time of a day. */
function minutesOf(time: string): number | null {
  if (time === 'noon' || time === 'midday') return DAY_MINUTES / 2;
  if (time === 'midnight') return DAY_MINUTES;
  const [, hourText = '', minuteText = '0', half] = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$/.exec(time) ?? [];
  const [hour, minute] = [Number(hourText), Number(minuteText)];
  if (minute > 59) return null;
  if (half === undefined) return hour > 24 || (hour === 24 && minute > 0) ? null : hour * 60 + minute;
  if (hour < 1 || hour > 12) return null;
  return ((hour % 12) + (half === 'pm' ? 12 : 0)) * 60 + minute;
}

function instantOf(date: string, minutes: number): Date | null {
  try {
    return londonClockInstant(date, minutes);
  } catch (error) {
    if (error instanceof RangeError) return null; // no calendar date, such as 2026-02-30
    throw error;
  }
}

const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/** How London clocks show an instant: `2026-11-27 18:00`. */
export function londonText(at: Date): string {
  const { settlementDate } = settlementPeriodOf(at);
  const minutes = Math.round((at.getTime() - londonClockInstant(settlementDate, 0).getTime()) / 60_000);
  // On a day on which clocks change, minutes since midnight are not what they show: look for the time that is this instant.
  for (const shift of [0, 60, -60]) {
    const shown = minutes + shift;
    if (shown < 0 || shown > DAY_MINUTES) continue;
    if (londonClockInstant(settlementDate, shown).getTime() === Math.floor(at.getTime() / 60_000) * 60_000)
      return `${settlementDate} ${two(Math.floor(shown / 60))}:${two(shown % 60)}`;
  }
  return at.toISOString();
}

const two = (value: number): string => String(value).padStart(2, '0');
