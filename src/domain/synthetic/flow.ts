import { FUELS } from '../fuels.js';
import { noFuel, totalOf, type FuelAmounts } from './fuel-amounts.js';
import { LICENCE_AREAS } from './licence-areas.js';

/**
 * What each licence area consumes, by fuel: its own generation and what flows in, well stirred.
 *
 * On a tree each flow is known: it is what the areas beyond the link have too much or too little of. Power leaving an
 * area has the mix of everything that came into it, the proportional sharing that the Carbon Intensity API also uses.
 *
 * @param generatedMw by area id.
 * @param demandMw by area id; in all, as much as is generated.
 * @returns amounts in proportion to the mix, by area id; their total is what passed through the area.
 * @see https://github.com/carbon-intensity/methodology
 */
export function consumedMixes(
  generatedMw: ReadonlyMap<number, FuelAmounts>,
  demandMw: ReadonlyMap<number, number>,
): Map<number, FuelAmounts> {
  const inflows = inflowsByArea(generatedMw, demandMw);
  const mixes = new Map<number, FuelAmounts>();
  const mixOf = (id: number): FuelAmounts => {
    const known = mixes.get(id);
    if (known) return known;
    const mix = { ...(generatedMw.get(id) ?? noFuel()) };
    for (const { fromId, mw } of inflows.get(id) ?? []) {
      const source = mixOf(fromId);
      const share = mw / totalOf(source);
      for (const fuel of FUELS) mix[fuel] += source[fuel] * share;
    }
    mixes.set(id, mix);
    return mix;
  };
  for (const { id } of LICENCE_AREAS) mixOf(id);
  return mixes;
}

interface Inflow {
  readonly fromId: number;
  readonly mw: number;
}

/** Who sends power to each area; sender and receiver are neighbours. */
function inflowsByArea(
  generatedMw: ReadonlyMap<number, FuelAmounts>,
  demandMw: ReadonlyMap<number, number>,
): Map<number, Inflow[]> {
  const surplusMw = new Map(
    LICENCE_AREAS.map(({ id }) => [id, totalOf(generatedMw.get(id) ?? noFuel()) - (demandMw.get(id) ?? 0)]),
  );
  const inflows = new Map<number, Inflow[]>(LICENCE_AREAS.map(({ id }) => [id, []]));
  for (const { id, towardsHub } of LICENCE_AREAS.toReversed()) {
    if (towardsHub === null) continue;
    const mw = surplusMw.get(id) ?? 0; // by now with what lies beyond
    surplusMw.set(towardsHub, (surplusMw.get(towardsHub) ?? 0) + mw);
    if (mw > 0) inflows.get(towardsHub)?.push({ fromId: id, mw });
    if (mw < 0) inflows.get(id)?.push({ fromId: towardsHub, mw: -mw });
  }
  return inflows;
}
