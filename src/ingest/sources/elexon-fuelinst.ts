import { formatMinute } from '../../domain/instant.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs } from '../elexon-routes.js';
import { parseFuelRows } from '../fuel-rows.js';
import { defineSeries } from '../source.js';

/**
 * Elexon FUELINST: mean power by fuel type over five minutes. Units: MW, whole; interconnectors positive when importing,
 * pumped storage (PS) negative when pumping; wind as the transmission meter sees it, no solar.
 *
 * Quirks: asked by the time of publication, which is the end of the five minutes; a bare list, newest first.
 */
export const elexonFuelinst = defineSeries({
  id: 'elexon-fuelinst',
  title: 'Generation by fuel type, five minutes',
  produces: 'fuel_generation',
  docs: elexonDocs('datasets/FUELINST/stream'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 5, afterMinutes: 1 },
  lookbackHours: 1,
  horizonHours: 0.5,
  priority: 100,
  history: { windowDays: 7, since: ELEXON_SINCE },
  async *fetch({ from, to }, { json }) {
    yield await json(
      `/datasets/FUELINST/stream?publishDateTimeFrom=${formatMinute(from)}&publishDateTimeTo=${formatMinute(to)}`,
    );
  },
  parse: (body) => parseFuelRows(body, 5),
});
