import { FUELS } from '../fuels.js';
import { noFuel, totalOf, type FuelAmounts } from './fuel-amounts.js';

/**
 * Carbon factors of the Carbon Intensity API, gCO2/kWh, whole numbers.
 *
 * The API knows each cable apart (French 53, Dutch 474, Irish 458) and shows one fuel; 100 is about what its rows for
 * London and the South East of May 2026 imply for the blend. `GAS` is combined cycle.
 *
 * @see https://api.carbonintensity.org.uk/intensity/factors
 */
const CARBON_FACTORS: Readonly<FuelAmounts> = {
  BIOMASS: 120,
  COAL: 937,
  IMPORTS: 100,
  GAS: 394,
  NUCLEAR: 0,
  OTHER: 300,
  HYDRO: 0,
  SOLAR: 0,
  WIND: 0,
};

/**
 * Amounts as whole per mille of their total, summing to exactly 1000.
 *
 * Largest remainder; equal remainders go to the fuel that comes first in the API's order.
 *
 * @param amounts none negative, at least one positive.
 */
export function permilleOf(amounts: Readonly<FuelAmounts>): FuelAmounts {
  const perThousandth = totalOf(amounts) / 1000;
  const permille = noFuel();
  const remainder = noFuel();
  for (const fuel of FUELS) {
    const exact = amounts[fuel] / perThousandth;
    permille[fuel] = Math.floor(exact);
    remainder[fuel] = exact - permille[fuel];
  }
  const byRemainder = FUELS.toSorted((a, b) => remainder[b] - remainder[a]); // stable, so ties keep their order
  for (const fuel of byRemainder.slice(0, 1000 - totalOf(permille))) permille[fuel] += 1;
  return permille;
}

/** Carbon intensity of a mix, gCO2/kWh, whole: integers throughout, so a reader of the mix finds the same figure. */
export function intensityOf(permille: Readonly<FuelAmounts>): number {
  let milligrams = 0;
  for (const fuel of FUELS) milligrams += permille[fuel] * CARBON_FACTORS[fuel];
  return Math.round(milligrams / 1000);
}
