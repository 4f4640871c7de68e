/** How NESO writes dates, times of day and numbers, which differs by year and by route. */
import { londonClockInstants } from '../../domain/london-clock.js';
import { settlementPeriodStart } from '../../domain/settlement-period.js';
import { RowRefused, quoted } from '../rows.js';

type Row = Readonly<Record<string, unknown>>;

/** GB's demand has never been near it, in either direction of any column taken here. */
const HIGHEST_MW = 150_000;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:T00:00:00)?$/;
const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})$/;
const NAMED_MONTH = /^(\d{2})-([A-Za-z]{3})-(\d{2}|\d{4})$/;

/**
 * A calendar date as `YYYY-MM-DD`, from `2025-01-01`, `2025-01-01T00:00:00`, `20250101`, `01-JAN-2024` or `01-Jan-23`.
 *
 * @throws {RowRefused}
 */
export function dateOf(row: Row, name: string): string {
  const value = row[name];
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const iso = ISO_DATE.exec(text)?.[1];
  if (iso) return iso;
  const [, year, month, day] = COMPACT_DATE.exec(text) ?? [];
  if (year && month && day) return `${year}-${month}-${day}`;
  const [, dayOfMonth, word = '', century] = NAMED_MONTH.exec(text) ?? [];
  const monthNumber = MONTHS.indexOf(word.toUpperCase()) + 1;
  if (!dayOfMonth || !century || monthNumber === 0)
    throw new RowRefused(`${name} ${quoted(value)} is no date in a form that NESO uses`);
  return `${century.padStart(4, '20')}-${String(monthNumber).padStart(2, '0')}-${dayOfMonth}`;
}

/** A whole number written as `12`, `12.0` or text of either; null for none. @throws {RowRefused} */
export function wholeOf(row: Row, name: string): number | null {
  const value = row[name];
  if (value === null || value === undefined || value === '') return null;
  const number =
    typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value.trim()) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw new RowRefused(`${name} ${quoted(value)} is no whole number`);
  return number;
}

/** Megawatts; null where the row states none. @throws {RowRefused} */
export function megawattsOf(row: Row, name: string): number | null {
  const mw = wholeOf(row, name);
  if (mw !== null && Math.abs(mw) > HIGHEST_MW)
    throw new RowRefused(`${name} ${mw} is no power of Great Britain, MW`);
  return mw;
}

/** Start of the half hour that SETTLEMENT_DATE and SETTLEMENT_PERIOD name, both on London clocks. @throws {RowRefused} */
export function settlementStartOf(row: Row): Date {
  const period = wholeOf(row, 'SETTLEMENT_PERIOD');
  if (period === null) throw new RowRefused('names no SETTLEMENT_PERIOD');
  const date = dateOf(row, 'SETTLEMENT_DATE');
  return dated(() => settlementPeriodStart(date, period));
}

/**
 * A time of day written as a number: 30 is 00:30, 2400 the end of the day. Minutes after midnight.
 *
 * @throws {RowRefused}
 */
export function clockOf(row: Row, name: string): number {
  const clock = wholeOf(row, name);
  if (clock === null || clock < 0 || clock > 2400 || clock % 100 > 59)
    throw new RowRefused(`${name} ${quoted(row[name])} is no time of day`);
  return Math.floor(clock / 100) * 60 + (clock % 100);
}

const UTC_SECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::00)?$/;

/** An instant written in UTC without saying so, to the minute. @throws {RowRefused} */
export function utcOf(value: unknown, name: string): Date {
  const instant = typeof value === 'string' && UTC_SECOND.test(value) ? new Date(`${value}Z`) : new Date(NaN);
  if (Number.isNaN(instant.getTime())) throw new RowRefused(`${name} ${quoted(value)} is no instant`);
  return instant;
}

const UTC_INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,6})?Z?$/;

/** When a row was said, in UTC to the second: files mark that with a Z, the datastore does not. @throws {RowRefused} */
export function saidAtOf(row: Row, name: string): Date {
  const value = row[name];
  const [, second = ''] = (typeof value === 'string' && UTC_INSTANT.exec(value)) || [];
  const instant = new Date(`${second}Z`);
  // 30 February is read as 2 March: only what is written back the same is real.
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(second))
    throw new RowRefused(`${name} ${quoted(value)} is no instant`);
  return instant;
}

/** The instants of a time of a London day. @throws {RowRefused} when there is no such date. */
export const clockInstants = (date: string, minutes: number): readonly Date[] =>
  dated(() => londonClockInstants(date, minutes));

/** What a date that does not exist is to a row. */
export function dated<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new RowRefused(error.message);
    throw error;
  }
}
