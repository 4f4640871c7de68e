import { CARBON_INTENSITY_DOCS, CARBON_INTENSITY_LICENCE, dataOf, gramsOf } from '../carbon-intensity.js';
import { RowRefused, broken, isFuelName, isObject, quoted } from '../rows.js';
import { parseRows } from '../parse-rows.js';
import { defineSource } from '../source.js';

/**
 * Carbon Intensity API, carbon factors by fuel. Units: gCO2/kWh, whole numbers; operational and average, neither
 * marginal nor life-cycle. Quirk: one object whose keys are display names with blanks and parentheses.
 */
export const carbonIntensityFactors = defineSource({
  id: 'carbon-intensity-factors',
  title: 'Carbon factors by fuel',
  produces: 'carbon-factors',
  docs: CARBON_INTENSITY_DOCS,
  licence: CARBON_INTENSITY_LICENCE,
  baseUrl: 'CARBON_INTENSITY_URL',
  cadence: { everyMinutes: 24 * 60, afterMinutes: 15 },
  lookbackHours: 0,
  horizonHours: 0,
  priority: 200,
  carbonKinds: [],
  mixKinds: [],
  regionIds: [18],
  history: null,
  async *fetch(_window, { json }) {
    yield await json('/intensity/factors');
  },
  parse(body) {
    const rows = dataOf(body).flatMap((factors) => {
      if (!isObject(factors)) throw broken(`lists ${quoted(factors)} where factors by fuel are expected`);
      return Object.entries(factors).map(([fuel, factor]) => ({ fuel, factor }));
    });
    return parseRows(
      rows,
      ({ fuel }) => fuel,
      ({ fuel, factor }) => {
        const gco2PerKwh = gramsOf(factor, 'factor');
        if (gco2PerKwh === null) throw new RowRefused('has no factor');
        if (!isFuelName(fuel)) throw new RowRefused('is no fuel name');
        return [{ fuel, gco2PerKwh }];
      },
    );
  },
});
