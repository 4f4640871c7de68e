import { describe, expect, it } from 'vitest';
import { consumedMixes } from '../../../../src/domain/synthetic/flow.js';
import { noFuel, totalOf, type FuelAmounts } from '../../../../src/domain/synthetic/fuel-amounts.js';
import { LICENCE_AREAS } from '../../../../src/domain/synthetic/licence-areas.js';

const SOUTH_WEST = 11;
const SOUTH_WALES = 7;
const NORTH_SCOTLAND = 1;

/** Every area makes what it uses, 100 MW, from gas, except those named. */
const generated = (exceptions: Readonly<Record<number, Partial<FuelAmounts>>>) =>
  new Map(LICENCE_AREAS.map(({ id }) => [id, { ...noFuel(), ...(exceptions[id] ?? { GAS: 100 }) }]));
const evenDemand = new Map(LICENCE_AREAS.map(({ id }) => [id, 100]));

describe('licence areas', () => {
  it('are fourteen, use 1000 per mille together, and come after the area they lead to', () => {
    const seen = new Set<number | null>([null]);
    for (const { id, towardsHub } of LICENCE_AREAS) {
      expect(seen).toContain(towardsHub);
      seen.add(id);
    }
    expect(seen.size).toBe(15);
    expect(LICENCE_AREAS.reduce((sum, { demandPermille }) => sum + demandPermille, 0)).toBe(1000);
    expect(LICENCE_AREAS.filter(({ towardsHub }) => towardsHub === null)).toHaveLength(1);
  });
});

describe('flow', () => {
  it('leaves each area its own mix while each meets its own demand', () => {
    const mixes = consumedMixes(generated({ [NORTH_SCOTLAND]: { WIND: 100 } }), evenDemand);
    expect(mixes.get(NORTH_SCOTLAND)).toEqual({ ...noFuel(), WIND: 100 });
    expect(mixes.get(SOUTH_WALES)).toEqual({ ...noFuel(), GAS: 100 });
  });

  it('stirs a surplus into the neighbour that lacks it and into no other', () => {
    const mixes = consumedMixes(
      generated({ [SOUTH_WALES]: { GAS: 100, WIND: 60 }, [SOUTH_WEST]: { SOLAR: 40 } }),
      evenDemand,
    );
    expect(mixes.get(SOUTH_WALES)).toEqual({ ...noFuel(), GAS: 100, WIND: 60 });
    const southWest = mixes.get(SOUTH_WEST) ?? noFuel();
    expect(southWest.GAS).toBeCloseTo(37.5);
    expect(southWest.WIND).toBeCloseTo(22.5);
    expect(southWest.SOLAR).toBe(40);
    expect(mixes.get(NORTH_SCOTLAND)).toEqual({ ...noFuel(), GAS: 100 });
  });

  it('carries power the length of the country', () => {
    const mixes = consumedMixes(generated({ [NORTH_SCOTLAND]: { WIND: 200 }, [SOUTH_WEST]: {} }), evenDemand);
    const southWest = mixes.get(SOUTH_WEST) ?? noFuel();
    expect(totalOf(southWest)).toBeCloseTo(100);
    expect(southWest.WIND).toBeGreaterThan(0);
    expect(southWest.GAS).toBeGreaterThan(southWest.WIND);
  });
});
