import { parseDemandRows } from '../elexon/demand-rows.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, settlementDateQuery } from '../elexon/routes.js';
import { defineSeries } from '../source.js';

/**
 * Elexon INDO and ITSDO: initial outturn of national demand and of transmission system demand, mean over a half hour as
 * metered by operations. Units: MW, whole. National demand leaves out station load, pumping and exports; both include
 * losses.
 *
 * Quirks: one route gives both, in one row; a null is "not yet". The two data sets by themselves put either into
 * `demand`, which is read too.
 */
export const elexonDemandOutturn = defineSeries({
  id: 'elexon-demand-outturn',
  title: 'National and transmission system demand, initial outturn',
  produces: 'demand_statements',
  docs: elexonDocs('demand/outturn/stream'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 30, afterMinutes: 16 },
  lookbackHours: 48,
  horizonHours: 0,
  priority: 100,
  history: { windowDays: 7, since: ELEXON_SINCE },
  async *fetch(window, { json }) {
    yield await json(`/demand/outturn/stream?${settlementDateQuery(window)}`);
  },
  parse: (body) =>
    parseDemandRows(body, {
      kind: 'OUTTURN',
      national: { field: 'initialDemandOutturn', dataset: 'INDO' },
      transmission: { field: 'initialTransmissionSystemDemandOutturn', dataset: 'ITSDO' },
    }),
});
