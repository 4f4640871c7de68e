import { addHalfHours } from '../../domain/half-hour.js';
import type { DemandStatement } from '../../domain/series.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { recordsOf } from '../neso/ckan.js';
import { datastoreRows } from '../neso/datastore.js';
import { nameOfDemandRow } from '../neso/demand-rows.js';
import { dateOf, megawattsOf, settlementStartOf, utcOf } from '../neso/fields.js';
import { NESO, pageOf } from '../neso/portal.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

const PACKAGE = 'embedded-wind-and-solar-forecasts';

/**
 * NESO's forecast of wind and solar power on the distribution networks, fourteen days ahead. MW, half hours by settlement
 * date and period.
 *
 * Quirk: DATE_GMT and TIME_GMT are the end of the half hour, in UTC. A row whose two times disagree is refused.
 */
export const nesoEmbeddedForecast = defineSeries({
  ...NESO,
  id: 'neso-embedded-forecast',
  title: 'Embedded wind and solar, 14-day forecast',
  produces: 'demand_statements',
  docs: pageOf(PACKAGE),
  cadence: { everyMinutes: 60, afterMinutes: 30 },
  lookbackHours: 0,
  horizonHours: 14 * 24,
  priority: 95,
  history: null,
  fetch: (_window, reach) =>
    datastoreRows(
      reach,
      {
        package: PACKAGE,
        id: 'db6c038f-98af-4570-ab60-24d71ebd0ae5',
        named: /^embedded solar and wind forecast$|_embedded_forecast\.csv$/i,
      },
      [
        'DATE_GMT',
        'TIME_GMT',
        'SETTLEMENT_DATE',
        'SETTLEMENT_PERIOD',
        'EMBEDDED_WIND_FORECAST',
        'EMBEDDED_SOLAR_FORECAST',
      ],
    ),
  parse: (body) => parseRows(recordsOf(body), nameOfDemandRow, (row) => [statementOf(row)]),
});

function statementOf(value: unknown): DemandStatement {
  const row = rowOf(value);
  const at = settlementStartOf(row);
  const end = utcOf(`${dateOf(row, 'DATE_GMT')}T${timeOf(row['TIME_GMT'])}`, 'DATE_GMT and TIME_GMT');
  if (end.getTime() !== addHalfHours(at, 1).getTime())
    throw new RowRefused(`ends at ${end.toISOString()}, though its period starts at ${at.toISOString()}`);
  const embeddedWindMw = megawattsOf(row, 'EMBEDDED_WIND_FORECAST');
  const embeddedSolarMw = megawattsOf(row, 'EMBEDDED_SOLAR_FORECAST');
  if (embeddedWindMw === null && embeddedSolarMw === null)
    throw new RowRefused('states neither wind nor solar');
  return {
    at,
    kind: 'FORECAST',
    issuedAt: null,
    nationalDemandMw: null,
    transmissionSystemDemandMw: null,
    embeddedWindMw,
    embeddedSolarMw,
  };
}

function timeOf(value: unknown): string {
  if (typeof value !== 'string') throw new RowRefused(`TIME_GMT ${quoted(value)} is no time of day`);
  return value;
}
