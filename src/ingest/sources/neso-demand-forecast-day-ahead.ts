import { londonClockInstant } from '../../domain/london-clock.js';
import type { CardinalPointStatement, CardinalPointType } from '../../domain/series.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { recordsOf } from '../neso/ckan.js';
import { datastoreRows } from '../neso/datastore.js';
import { clockOf, dateOf, dated, megawattsOf } from '../neso/fields.js';
import { NESO, pageOf } from '../neso/portal.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

type Row = Readonly<Record<string, unknown>>;

const PACKAGE = '1-day-ahead-demand-forecast';
const HALF_HOUR_MINUTES = 30;
const FEATURES: readonly unknown[] = ['Om', 'DM', 'Dm', 'EM'];
/** What stands for no feature. */
const NO_FEATURE: readonly unknown[] = ['', 'NA', null, undefined];

/**
 * NESO's forecast of tomorrow's national demand by cardinal point: about a dozen fixed points, troughs and peaks, MW. It is
 * not half-hourly, and no outturn.
 *
 * Quirks: TARGETDATE is 20261009. CP_ST_TIME and CP_END_TIME are London clocks without leading zeros (30 is 00:30, 2400
 * the end of the day), each at the end of a half hour: from 30 to 30 is the day's first one.
 */
export const nesoDemandForecastDayAhead = defineSeries({
  ...NESO,
  id: 'neso-demand-forecast-day-ahead',
  title: 'National demand by cardinal point, day-ahead forecast',
  produces: 'demand_cardinal_points',
  docs: pageOf(PACKAGE),
  // In the morning and sometimes again before noon, at no fixed minute.
  cadence: { everyMinutes: 180, afterMinutes: 0 },
  lookbackHours: 0,
  horizonHours: 48,
  priority: 80,
  history: null,
  fetch: (_window, reach) =>
    datastoreRows(
      reach,
      {
        package: PACKAGE,
        id: 'aec5601a-7f3e-4c4c-bf56-d8e4184d3c5b',
        named: /^day ahead national demand forecast$|^ng_demand_1da/i,
      },
      [
        'DAYSAHEAD',
        'TARGETDATE',
        'FORECASTDEMAND',
        'CARDINALPOINT',
        'CP_TYPE',
        'CP_ST_TIME',
        'CP_END_TIME',
        'F_Point',
      ],
    ),
  parse: (body) => parseRows(recordsOf(body), nameOf, (row) => [statementOf(rowOf(row))]),
});

const nameOf = (row: unknown, position: number): string => {
  const { TARGETDATE: date, CARDINALPOINT: point } =
    typeof row === 'object' && row !== null ? (row as Row) : {};
  return date === undefined && point === undefined
    ? `row ${position}`
    : `date ${quoted(date)}, cardinal point ${quoted(point)}`;
};

function statementOf(row: Row): CardinalPointStatement {
  const date = dateOf(row, 'TARGETDATE');
  const first = clockOf(row, 'CP_ST_TIME') - HALF_HOUR_MINUTES;
  const last = clockOf(row, 'CP_END_TIME');
  if (first < 0 || last <= first || first % HALF_HOUR_MINUTES !== 0 || last % HALF_HOUR_MINUTES !== 0)
    throw new RowRefused(
      `CP_ST_TIME ${quoted(row['CP_ST_TIME'])} and CP_END_TIME ${quoted(row['CP_END_TIME'])} are no half hours of a day`,
    );
  const demandMw = megawattsOf(row, 'FORECASTDEMAND');
  if (demandMw === null || demandMw === 0) throw new RowRefused('states no FORECASTDEMAND');
  return {
    ...spanOf(date, first, last),
    kind: 'FORECAST',
    issuedAt: null,
    cardinalPoint: codeOf(row['CARDINALPOINT']),
    pointType: typeOf(row['CP_TYPE']),
    feature: featureOf(row['F_Point']),
    demandMw,
  };
}

function spanOf(date: string, first: number, last: number): { readonly at: Date; readonly endsAt: Date } {
  const at = dated(() => londonClockInstant(date, first));
  const endsAt = dated(() => londonClockInstant(date, last));
  if (at >= endsAt) throw new RowRefused('lies in the hour that clocks skip');
  return { at, endsAt };
}

/** A code, which is a number where it has no letter: `4` is the point that is `04` in other years. */
function codeOf(value: unknown): string {
  const code = typeof value === 'number' ? String(value) : value;
  if (typeof code !== 'string' || !/^[0-9A-Z]{1,4}$/.test(code))
    throw new RowRefused(`CARDINALPOINT ${quoted(value)} is no code`);
  return code;
}

function typeOf(value: unknown): CardinalPointType {
  if (value !== 'F' && value !== 'T' && value !== 'P')
    throw new RowRefused(`CP_TYPE ${quoted(value)} is none of F, T, P`);
  return value;
}

function featureOf(value: unknown): string | null {
  if (NO_FEATURE.includes(value)) return null;
  if (typeof value !== 'string' || !FEATURES.includes(value))
    throw new RowRefused(`F_Point ${quoted(value)} is none of ${FEATURES.join(', ')}`);
  return value;
}
