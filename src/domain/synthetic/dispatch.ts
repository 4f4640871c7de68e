import type { Fuel } from '../fuels.js';
import { noFuel, totalOf, type FuelAmounts } from './fuel-amounts.js';
import { LICENCE_AREAS, type LicenceArea } from './licence-areas.js';
import { clamp01, noiseOf, widen } from './noise.js';
import { winterness } from './season.js';
import { solarFactor, windFactor } from './weather.js';

/** Gas that runs even in a gale, MW, to hold the system steady. */
const LEAST_GAS_MW = 2500;

/** What gives way, in this order, when the weather offers more than anyone uses. */
const SPILLED_FIRST: readonly Fuel[] = ['IMPORTS', 'WIND', 'SOLAR', 'BIOMASS'];

const refuelling = noiseOf('nuclear', [[600, 1]]);
const rain = noiseOf('hydro', [
  [150, 0.7],
  [30, 0.3],
]);
const price = noiseOf('imports', [
  [60, 0.5],
  [15, 0.5],
]);
const plant = noiseOf('biomass', [[40, 1]]);
const oddments = noiseOf('other', [[30, 1]]);

/**
 * MW generated in each licence area, by fuel and area id; together they meet the demand to the last bit of rounding.
 *
 * The weather and the reactors give what they give; biomass and cables follow what is left to meet; gas balances. Coal
 * is nought: the last station closed in September 2024.
 *
 * @param demandMw of Great Britain.
 */
export function dispatch(demandMw: number, hours: number, seed: number): Map<number, FuelAmounts> {
  const areas = new Map(LICENCE_AREAS.map((area) => [area.id, unbidden(area, hours, seed)]));
  const residualMw = demandMw - totalMw(areas);
  for (const area of LICENCE_AREAS) {
    const local = areas.get(area.id);
    if (local) addFlexible(local, area, residualMw, hours, seed);
  }
  spill(areas, totalMw(areas) + LEAST_GAS_MW - demandMw);
  burnGas(areas, demandMw - totalMw(areas));
  return areas;
}

/** What comes whatever the demand. */
function unbidden(area: LicenceArea, hours: number, seed: number): FuelAmounts {
  const { wind, solar, nuclear = 0, hydro = 0, other = 0 } = area.capacityMw;
  const local = noFuel();
  local.WIND = wind * windFactor(area, hours, seed);
  local.SOLAR = solar * solarFactor(area, hours, seed);
  // Each station refuels in its own year: the same field read far apart.
  local.NUCLEAR = nuclear * (0.35 + 0.52 * widen(refuelling(seed, hours + area.id * 9000), 1.6, 0.2));
  local.HYDRO = hydro * (0.05 + 0.32 * rain(seed, hours) * (0.4 + winterness(hours)));
  local.OTHER = other * (0.3 + 0.7 * oddments(seed, hours));
  return local;
}

/** Drax and the cables earn more when little else is on offer. */
function addFlexible(
  local: FuelAmounts,
  area: LicenceArea,
  residualMw: number,
  hours: number,
  seed: number,
): void {
  const { biomass = 0, imports = 0 } = area.capacityMw;
  const scarcity = residualMw / 32_000;
  local.BIOMASS = biomass * clamp01(0.2 + 0.75 * scarcity + 0.5 * (plant(seed, hours) - 0.5));
  local.IMPORTS = imports * clamp01(0.2 + 0.7 * scarcity + 0.9 * (price(seed, hours + area.id * 9000) - 0.5));
}

/** Turns a surplus down, everywhere in proportion. Nothing happens when there is none. */
function spill(areas: Map<number, FuelAmounts>, surplusMw: number): void {
  let left = Math.max(0, surplusMw);
  for (const fuel of SPILLED_FIRST) {
    const offered = sumOf(areas, fuel);
    const spilled = Math.min(offered, left);
    if (spilled > 0) for (const local of areas.values()) local[fuel] *= 1 - spilled / offered;
    left -= spilled;
  }
}

/** Shares the gas out by the capacity of each area. */
function burnGas(areas: Map<number, FuelAmounts>, gasMw: number): void {
  for (const { id, capacityMw } of LICENCE_AREAS) {
    const local = areas.get(id);
    if (local) local.GAS = (gasMw * (capacityMw.gas ?? 0)) / GAS_CAPACITY_MW;
  }
}

const GAS_CAPACITY_MW = LICENCE_AREAS.reduce((sum, { capacityMw }) => sum + (capacityMw.gas ?? 0), 0);

function sumOf(areas: Map<number, FuelAmounts>, fuel: Fuel): number {
  let sum = 0;
  for (const local of areas.values()) sum += local[fuel];
  return sum;
}

function totalMw(areas: Map<number, FuelAmounts>): number {
  let sum = 0;
  for (const local of areas.values()) sum += totalOf(local);
  return sum;
}
