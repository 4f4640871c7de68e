import { formatMinute } from '../../domain/instant.js';
import { CARBON_INTENSITY_DOCS, CARBON_INTENSITY_LICENCE } from '../carbon-intensity.js';
import { parseNationalPeriods } from '../national-periods.js';
import { defineSource } from '../source.js';

/**
 * Carbon Intensity API, Great Britain, the next 48 hours. Units: gCO2/kWh, whole numbers. Times: UTC, half hours.
 * Quirk: asked on a half-hour boundary it answers 97 periods, the first of which has just ended.
 */
export const carbonIntensityNationalForecast = defineSource({
  id: 'carbon-intensity-national-forecast',
  title: 'National carbon intensity, 48-hour forecast',
  produces: 'grid-statements',
  docs: CARBON_INTENSITY_DOCS,
  licence: CARBON_INTENSITY_LICENCE,
  baseUrl: 'CARBON_INTENSITY_URL',
  cadence: { everyMinutes: 30, afterMinutes: 2 },
  lookbackHours: 0,
  horizonHours: 48,
  priority: 200,
  carbonKinds: ['FORECAST', 'OUTTURN'],
  mixKinds: [],
  regionIds: [18],
  history: null,
  async *fetch({ from }, { json }) {
    yield await json(`/intensity/${formatMinute(from)}/fw48h`);
  },
  parse: parseNationalPeriods,
});
