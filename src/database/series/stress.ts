import { refuseArchivedKeys } from '../archive/archived-spans.js';
import type { GridSignalReader } from '../grid-signals.js';
import { spanOf } from '../span.js';
import {
  MAX_SEQUENCE,
  STATED_COLUMNS,
  factsOf,
  type HalfHourKey,
  type StatedFacts,
  type StatedRow,
} from './stated.js';

/** How strained the grid is over a half hour, and the formula and version that say so. */
export interface GridStress extends StatedFacts {
  readonly stress: number;
  readonly formula: string;
}

/** The stress of some half hours, in their order; null where none was derived. */
export async function readStress(
  { db, sources, archive }: GridSignalReader,
  keys: readonly HalfHourKey[],
): Promise<(GridStress | null)[]> {
  const { rows } = await db.query<
    StatedRow & Pick<GridStress, 'stress' | 'formula'> & { readonly ord: number }
  >({
    name: 'stress-by-key',
    text: `select distinct on (k.ord) k.ord::integer, ${STATED_COLUMNS}, o.stress, o.formula
      from unnest($1::timestamptz[], $2::bigint[]) with ordinality as k (at, as_of, ord)
      join grid_stress o on o.at = k.at and o.at between $3 and $4 and o.sequence <= k.as_of
      order by k.ord, o.sequence desc`,
    values: [
      keys.map(({ from }) => from),
      keys.map(({ asOf }) => asOf ?? MAX_SEQUENCE),
      ...spanOf(keys.map(({ from }) => from)),
    ],
  });
  const found = new Map(rows.map((row) => [row.ord - 1, row]));
  const underived = keys.filter((_, i) => !found.has(i)).map(({ from }) => from);
  await refuseArchivedKeys(archive, 'grid_stress', underived);
  return keys.map((_, i) => {
    const row = found.get(i);
    return row ? { ...factsOf(row, sources), stress: row.stress, formula: row.formula } : null;
  });
}
