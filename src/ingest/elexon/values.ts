/** Values of Elexon's rows. Times are UTC; settlement dates and periods are London's. */
import { HALF_HOUR_MS } from '../../domain/half-hour.js';
import { settlementPeriodStart } from '../../domain/settlement-period.js';
import { RowRefused, quoted } from '../rows.js';

export type Row = Readonly<Record<string, unknown>>;

const INSTANT = /^((?!0000)\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?Z$/;
const UNIT = /^[\x21-\x7e](?:[\x20-\x7e]{0,58}[\x21-\x7e])?$/;

/** An instant of the row's, in UTC as Elexon writes them. @throws {RowRefused} */
export function instantOf(row: Row, name: string): Date {
  const value = row[name];
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  const [, date = '', hour = '', minute = '', second = '00'] = match ?? [];
  const instant = new Date(match?.[0] ?? Number.NaN);
  // Date.parse reads 30 February as 2 March, and 24:00 as the next day: only what is written back the same is real.
  const isReal =
    !Number.isNaN(instant.getTime()) &&
    instant.toISOString().startsWith(`${date}T${hour}:${minute}:${second}`);
  if (!isReal) throw new RowRefused(`${name} ${quoted(value)} is no instant in UTC`);
  return instant;
}

/** Midnight in London of a date of the row's. @throws {RowRefused} */
export function dayOf(row: Row, name: string): Date {
  const value = row[name];
  try {
    if (typeof value === 'string') return settlementPeriodStart(value.replace(/T00:00:00Z?$/, ''), 1);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new RowRefused(`${name} ${quoted(value)} is no date`);
}

/** Start of the settlement period of the row. @throws {RowRefused} */
export function settlementStartOf(row: Row): Date {
  const { settlementDate, settlementPeriod } = row;
  try {
    if (typeof settlementDate === 'string' && typeof settlementPeriod === 'number')
      return settlementPeriodStart(settlementDate, settlementPeriod);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RowRefused(error.message);
  }
  throw new RowRefused(
    `settlementDate ${quoted(settlementDate)} and settlementPeriod ${quoted(settlementPeriod)} are no settlement period`,
  );
}

export const isInPeriod = (instantMs: number, periodMs: number): boolean =>
  instantMs >= periodMs && instantMs < periodMs + HALF_HOUR_MS;

/** Whole megawatts of either sign; no BM unit is larger than the whole grid. @throws {RowRefused} */
export function levelOf(row: Row, name: string): number {
  const value = row[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > LARGEST_LEVEL_MW)
    throw new RowRefused(`${name} ${quoted(value)} is no whole number of MW up to ${LARGEST_LEVEL_MW}`);
  return value;
}
export const LARGEST_LEVEL_MW = 99_999;

/** Id of a unit; null where the row gives none. @throws {RowRefused} */
export function unitOf(row: Row, name: string): string | null {
  const value = row[name];
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' || !UNIT.test(value))
    throw new RowRefused(`${name} ${quoted(value)} is no id of a unit`);
  return value;
}
