/**
 * What the routes of Elexon Insights share: envelopes, times, numbers.
 *
 * Documented at https://bmrs.elexon.co.uk/api-documentation. A settlement date is a day in London: in summer its period
 * 1 begins at 23:00Z the day before, and it has 46, 48 or 50 periods. `startTime` is UTC; where a row gives both they
 * must agree. Seen and not documented: the end of a window is inclusive on most routes; rows come newest first on some,
 * oldest first on others.
 */
import { isHalfHour } from '../domain/half-hour.js';
import type { Window } from '../domain/ingest-run.js';
import { settlementPeriodOf, settlementPeriodStart } from '../domain/settlement-period.js';
import { RowRefused, broken, isFuelName, isObject, quoted } from './rows.js';

export const ELEXON_LICENCE = {
  name: 'BMRS data licence (Contains BMRS data © Elexon Limited copyright and database right)',
  url: 'https://www.elexon.co.uk/data/balancing-mechanism-reporting-agent/copyright-licence-bmrs-data/',
} as const;

/** Nothing older than this has been seen in half-hourly data; older windows would only be empty. */
export const ELEXON_SINCE = '2016-01-01T00:00:00Z';

/** Above all that is generated or used in Great Britain at once; a larger number is a fault. */
export const MOST_MW = 100_000;
/** Above any price of a half hour, which are in the low thousands at the worst. */
export const MOST_GBP_PER_MWH = 100_000;

/** The publisher's page about one route. */
export const elexonDocs = (route: string): string =>
  `https://bmrs.elexon.co.uk/api-documentation/endpoint/${route}`;

type Json = Readonly<Record<string, unknown>>;

/**
 * The rows of a body, whichever of the three envelopes it has: a bare list, `{ data }`, or `{ metadata, data }`.
 *
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN for an error body, `{}`, or anything that has no list.
 */
export function elexonRows(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (!isObject(body)) throw broken(`is ${quoted(body)} where a list of rows is expected`);
  const { data, errors, error, title } = body;
  if (Array.isArray(data)) return data;
  const fault = errors ?? error ?? title;
  if (fault !== undefined) throw broken(`is an error in place of rows: ${quoted(fault)}`);
  throw broken(
    'data' in body
      ? `has no list as "data" but ${quoted(data)}`
      : `has no "data"; its keys are ${quoted(Object.keys(body).slice(0, 8))}`,
  );
}

/** How a refused row is called: by its settlement period, else its instant, else its place. */
export function elexonRowName(row: unknown, position: number): string {
  if (!isObject(row)) return `row ${position}`;
  const { settlementDate, settlementPeriod, startTime, measurementTime, fuelType, psrType, dataProvider } =
    row;
  const instant = startTime ?? measurementTime;
  const parts = [
    settlementDate === undefined ? instant && quoted(instant) : quoted(settlementDate),
    settlementPeriod === undefined ? null : `period ${quoted(settlementPeriod)}`,
    ...[fuelType, psrType, dataProvider].map((key) => (key === undefined ? null : quoted(key))),
  ].filter((part) => typeof part === 'string');
  return parts.length > 0 ? parts.join(', ') : `row ${position}`;
}

/** Years 2000 to 2999, UTC, with or without seconds and their decimals. */
const INSTANT_FORM = /^(2\d{3}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?(?:Z|\+00:00)$/;

/** An instant with its zone stated. @throws {RowRefused} for any other text, and for a day or minute that does not exist. */
export function instantOf(value: unknown, name: string): Date {
  const match = typeof value === 'string' ? INSTANT_FORM.exec(value) : null;
  const [, minute = '', second = '00', decimals = ''] = match ?? [];
  const text = `${minute}:${second}.${decimals.slice(0, 3).padEnd(3, '0')}Z`;
  const ms = match ? Date.parse(text) : Number.NaN;
  // Date.parse reads 30 February as 2 March: only what is written back the same is real.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== text)
    throw new RowRefused(`${name} ${quoted(value)} is no instant in UTC`);
  return new Date(ms);
}

/** When the publisher says it said so; null where it does not. @throws {RowRefused} */
export const publishTimeOf = ({ publishTime }: Json): Date | null =>
  publishTime == null ? null : instantOf(publishTime, 'publishTime');

/**
 * The instant a row is about: its `startTime`, held against its settlement date and period; else the start of those.
 *
 * @throws {RowRefused} when it names neither, or the two disagree.
 */
export function startOf(row: Json): Date {
  if (row['startTime'] == null) return settlementStart(row);
  const start = instantOf(row['startTime'], 'startTime');
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

function settlementStart({ settlementDate, settlementPeriod }: Json): Date {
  if (typeof settlementDate !== 'string' || typeof settlementPeriod !== 'number')
    throw new RowRefused('names neither a startTime nor a settlement date and period');
  if (!settlementDate.startsWith('2'))
    throw new RowRefused(`settlementDate ${quoted(settlementDate)} is not of this millennium`);
  try {
    return settlementPeriodStart(settlementDate, settlementPeriod);
  } catch (error) {
    if (error instanceof RangeError) throw new RowRefused(error.message);
    throw error;
  }
}

/** @throws {RowRefused} when it is missing or no number within the limits, both inside. */
export function numberIn(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new RowRefused(`${name} ${quoted(value)} is no number from ${least} to ${most}`);
  return value;
}

/** @throws {RowRefused} when it is missing or no whole number within the limits, both inside. */
export function wholeIn(value: unknown, name: string, least: number, most: number): number {
  if (!Number.isInteger(numberIn(value, name, least, most)))
    throw new RowRefused(`${name} ${quoted(value)} is no whole number`);
  return value as number;
}

/** A code or label that can be stored. @throws {RowRefused} */
export function labelOf(value: unknown, name: string): string {
  if (!isFuelName(value)) throw new RowRefused(`${name} ${quoted(value)} is no name`);
  return value;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The settlement dates that hold any of a window, oldest first; of an empty window, the one it lies in. */
export function settlementDatesIn({ from, to }: Window): string[] {
  const last = settlementPeriodOf(new Date(Math.max(from.getTime(), to.getTime() - 1))).settlementDate;
  const dates: string[] = [];
  for (let date = settlementPeriodOf(from).settlementDate; date <= last; date = dayAfter(date))
    dates.push(date);
  return dates;
}

const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);

/** The query by settlement dates that the streams take, both ends inside. */
export function settlementDateQuery(window: Window): string {
  const dates = settlementDatesIn(window);
  return `settlementDateFrom=${dates[0]}&settlementDateTo=${dates.at(-1)}`;
}
