import { instantOf } from './message-context.js';
import { quoted } from './json.js';

const DAY_MS = 24 * 3_600_000;
const LONGEST_MS = 31 * DAY_MS;
const FURTHEST_MS = 366 * DAY_MS;
/** A time of day with its offset; 24:00 is the midnight that ends a day. */
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?|(24):00(?::00)?)(Z|[+-]\d\d:\d\d)$/;

export interface Interval {
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
}

/**
 * The interval that a start and an end mean.
 *
 * A catalogue gives times without a date, and `on_select` instants. A start without a date is of the day on which the
 * message was written, in UTC, an end without one of the day of the start; an end at or before its start is of the next
 * day. An offset counts as it is written; a time without one is refused, since it would mean several.
 *
 * @param statedAt `context.timestamp` of the message.
 * @returns in words why they are none.
 */
export function datedInterval(
  start: unknown,
  end: unknown,
  statedAt: Date,
): Interval | { readonly fault: string } {
  const from = instantOf(start) ?? onDay(start, statedAt);
  if (!from)
    return { fault: `start ${quoted(start)} is neither an instant nor a time of day with its offset` };
  const dated = instantOf(end);
  const to = dated ?? firstAfter(onDay(end, from), from);
  if (!to) return { fault: `end ${quoted(end)} is neither an instant nor a time of day with its offset` };
  const length = to.getTime() - from.getTime();
  const named = `${from.toISOString()} to ${to.toISOString()}`;
  if (length <= 0) return { fault: `${named} ends before it begins` };
  if (length > LONGEST_MS) return { fault: `${named} is longer than 31 days` };
  if (Math.abs(from.getTime() - statedAt.getTime()) > FURTHEST_MS)
    return { fault: `${named} is more than a year from ${statedAt.toISOString()}, when it was stated` };
  return { from, to };
}

/** A time of day on the UTC day of an instant; null for what is no time of day. */
function onDay(value: unknown, day: Date): Date | null {
  if (typeof value !== 'string') return null;
  const [, hour, minute, second = '00', midnight, offset] = TIME.exec(value) ?? [];
  if (offset === undefined) return null;
  const date = day.toISOString().slice(0, 10);
  const instant = new Date(
    midnight === undefined ? `${date}T${hour}:${minute}:${second}${offset}` : `${date}T00:00:00${offset}`,
  );
  if (Number.isNaN(instant.getTime())) return null;
  return midnight === undefined ? instant : new Date(instant.getTime() + DAY_MS);
}

/** The same time of day, on the first day on which it lies after the start. */
function firstAfter(time: Date | null, from: Date): Date | null {
  if (!time) return null;
  const days = Math.floor((from.getTime() - time.getTime()) / DAY_MS) + 1;
  return new Date(time.getTime() + days * DAY_MS);
}
