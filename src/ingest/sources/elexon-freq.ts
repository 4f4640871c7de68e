import { formatMinute } from '../../domain/instant.js';
import { rowOf } from '../rows.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, elexonRowName, elexonRows } from '../elexon/routes.js';
import { instantOf, numberIn } from '../elexon/values.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

/** Beyond this the system would have been shut down: 47 Hz is where the last automatic disconnection acts. */
const LEAST_HZ = 45;
const MOST_HZ = 55;

/**
 * Elexon FREQ: frequency of the transmission system at spot times, every 15 seconds as a rule. Unit: Hz, near 50.
 *
 * Quirks: received every two minutes, several readings at once; no time of publication.
 */
export const elexonFreq = defineSeries({
  id: 'elexon-freq',
  title: 'System frequency',
  produces: 'frequency_readings',
  docs: elexonDocs('datasets/FREQ/stream'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 2, afterMinutes: 1 },
  lookbackHours: 2,
  horizonHours: 0.5,
  priority: 100,
  history: { windowDays: 1, since: ELEXON_SINCE },
  async *fetch({ from, to }, { json }) {
    yield await json(
      `/datasets/FREQ/stream?measurementDateTimeFrom=${formatMinute(from)}&measurementDateTimeTo=${formatMinute(to)}`,
    );
  },
  parse: (body) =>
    parseRows(elexonRows(body), elexonRowName, (row) => {
      const said = rowOf(row);
      return [
        {
          at: instantOf(said, 'measurementTime'),
          kind: 'OUTTURN',
          issuedAt: null,
          hz: numberIn(said['frequency'], 'frequency', LEAST_HZ, MOST_HZ),
        },
      ];
    }),
});
