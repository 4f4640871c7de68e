import { formatMinute } from '../../domain/instant.js';
import { parseDemandRows } from '../elexon/demand-rows.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs } from '../elexon/routes.js';
import { defineSeries } from '../source.js';

/**
 * Elexon NDF and TSDF: forecast of national demand and of transmission system demand, mean over a half hour. Units: MW,
 * whole.
 *
 * Quirks: "day-ahead latest" is the latest revision within the day, as a rule 14 minutes before the half hour begins and
 * sometimes after it has; rows repeat; `nationalDemand` is null for a while where it comes a minute later; the end of
 * the window is inside. The two data sets by themselves, with several publications of one half hour, are read too.
 */
export const elexonDemandForecast = defineSeries({
  id: 'elexon-demand-forecast',
  title: 'National and transmission system demand, forecast',
  produces: 'demand_statements',
  docs: elexonDocs('forecast/demand/day-ahead/latest'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 30, afterMinutes: 18 },
  lookbackHours: 1,
  horizonHours: 48,
  priority: 100,
  history: { windowDays: 7, since: ELEXON_SINCE },
  async *fetch({ from, to }, { json }) {
    yield await json(`/forecast/demand/day-ahead/latest?from=${formatMinute(from)}&to=${formatMinute(to)}`);
  },
  parse: (body) =>
    parseDemandRows(body, {
      kind: 'FORECAST',
      national: { field: 'nationalDemand', dataset: 'NDF' },
      transmission: { field: 'transmissionSystemDemand', dataset: 'TSDF' },
    }),
});
