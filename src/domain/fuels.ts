/** The nine fuels of the Carbon Intensity API's generation mix, in its order. */
export const FUELS = [
  'BIOMASS',
  'COAL',
  'IMPORTS',
  'GAS',
  'NUCLEAR',
  'OTHER',
  'HYDRO',
  'SOLAR',
  'WIND',
] as const;

export type Fuel = (typeof FUELS)[number];

/** Renewable as NESO counts it in its historic generation mix: RENEWABLE = wind + solar + hydro. Biomass is not one. */
export const RENEWABLE_FUELS: readonly Fuel[] = ['HYDRO', 'SOLAR', 'WIND'];

/** Low carbon as NESO counts it there: LOW_CARBON = renewable + nuclear + biomass. */
export const LOW_CARBON_FUELS: readonly Fuel[] = [...RENEWABLE_FUELS, 'NUCLEAR', 'BIOMASS'];

/** Shares of generation in thousandths, exact: the publisher gives one decimal of a percent. */
export type MixPermille = Readonly<Record<Fuel, number>>;

/** A fuel that is none of the nine, under the publisher's own word. */
export interface UnlistedFuel {
  readonly rawFuel: string;
  readonly permille: number;
}

/** The word the Carbon Intensity API uses for a fuel. */
export const rawFuelOf = (fuel: Fuel): string => fuel.toLowerCase();

/** The fuel a publisher's word means; null where it is none of the nine. */
export function fuelOf(rawFuel: string): Fuel | null {
  const word = rawFuel.trim().toUpperCase();
  return FUELS.find((fuel) => fuel === word) ?? null;
}
