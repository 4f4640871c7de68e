import type { DemandStatement } from '../../domain/series.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { recordsOf } from '../neso/ckan.js';
import { datastoreRows } from '../neso/datastore.js';
import { DEMAND_FIELDS, nameOfDemandRow, readDemandRow } from '../neso/demand-rows.js';
import { NESO, pageOf } from '../neso/portal.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

const PACKAGE = 'daily-demand-update';

/**
 * NESO's demand data update: outturn of the last weeks, and the embedded generation expected for the next one. MW, half
 * hours by settlement date and period.
 *
 * Quirks: the whole file is restated each time. Half hours ahead hold ND = TSD = 0, "not yet"; the newest few are already
 * marked as actual with ND = 0 and TSD = 500, and are as far ahead as the others.
 */
export const nesoDemandUpdate = defineSeries({
  ...NESO,
  id: 'neso-demand-update',
  title: 'National demand and embedded generation, recent outturn and week ahead',
  produces: 'demand_statements',
  docs: pageOf(PACKAGE),
  // Once a day at no fixed minute: asked every three hours, so that none is missed for long.
  cadence: { everyMinutes: 180, afterMinutes: 30 },
  lookbackHours: 45 * 24,
  horizonHours: 8 * 24,
  priority: 90,
  history: null,
  fetch: (_window, reach) =>
    datastoreRows(
      reach,
      {
        package: PACKAGE,
        id: '177f6fa4-ae49-4182-81ea-0c6b35f26ca6',
        named: /^demand ?data ?update(\.csv)?$/i,
      },
      [...DEMAND_FIELDS, 'FORECAST_ACTUAL_INDICATOR'],
    ),
  parse: (body) => parseRows(recordsOf(body), nameOfDemandRow, (row) => statementsOf(row)),
});

function statementsOf(value: unknown): DemandStatement[] {
  const indicator = rowOf(value)['FORECAST_ACTUAL_INDICATOR'];
  if (indicator !== 'A' && indicator !== 'F')
    throw new RowRefused(`FORECAST_ACTUAL_INDICATOR ${quoted(indicator)} is neither A nor F`);
  const { at, hasDemand, values } = readDemandRow(value);
  if (Object.values(values).every((mw) => mw === null)) return [];
  return [{ at, kind: indicator === 'A' && hasDemand ? 'OUTTURN' : 'FORECAST', issuedAt: null, ...values }];
}
