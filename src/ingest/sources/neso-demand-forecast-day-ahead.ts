import { recordsOf } from '../neso/ckan.js';
import { CARDINAL_FIELDS, nameOfCardinalRow, readCardinalRow } from '../neso/cardinal-rows.js';
import { datastoreRows } from '../neso/datastore.js';
import { NESO, pageOf } from '../neso/portal.js';
import { parseRows } from '../parse-rows.js';
import { rowOf } from '../rows.js';
import { defineSeries } from '../source.js';

const PACKAGE = '1-day-ahead-demand-forecast';

/**
 * NESO's forecast of tomorrow's national demand by cardinal point: about a dozen fixed points, troughs and peaks, MW. It is
 * not half-hourly, and no outturn.
 *
 * Quirk: TARGETDATE is 20261009.
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
      CARDINAL_FIELDS,
    ),
  parse: (body) =>
    parseRows(recordsOf(body), nameOfCardinalRow, (row) => [
      { ...readCardinalRow(rowOf(row)), issuedAt: null },
    ]),
});
