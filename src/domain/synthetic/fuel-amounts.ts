import { FUELS, type Fuel } from '../fuels.js';

/** One amount a fuel; the unit is the holder's. */
export type FuelAmounts = Record<Fuel, number>;

/** A fresh record with nothing of any fuel. */
export const noFuel = (): FuelAmounts => ({
  BIOMASS: 0,
  COAL: 0,
  IMPORTS: 0,
  GAS: 0,
  NUCLEAR: 0,
  OTHER: 0,
  HYDRO: 0,
  SOLAR: 0,
  WIND: 0,
});

export function totalOf(amounts: Readonly<FuelAmounts>): number {
  let total = 0;
  for (const fuel of FUELS) total += amounts[fuel];
  return total;
}
