import { CARDINAL_FIELDS, nameOfCardinalRow, readCardinalRow } from '../neso/cardinal-rows.js';
import { recordsOf } from '../neso/ckan.js';
import { selectedRows } from '../neso/datastore.js';
import { saidAtOf } from '../neso/fields.js';
import { NESO, pageOf } from '../neso/portal.js';
import { settlementDatesOf } from '../neso/settlement-dates.js';
import { parseRows } from '../parse-rows.js';
import { rowOf } from '../rows.js';
import { defineSeries } from '../source.js';

const PACKAGE = '1-day-ahead-demand-forecast';
const SAID_AT = 'FORECAST_TIMESTAMP';

/**
 * NESO's archive of its day-ahead forecasts of national demand by cardinal point, MW, with when each was made.
 *
 * Quirks: TARGETDATE is 2025-01-31. Most days were forecast twice or more: rows come in the order in which they were said,
 * so that the last word on a point is the one that counts.
 */
export const nesoDemandForecastHistory = defineSeries({
  ...NESO,
  id: 'neso-demand-forecast-history',
  title: 'National demand by cardinal point, day-ahead forecast, history',
  produces: 'demand_cardinal_points',
  docs: pageOf(PACKAGE),
  cadence: null,
  lookbackHours: 0,
  horizonHours: 0,
  priority: 85,
  history: { windowDays: 366, since: '2018-01-02T00:00:00Z' },
  fetch(window, reach) {
    const [from, to] = settlementDatesOf(window);
    return selectedRows(
      reach,
      {
        package: PACKAGE,
        id: '9847e7bb-986e-49be-8138-717b25933fbb',
        named: /^historic day ahead demand forecasts?$|^archive_1dayahead(\.csv)?$/i,
        ofArchive: true,
      },
      { fields: [...CARDINAL_FIELDS, SAID_AT], column: 'TARGETDATE', from, to, orderBy: SAID_AT },
    );
  },
  parse: (body) =>
    parseRows(recordsOf(body), nameOfCardinalRow, (value) => {
      const row = rowOf(value);
      return [{ ...readCardinalRow(row), issuedAt: saidAtOf(row, SAID_AT) }];
    }),
});
