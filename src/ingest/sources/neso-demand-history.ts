import type { DemandStatement } from '../../domain/series.js';
import { RowRefused } from '../rows.js';
import { csvFileOf, csvRowsOf } from '../neso/csv.js';
import { DEMAND_FIELDS, nameOfDemandRow, readDemandRow } from '../neso/demand-rows.js';
import { dateOf } from '../neso/fields.js';
import { NESO, pageOf } from '../neso/portal.js';
import { findResource } from '../neso/resources.js';
import { settlementDatesOf } from '../neso/settlement-dates.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries, type Reach } from '../source.js';

const PACKAGE = 'historic-demand-data';

/**
 * NESO's historic demand data, a CSV file a year: outturn of national and transmission system demand, with its estimates of
 * embedded wind and solar. MW, half hours by settlement date and period.
 *
 * Quirks: dates are 2025-01-01, 01-JAN-2024 or 01-Jan-23, by year; columns were added over the years; half hours that are
 * not yet settled hold ND = TSD = 0.
 */
export const nesoDemandHistory = defineSeries({
  ...NESO,
  id: 'neso-demand-history',
  title: 'National demand and embedded generation, historic outturn',
  produces: 'demand_statements',
  docs: pageOf(PACKAGE),
  cadence: null,
  lookbackHours: 0,
  horizonHours: 0,
  priority: 95,
  history: { windowDays: 366, since: '2009-01-01T00:00:00Z' },
  async *fetch(window, reach) {
    const [first, last] = settlementDatesOf(window);
    for (let year = yearOf(first); year <= yearOf(last); year += 1)
      yield linesOf(await yearlyFile(reach, year), first, last);
  },
  parse: (body) =>
    parseRows(csvRowsOf(body, DEMAND_FIELDS), nameOfDemandRow, (row): DemandStatement[] => {
      const { at, hasDemand, values } = readDemandRow(row);
      return hasDemand ? [{ at, kind: 'OUTTURN', issuedAt: null, ...values }] : [];
    }),
});

async function yearlyFile(reach: Reach, year: number): Promise<string> {
  const { url } = await findResource(reach, {
    package: PACKAGE,
    named: new RegExp(`^(historic demand data ${year}|demand_?data_?(update_)?${year}(\\.csv)?)$`, 'i'),
  });
  // From the host that is asked, whatever host the link names: a mirror serves its own copy, and no answer sends us elsewhere.
  return reach.text(new URL(new URL(url).pathname, reach.baseUrl).href);
}

/** The file with the lines of these settlement dates alone; a line whose date cannot be read stays, to be refused by name. */
function linesOf(body: string, first: string, last: string): string {
  const { header, lines } = csvFileOf(body);
  const isOf = (line: string): boolean => {
    try {
      const date = dateOf({ date: (line.split(',')[0] ?? '').replaceAll('"', '') }, 'date');
      return date >= first && date <= last;
    } catch (error) {
      if (error instanceof RowRefused) return true;
      throw error;
    }
  };
  return [header, ...lines.filter(isOf)].join('\n');
}

const yearOf = (date: string): number => Number(date.slice(0, 4));
