import { formatMinute } from '../../domain/instant.js';
import type { Window } from '../../domain/ingest-run.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, settlementDateQuery } from '../elexon/routes.js';
import { parseFuelRows } from '../elexon/fuel-rows.js';
import { defineSeries } from '../source.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Two hours of readings were once published together, up to two hours late. */
const LATE_MS = 3 * 60 * 60 * 1000;

/**
 * Elexon FUELINST: mean power by fuel type over five minutes. Units: MW, whole; interconnectors positive when importing,
 * pumped storage (PS) negative when pumping; wind as the transmission meter sees it, no solar.
 *
 * Quirks: a day is a megabyte, so that less is asked by the time of publication, as a rule the end of the five minutes,
 * and readings that come late are seen when they do; a bare list, newest first.
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
  async *fetch(window, { json }) {
    yield await json(`/datasets/FUELINST/stream?${queryFor(window)}`);
  },
  parse: (body) => parseFuelRows(body, 5),
});

function queryFor(window: Window): string {
  const { from, to } = window;
  if (to.getTime() - from.getTime() >= DAY_MS) return settlementDateQuery(window);
  const last = new Date(to.getTime() + LATE_MS);
  return `publishDateTimeFrom=${formatMinute(from)}&publishDateTimeTo=${formatMinute(last)}`;
}
