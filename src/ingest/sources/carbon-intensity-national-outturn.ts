import { formatMinute } from '../../domain/instant.js';
import { CARBON_INTENSITY_DOCS, CARBON_INTENSITY_LICENCE } from '../carbon-intensity.js';
import { parseNationalPeriods } from '../national-periods.js';
import { defineSource } from '../source.js';

/**
 * Carbon Intensity API, Great Britain, what happened. Units: gCO2/kWh, whole numbers. Times: UTC, half hours.
 * Quirks: actuals and the forecasts of past periods are revised for a day or more, so the last 48 hours are asked for
 * each time; a fresh `actual` repeats the previous one for up to twelve minutes and is not taken before.
 */
export const carbonIntensityNationalOutturn = defineSource({
  id: 'carbon-intensity-national-outturn',
  title: 'National carbon intensity, outturn',
  produces: 'grid-statements',
  docs: CARBON_INTENSITY_DOCS,
  licence: CARBON_INTENSITY_LICENCE,
  baseUrl: 'CARBON_INTENSITY_URL',
  cadence: { everyMinutes: 30, afterMinutes: 13 },
  lookbackHours: 48,
  horizonHours: 0,
  priority: 200,
  carbonKinds: ['FORECAST', 'OUTTURN'],
  mixKinds: [],
  regionIds: [18],
  history: { windowDays: 14, since: '2017-09-26T00:00:00Z' },
  async *fetch({ from, to }, { json }) {
    yield await json(`/intensity/${formatMinute(from)}/${formatMinute(to)}`);
  },
  parse: parseNationalPeriods,
});
