import { formatMinute } from '../../domain/instant.js';
import {
  CARBON_INTENSITY_DOCS,
  CARBON_INTENSITY_LICENCE,
  dataOf,
  periodStart,
  statedMixOf,
} from '../carbon-intensity.js';
import { RowRefused, rowOf } from '../rows.js';
import { parseRows } from '../parse-rows.js';
import { defineSource } from '../source.js';

/**
 * Carbon Intensity API, Great Britain's generation mix as it was. Units: percent with one decimal, sum about 100.
 * Quirks: an hour behind the intensity; `data` is an object for the newest half hour and an array for a window.
 */
export const carbonIntensityNationalMix = defineSource({
  id: 'carbon-intensity-national-mix',
  title: 'National generation mix',
  produces: 'grid-statements',
  docs: CARBON_INTENSITY_DOCS,
  licence: CARBON_INTENSITY_LICENCE,
  baseUrl: 'CARBON_INTENSITY_URL',
  cadence: { everyMinutes: 30, afterMinutes: 12 },
  lookbackHours: 24,
  horizonHours: 0,
  priority: 200,
  carbonKinds: [],
  mixKinds: ['OUTTURN'],
  regionIds: [18],
  history: { windowDays: 14, since: '2018-05-10T23:30:00Z' },
  async *fetch({ from, to }, { json }) {
    yield await json(`/generation/${formatMinute(from)}/${formatMinute(to)}`);
  },
  parse: (body) =>
    parseRows(
      dataOf(body),
      (_row, position) => `row ${position}`,
      (row) => {
        const period = rowOf(row);
        const mix = statedMixOf(period['generationmix']);
        if (!mix) throw new RowRefused('states no generation mix');
        return [
          {
            regionId: 18,
            from: periodStart(period),
            kind: 'OUTTURN',
            issuedAt: null,
            intensityGco2PerKwh: null,
            index: null,
            mix,
          },
        ];
      },
    ),
});
