import { addHalfHours } from '../../domain/half-hour.js';
import type { DemandStatement } from '../../domain/series.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { recordsOf } from '../neso/ckan.js';
import { datastoreRows } from '../neso/datastore.js';
import { clockInstants, clockOf, dateOf, megawattsOf, utcOf } from '../neso/fields.js';
import { NESO, pageOf } from '../neso/portal.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

type Row = Readonly<Record<string, unknown>>;

const PACKAGE = '2-14-days-ahead-national-demand-forecast';
const END_OF_DAY = 24 * 60;

/**
 * NESO's forecast of national demand, half-hourly, from the day after tomorrow to fourteen days ahead. MW.
 *
 * Quirks: DATE and CTIME are London clocks (1430 is 14:30) at the end of the half hour: a day's rows run from 30 to 2400.
 * GDATETIME is the same instant in UTC without saying so; it tells apart the two times that clocks show when they go back,
 * and is not relied on for 2400, where it may be a day out.
 */
export const nesoDemandForecast14Day = defineSeries({
  ...NESO,
  id: 'neso-demand-forecast-14-day',
  title: 'National demand, 2- to 14-day forecast',
  produces: 'demand_statements',
  docs: pageOf(PACKAGE),
  // Once a day at no fixed minute: asked every three hours, so that none is missed for long.
  cadence: { everyMinutes: 180, afterMinutes: 0 },
  lookbackHours: 0,
  horizonHours: 15 * 24,
  priority: 80,
  history: null,
  fetch: (_window, reach) =>
    datastoreRows(
      reach,
      {
        package: PACKAGE,
        id: '7c0411cd-2714-4bb5-a408-adb065edf34d',
        named: /half.hourly forecast|^ng-demand-14da-hh/i,
      },
      ['DATE', 'CTIME', 'GDATETIME', 'NATIONALDEMAND'],
    ),
  parse: (body) => parseRows(recordsOf(body), nameOf, (row) => [statementOf(rowOf(row))]),
});

const nameOf = (row: unknown, position: number): string => {
  const { DATE: date, CTIME: clock } = typeof row === 'object' && row !== null ? (row as Row) : {};
  return date === undefined && clock === undefined
    ? `row ${position}`
    : `date ${quoted(date)}, time ${quoted(clock)}`;
};

function statementOf(row: Row): DemandStatement {
  const nationalDemandMw = megawattsOf(row, 'NATIONALDEMAND');
  if (nationalDemandMw === null || nationalDemandMw === 0) throw new RowRefused('states no demand');
  return {
    at: addHalfHours(endOf(row), -1),
    kind: 'FORECAST',
    issuedAt: null,
    nationalDemandMw,
    transmissionSystemDemandMw: null,
    embeddedWindMw: null,
    embeddedSolarMw: null,
  };
}

function endOf(row: Row): Date {
  const clock = clockOf(row, 'CTIME');
  if (clock % 30 !== 0) throw new RowRefused(`CTIME ${quoted(row['CTIME'])} ends no half hour`);
  const ends = clockInstants(dateOf(row, 'DATE'), clock);
  const [only] = ends;
  if (only && clock === END_OF_DAY) return only;
  const stated = utcOf(row['GDATETIME'], 'GDATETIME');
  const end = ends.find((each) => each.getTime() === stated.getTime());
  if (!end)
    throw new RowRefused(`GDATETIME ${quoted(row['GDATETIME'])} is not when London clocks show that time`);
  return end;
}
