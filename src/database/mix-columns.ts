import { FUELS, type MixPermille, type UnlistedFuel } from '../domain/fuels.js';
import type { StatedMix } from '../domain/grid-statement.js';

/** The generation shares of a row of `observations` or `grid_signals`: all nine are stated, or none is. */
export interface MixColumns {
  readonly biomass_permille: number | null;
  readonly coal_permille: number | null;
  readonly imports_permille: number | null;
  readonly gas_permille: number | null;
  readonly nuclear_permille: number | null;
  readonly other_permille: number | null;
  readonly hydro_permille: number | null;
  readonly solar_permille: number | null;
  readonly wind_permille: number | null;
  readonly unlisted_fuels: readonly UnlistedFuel[] | null;
}

export const MIX_COLUMNS = [...FUELS.map((fuel) => `${fuel.toLowerCase()}_permille`), 'unlisted_fuels'].join(
  ', ',
);

/** Null where the row states no mix. */
export function mixOf(row: MixColumns): StatedMix | null {
  if (row.wind_permille === null) return null;
  const permille: MixPermille = {
    BIOMASS: row.biomass_permille ?? 0,
    COAL: row.coal_permille ?? 0,
    IMPORTS: row.imports_permille ?? 0,
    GAS: row.gas_permille ?? 0,
    NUCLEAR: row.nuclear_permille ?? 0,
    OTHER: row.other_permille ?? 0,
    HYDRO: row.hydro_permille ?? 0,
    SOLAR: row.solar_permille ?? 0,
    WIND: row.wind_permille,
  };
  return { permille, unlisted: row.unlisted_fuels ?? [] };
}
