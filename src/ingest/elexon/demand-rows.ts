import type { DemandStatement } from '../../domain/series.js';
import type { ObservationKind } from '../../domain/codes.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { elexonRowName, elexonRows } from './routes.js';
import { MOST_MW, halfHourOf, publishTimeOf, wholeIn } from './values.js';
import { parseRows } from '../parse-rows.js';
import type { Parsed } from '../source.js';

/** Where a row of demand says its two totals: in one field each, or in `demand` of a data set of its own. */
export interface DemandFields {
  readonly kind: ObservationKind;
  readonly national: { readonly field: string; readonly dataset: string };
  readonly transmission: { readonly field: string; readonly dataset: string };
}

/**
 * Rows of half-hourly demand, MW, oldest publication first: of several about one half hour the newest counts, and what
 * it leaves out, an older one said.
 */
export function parseDemandRows(body: unknown, fields: DemandFields): Parsed<'demand_statements'> {
  const parsed = parseRows<'demand_statements'>(elexonRows(body), elexonRowName, (row) => [
    statementOf(row, fields),
  ]);
  return { ...parsed, records: parsed.records.toSorted((a, b) => saidAt(a) - saidAt(b)) };
}

const saidAt = ({ issuedAt }: DemandStatement): number => issuedAt?.getTime() ?? 0;

function statementOf(row: unknown, { kind, national, transmission }: DemandFields): DemandStatement {
  const said = rowOf(row);
  // Zones of the transmission system have forecasts of their own; N is the nation.
  if (said['boundary'] != null && said['boundary'] !== 'N')
    throw new RowRefused(`is of boundary ${quoted(said['boundary'])}, not of the nation`);
  const mwOf = ({ field, dataset }: DemandFields['national']): number | null => {
    const [name, value] = said['dataset'] === dataset ? ['demand', said['demand']] : [field, said[field]];
    return value == null ? null : wholeIn(value, name, 1, MOST_MW);
  };
  const statement = {
    at: halfHourOf(said),
    kind,
    issuedAt: publishTimeOf(said),
    nationalDemandMw: mwOf(national),
    transmissionSystemDemandMw: mwOf(transmission),
    embeddedWindMw: null,
    embeddedSolarMw: null,
  };
  if (statement.nationalDemandMw === null && statement.transmissionSystemDemandMw === null)
    throw new RowRefused(`states neither ${national.field} nor ${transmission.field}`);
  return statement;
}
