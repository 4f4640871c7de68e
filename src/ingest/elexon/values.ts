/**
 * Values of Elexon's rows, of its routes and of its data sets alike.
 *
 * Times are UTC. A settlement date is a day in London: in summer its period 1 begins at 23:00Z the day before, and it has
 * 46, 48 or 50 periods.
 */
import { HALF_HOUR_MS, isHalfHour } from '../../domain/half-hour.js';
import { settlementPeriodOf, settlementPeriodStart } from '../../domain/settlement-period.js';
import { RowRefused, isFuelName, quoted, type Json } from '../rows.js';

/** Above all that is generated or used in Great Britain at once; a larger number is a fault. */
export const MOST_MW = 100_000;
/** Above any price of a half hour, which are in the low thousands at the worst. */
export const MOST_GBP_PER_MWH = 100_000;
/** No BM unit is larger than the whole grid. */
export const LARGEST_LEVEL_MW = 99_999;

/** Years 2000 to 2999, UTC, with or without seconds and their decimals. */
const INSTANT_FORM = /^(2\d{3}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:Z|\+00:00)$/;
const UNIT = /^[\x21-\x7e](?:[\x20-\x7e]{0,58}[\x21-\x7e])?$/;

/**
 * An instant of the row's, with its zone stated, cut to the millisecond.
 *
 * @throws {RowRefused} for any other text, and for a day or minute that does not exist.
 */
export function instantOf(row: Json, name: string): Date {
  const value = row[name];
  const match = typeof value === 'string' ? INSTANT_FORM.exec(value) : null;
  const [, minute = '', second = '00', decimals = ''] = match ?? [];
  const text = `${minute}:${second}.${decimals.slice(0, 3).padEnd(3, '0')}Z`;
  const instant = new Date(match ? text : Number.NaN);
  // Date.parse reads 30 February as 2 March, and 24:00 as the next day: only what is written back the same is real.
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== text)
    throw new RowRefused(`${name} ${quoted(value)} is no instant in UTC`);
  return instant;
}

/** When the publisher says it said so; null where it does not. @throws {RowRefused} */
export const publishTimeOf = (row: Json): Date | null =>
  row['publishTime'] == null ? null : instantOf(row, 'publishTime');

/** Midnight in London of a date of the row's. @throws {RowRefused} */
export function dayOf(row: Json, name: string): Date {
  const value = row[name];
  try {
    if (typeof value === 'string') return settlementPeriodStart(value.replace(/T00:00:00Z?$/, ''), 1);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new RowRefused(`${name} ${quoted(value)} is no date`);
}

/** Start of the settlement period of the row. @throws {RowRefused} */
export function settlementStartOf({ settlementDate, settlementPeriod }: Json): Date {
  if (typeof settlementDate !== 'string' || typeof settlementPeriod !== 'number')
    throw new RowRefused(
      `settlementDate ${quoted(settlementDate)} and settlementPeriod ${quoted(settlementPeriod)} are no settlement period`,
    );
  if (/^[013-9]\d{3}-/.test(settlementDate))
    throw new RowRefused(`settlementDate ${quoted(settlementDate)} is not of this millennium`);
  try {
    return settlementPeriodStart(settlementDate, settlementPeriod);
  } catch (error) {
    if (error instanceof RangeError) throw new RowRefused(error.message);
    throw error;
  }
}

export const isInPeriod = (instantMs: number, periodMs: number): boolean =>
  instantMs >= periodMs && instantMs < periodMs + HALF_HOUR_MS;

/**
 * The instant a row is about: its `startTime`, held against its settlement date and period; else the start of those.
 *
 * @throws {RowRefused} when it names neither, or the two disagree.
 */
export function startOf(row: Json): Date {
  if (row['startTime'] == null) return settlementStartOf(row);
  const start = instantOf(row, 'startTime');
  const { settlementDate, settlementPeriod } = settlementPeriodOf(start);
  const date = row['settlementDate'] ?? settlementDate;
  const period = row['settlementPeriod'] ?? settlementPeriod;
  if (date !== settlementDate || period !== settlementPeriod)
    throw new RowRefused(
      `startTime ${quoted(row['startTime'])} is in ${settlementDate}, period ${settlementPeriod}, not in ${quoted(date)}, period ${quoted(period)}`,
    );
  return start;
}

/** As startOf, of rows about a half hour. @throws {RowRefused} */
export function halfHourOf(row: Json): Date {
  const start = startOf(row);
  if (!isHalfHour(start)) throw new RowRefused(`startTime ${quoted(row['startTime'])} begins no half hour`);
  return start;
}

/** @throws {RowRefused} when it is missing or no number within the limits, both inside. */
export function numberIn(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new RowRefused(`${name} ${quoted(value)} is no number from ${least} to ${most}`);
  return value;
}

/** @throws {RowRefused} when it is missing or no whole number within the limits, both inside. */
export function wholeIn(value: unknown, name: string, least: number, most: number): number {
  const number = numberIn(value, name, least, most);
  if (!Number.isInteger(number)) throw new RowRefused(`${name} ${quoted(value)} is no whole number`);
  return number;
}

/** Whole megawatts of either sign. @throws {RowRefused} */
export const levelOf = (row: Json, name: string): number =>
  wholeIn(row[name], name, -LARGEST_LEVEL_MW, LARGEST_LEVEL_MW);

/** A code or label that can be stored. @throws {RowRefused} */
export function labelOf(value: unknown, name: string): string {
  if (!isFuelName(value)) throw new RowRefused(`${name} ${quoted(value)} is no name`);
  return value;
}

/** Id of a BM unit; null where the row gives none. @throws {RowRefused} */
export function unitOf(row: Json, name: string): string | null {
  const value = row[name];
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' || !UNIT.test(value))
    throw new RowRefused(`${name} ${quoted(value)} is no id of a unit`);
  return value;
}
