/**
 * What the routes of Elexon Insights share: envelopes, windows, licence.
 *
 * Documented at https://bmrs.elexon.co.uk/api-documentation. Seen and not documented: the end of a window is inclusive on
 * most routes; rows come newest first on some, oldest first on others.
 */
import type { Window } from '../../domain/ingest-run.js';
import { settlementPeriodOf } from '../../domain/settlement-period.js';
import { broken, isObject, quoted } from '../rows.js';

export const ELEXON_LICENCE = {
  name: 'BMRS data licence (Contains BMRS data © Elexon Limited copyright and database right)',
  url: 'https://www.elexon.co.uk/data/balancing-mechanism-reporting-agent/copyright-licence-bmrs-data/',
} as const;

/** Nothing older than this has been seen in half-hourly data; older windows would only be empty. */
export const ELEXON_SINCE = '2016-01-01T00:00:00Z';

/** The publisher's page about one route. */
export const elexonDocs = (route: string): string =>
  `https://bmrs.elexon.co.uk/api-documentation/endpoint/${route}`;

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
