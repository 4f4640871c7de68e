/**
 * The form in which the publishers write an instant: UTC, to the minute, `YYYY-MM-DDThh:mmZ`.
 *
 * Years run from 0001 to 9999: there is no year 0 in the civil calendar, and PostgreSQL refuses one.
 *
 * @see https://carbon-intensity.github.io/api-definitions/
 */
const MINUTE_FORM = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/;

/**
 * Milliseconds since 1970-01-01T00:00Z.
 *
 * @throws {RangeError} when the date is invalid; NaN would otherwise travel on as an empty range or period NaN.
 */
export function epochMs(instant: Date): number {
  const ms = instant.getTime();
  if (Number.isNaN(ms)) throw new RangeError('an invalid Date is no instant');
  return ms;
}

/**
 * The minute that holds an instant, as `YYYY-MM-DDThh:mmZ`; seconds are dropped, never rounded up.
 *
 * @throws {RangeError} when the date is invalid or its year is not one of 0001 to 9999.
 */
export function formatMinute(instant: Date): string {
  const text = minuteOf(epochMs(instant));
  if (!MINUTE_FORM.test(text))
    throw new RangeError(`${instant.toISOString()} is not in the years 0001 to 9999`);
  return text;
}

/** The instant written as `YYYY-MM-DDThh:mmZ`; null for any other form, and for a day or minute that does not exist. */
export function parseMinute(text: string): Date | null {
  if (!MINUTE_FORM.test(text)) return null;
  const ms = Date.parse(text);
  // Date.parse reads 30 February as 2 March, and 24:00 as the next day: only what is written back the same is real.
  return Number.isNaN(ms) || minuteOf(ms) !== text ? null : new Date(ms);
}

const minuteOf = (ms: number): string => new Date(ms).toISOString().replace(/:\d{2}\.\d{3}Z$/, 'Z');
