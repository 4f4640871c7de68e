import type { GridStatement } from '../domain/grid-statement.js';
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import { carbonIndexOf, dataOf, gramsOf, periodStart } from './carbon-intensity.js';
import { RowRefused, quoted, rowOf } from './rows.js';
import { parseRows } from './parse-rows.js';
import type { Parsed } from './source.js';

/**
 * After a half hour its `actual` first repeats the previous one's, and changes to its own between 10 and 11½ minutes
 * later (seen polling /intensity once a minute); until then it is not taken.
 */
const ACTUAL_SETTLES_AFTER_MS = 12 * 60 * 1000;

/**
 * Rows of `/intensity/…`: a forecast, and once it is over an actual. The index labels the actual where there is one.
 *
 * @param askedAt when the body was asked for.
 */
export function parseNationalPeriods(body: unknown, askedAt: Date): Parsed<'grid-statements'> {
  return parseRows(dataOf(body), nameOf, (row) => statementsOf(row, askedAt));
}

const nameOf = (row: unknown, position: number): string =>
  typeof row === 'object' && row !== null && 'from' in row ? `period ${quoted(row.from)}` : `row ${position}`;

function statementsOf(row: unknown, askedAt: Date): GridStatement[] {
  const period = rowOf(row);
  const from = periodStart(period);
  const intensity = rowOf(period['intensity']);
  const forecast = gramsOf(intensity['forecast'], 'forecast');
  const actual = gramsOf(intensity['actual'], 'actual');
  const index = carbonIndexOf(intensity['index']);
  if (forecast === null && actual === null) throw new RowRefused('states neither forecast nor actual');
  const settled = from.getTime() + HALF_HOUR_MS + ACTUAL_SETTLES_AFTER_MS <= askedAt.getTime();
  const base = { regionId: GREAT_BRITAIN, from, issuedAt: null, mix: null } as const;
  const statements: GridStatement[] = [];
  if (forecast !== null)
    statements.push({
      ...base,
      kind: 'FORECAST',
      intensityGco2PerKwh: forecast,
      index: actual === null ? index : null,
    });
  if (actual !== null && settled)
    statements.push({ ...base, kind: 'OUTTURN', intensityGco2PerKwh: actual, index });
  return statements;
}
