import type { GridStatement } from '../../domain/grid-statement.js';
import { formatMinute } from '../../domain/instant.js';
import {
  CARBON_INTENSITY_DOCS,
  CARBON_INTENSITY_LICENCE,
  carbonIndexOf,
  dataOf,
  gramsOf,
  periodStart,
  regionIdOf,
  statedMixOf,
} from '../carbon-intensity.js';
import { RowRefused, listOf, quoted, rowOf } from '../rows.js';
import { parseRows } from '../parse-rows.js';
import { defineSource } from '../source.js';

type Json = Readonly<Record<string, unknown>>;

/** The route for exactly this span, which any other window asks for by its two ends. */
const FORECAST_MS = 48 * 60 * 60 * 1000;

/**
 * Carbon Intensity API, all 18 regions with their mix, the next 48 hours. Units: gCO2/kWh, whole; percent, one decimal.
 *
 * Quirks: forecasts only, there is no regional outturn; region 18 is GB and not documented; zero is real and common in
 * the north; some routes list periods of regions, others one region with periods, and `data` is then an array or an
 * object. Region 18's forecast is not the national one, which outranks it.
 */
export const carbonIntensityRegional = defineSource({
  id: 'carbon-intensity-regional',
  title: 'Regional carbon intensity and mix, 48-hour forecast',
  produces: 'grid-statements',
  docs: CARBON_INTENSITY_DOCS,
  licence: CARBON_INTENSITY_LICENCE,
  baseUrl: 'CARBON_INTENSITY_URL',
  cadence: { everyMinutes: 30, afterMinutes: 2 },
  lookbackHours: 0,
  horizonHours: 48,
  priority: 100,
  carbonKinds: ['FORECAST'],
  mixKinds: ['FORECAST'],
  regionIds: [],
  history: { windowDays: 14, since: '2018-05-10T23:30:00Z' },
  async *fetch({ from, to }, { json }) {
    const last = to.getTime() - from.getTime() === FORECAST_MS ? 'fw48h' : formatMinute(to);
    yield await json(`/regional/intensity/${formatMinute(from)}/${last}`);
  },
  parse(body) {
    const rows = dataOf(body).flatMap(flatten);
    return parseRows(rows, nameOf, (row) => [statementOf(rowOf(row))]);
  },
});

/** One row a region and half hour, from either way of nesting; what has neither shape stays, to be refused by name. */
function flatten(entry: unknown): readonly unknown[] {
  if (typeof entry !== 'object' || entry === null) return [entry];
  if ('regions' in entry && Array.isArray(entry.regions)) {
    const { regions, ...period } = entry;
    return regions.map((region: unknown) => ({ ...period, ...(region as Json) }));
  }
  if ('data' in entry && Array.isArray(entry.data)) {
    const { data, ...region } = entry;
    return data.map((period: unknown) => ({ ...region, ...(period as Json) }));
  }
  return [entry];
}

const nameOf = (row: unknown, position: number): string => {
  const { regionid, from } = typeof row === 'object' && row !== null ? (row as Json) : {};
  return regionid === undefined && from === undefined
    ? `row ${position}`
    : `region ${quoted(regionid)}, period ${quoted(from)}`;
};

function statementOf(row: Json): GridStatement {
  const regionId = regionIdOf(row);
  const from = periodStart(row);
  const intensity = rowOf(row['intensity']);
  const forecast = gramsOf(intensity['forecast'], 'forecast');
  const mix = statedMixOf(listOf(row['generationmix'] ?? [], 'generationmix'));
  if (forecast === null && mix === null) throw new RowRefused('states neither forecast nor mix');
  return {
    regionId,
    from,
    kind: 'FORECAST',
    issuedAt: null,
    intensityGco2PerKwh: forecast,
    index: forecast === null ? null : carbonIndexOf(intensity['index']),
    mix,
  };
}
