import type { GenerationStatement } from '../../domain/series.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { elexonRowName, elexonRows } from './routes.js';
import { MOST_MW, labelOf, numberIn, publishTimeOf, startOf } from './values.js';
import { parseRows } from '../parse-rows.js';
import type { Parsed } from '../source.js';

/** Rows of FUELINST and FUELHH: mean power by fuel type over the minutes from `startTime`, MW. */
export function parseFuelRows(body: unknown, resolutionMinutes: 5 | 30): Parsed<'fuel_generation'> {
  return parseRows(elexonRows(body), elexonRowName, (row) => [statementOf(row, resolutionMinutes)]);
}

function statementOf(row: unknown, resolutionMinutes: 5 | 30): GenerationStatement {
  const said = rowOf(row);
  const at = startOf(said);
  if (at.getTime() % (resolutionMinutes * 60_000) !== 0)
    throw new RowRefused(`startTime ${quoted(said['startTime'])} begins no ${resolutionMinutes} minutes`);
  return {
    at,
    kind: 'OUTTURN',
    issuedAt: publishTimeOf(said),
    resolutionMinutes,
    fuelType: labelOf(said['fuelType'], 'fuelType'),
    mw: numberIn(said['generation'], 'generation', -MOST_MW, MOST_MW),
  };
}
