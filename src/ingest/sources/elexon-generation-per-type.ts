import { formatMinute } from '../../domain/instant.js';
import type { GenerationStatement } from '../../domain/series.js';
import { isObject, rowOf } from '../rows.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, elexonRowName, elexonRows } from '../elexon/routes.js';
import { MOST_MW, halfHourOf, labelOf, numberIn, publishTimeOf } from '../elexon/values.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

/**
 * Elexon AGPT (B1620): mean power by power system resource type over a half hour, which tells onshore wind from offshore
 * and has solar. Unit: MW, with decimals. The types are labels such as `Wind Offshore`, never a code of FUELHH.
 *
 * Quirks: the types of a half hour are nested in one row; over long ranges the route averages by hour or day for
 * charts, so no window is longer than two days (three days came by the half hour). Published up to an hour late.
 */
export const elexonGenerationPerType = defineSeries({
  id: 'elexon-generation-per-type',
  title: 'Generation by resource type, onshore and offshore wind apart',
  produces: 'fuel_generation',
  docs: elexonDocs('generation/actual/per-type'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 30, afterMinutes: 20 },
  lookbackHours: 24,
  horizonHours: 0,
  priority: 100,
  history: { windowDays: 2, since: ELEXON_SINCE },
  async *fetch({ from, to }, { json }) {
    yield await json(`/generation/actual/per-type?from=${formatMinute(from)}&to=${formatMinute(to)}`);
  },
  parse: (body) => parseRows(elexonRows(body).flatMap(flatten), elexonRowName, (row) => [statementOf(row)]),
});

/** One row a type; what is not nested stays, as the data set by itself has it, or to be refused by name. */
function flatten(entry: unknown): readonly unknown[] {
  if (!isObject(entry) || !Array.isArray(entry['data'])) return [entry];
  const { data, ...period } = entry;
  return (data as readonly unknown[]).map((type) => (isObject(type) ? { ...period, ...type } : type));
}

function statementOf(row: unknown): GenerationStatement {
  const said = rowOf(row);
  return {
    at: halfHourOf(said),
    kind: 'OUTTURN',
    issuedAt: publishTimeOf(said),
    resolutionMinutes: 30,
    fuelType: labelOf(said['psrType'], 'psrType'),
    mw: numberIn(said['quantity'], 'quantity', -MOST_MW, MOST_MW),
  };
}
