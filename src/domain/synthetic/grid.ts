import { FUELS } from '../fuels.js';
import { underlyingDemandMw } from './demand.js';
import { dispatch } from './dispatch.js';
import { consumedMixes } from './flow.js';
import { noFuel, totalOf, type FuelAmounts } from './fuel-amounts.js';
import { LICENCE_AREAS } from './licence-areas.js';
import { noiseOf } from './noise.js';

/** What one area, or several together, uses. */
export interface Consumption {
  /** Whole MW. */
  readonly demandMw: number;
  /** Of that demand, MW by fuel. */
  readonly byFuelMw: Readonly<FuelAmounts>;
}

const localHabits = noiseOf('local-demand', [[12, 1]]);

/**
 * The fourteen licence areas at an instant, by id.
 *
 * @param hours since 1970-01-01T00:00Z; the middle of a half hour stands for all of it.
 */
export function gridAt(hours: number, seed: number): Map<number, Consumption> {
  const nationalMw = underlyingDemandMw(hours, seed);
  const demandMw = new Map(
    LICENCE_AREAS.map(({ id, demandPermille }) => {
      const habit = 1 + (localHabits(seed, hours + id * 9000) - 0.5) * 0.04;
      return [id, Math.round((nationalMw * habit * demandPermille) / 1000)];
    }),
  );
  const totalMw = [...demandMw.values()].reduce((sum, mw) => sum + mw, 0);
  const mixes = consumedMixes(dispatch(totalMw, hours, seed), demandMw);
  return new Map(
    [...demandMw].map(([id, mw]) => [
      id,
      { demandMw: mw, byFuelMw: scaledTo(mw, mixes.get(id) ?? noFuel()) },
    ]),
  );
}

/** Several areas as one: demands and fuels added, so that its mix is the demand-weighted average of theirs. */
export function together(parts: readonly Consumption[]): Consumption {
  const byFuelMw = noFuel();
  let demandMw = 0;
  for (const part of parts) {
    demandMw += part.demandMw;
    for (const fuel of FUELS) byFuelMw[fuel] += part.byFuelMw[fuel];
  }
  return { demandMw, byFuelMw };
}

function scaledTo(demandMw: number, mix: FuelAmounts): FuelAmounts {
  const scale = demandMw / totalOf(mix);
  const scaled = noFuel();
  for (const fuel of FUELS) scaled[fuel] = mix[fuel] * scale;
  return scaled;
}
