import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, settlementDateQuery } from '../elexon/routes.js';
import { parseFuelRows } from '../elexon/fuel-rows.js';
import { defineSeries } from '../source.js';

/**
 * Elexon FUELHH: mean power by fuel type over a half hour. Units and codes as in FUELINST.
 *
 * Quirk: asked by settlement date, a day in London, so that a day of 46 or 50 periods comes whole.
 */
export const elexonFuelhh = defineSeries({
  id: 'elexon-fuelhh',
  title: 'Generation by fuel type, half hours',
  produces: 'fuel_generation',
  docs: elexonDocs('datasets/FUELHH/stream'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 30, afterMinutes: 3 },
  lookbackHours: 24,
  horizonHours: 0,
  priority: 100,
  history: { windowDays: 7, since: ELEXON_SINCE },
  async *fetch(window, { json }) {
    yield await json(`/datasets/FUELHH/stream?${settlementDateQuery(window)}`);
  },
  parse: (body) => parseFuelRows(body, 30),
});
