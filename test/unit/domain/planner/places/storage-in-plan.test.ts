import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../../../src/domain/planner/places/plan.js';
import {
  PROBLEM_FORM,
  type PlanningProblem,
  type Storage,
} from '../../../../../src/domain/planner/places/problem.js';
import { ANYTHING, NO_LIMITS, costOf, placesOf, smallProblems } from './small-problems.js';

const SLOTS = 5;
/** Everything is in these steps, so that trying all of them finds the optimum. */
const STEP_WH = 500;
const POWER_W = 1_000;

const stores = fc
  .record({
    capacity: fc.integer({ min: 1, max: 4 }),
    held: fc.nat(4),
    charge: fc.nat(2),
    discharge: fc.nat(2),
    from: fc.nat(2),
  })
  .map(({ capacity, held, charge, discharge, from }): Storage => ({
    ...{ assetId: 'battery', regionId: 1, from, efficiency: 0.5 },
    capacityWh: capacity * STEP_WH,
    chargeWh: Math.min(held, capacity) * STEP_WH,
    maxChargeW: charge * STEP_WH * 4,
    maxDischargeW: discharge * STEP_WH * 2,
  }));

/** One work of one kWh in two of its half hours, and a store that loses half. */
const withStore = fc
  .record({
    gco2: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: SLOTS, maxLength: SLOTS }),
    storage: stores,
    isContiguous: fc.boolean(),
  })
  .map(({ gco2, storage, isContiguous }): PlanningProblem => ({
    form: PROBLEM_FORM,
    from: '2026-01-15T00:00:00.000Z',
    slots: SLOTS,
    regions: [
      {
        regionId: 1,
        gco2PerKwh: gco2,
        errorGco2PerKwh: gco2.map(() => 0),
        renewablePct: gco2.map(() => 0),
      },
    ],
    errorCorrelation: [1],
    gbpPerMwh: gco2.map(() => null),
    gridStress: gco2.map(() => null),
    centres: [
      {
        ...{ dcId: 'dc', regionId: 1, pue: 1, rampW: null },
        roomW: gco2.map(() => POWER_W),
        standingW: gco2.map(() => 0),
      },
    ],
    works: [
      {
        ...{ jobId: 'work', energyKwh: (POWER_W * 2) / 2_000, powerW: POWER_W, slots: 2, from: 0, to: SLOTS },
        ...{
          manner: isContiguous ? 'CONTIGUOUS' : 'INTERRUPTIBLE',
          dcIds: ['dc'],
          limits: NO_LIMITS,
          priority: 50,
        },
      },
    ],
    storage: [storage],
    objective: { carbon: 1, cost: 0 },
  }));

/** The least that a store can make of a load, kg, found by trying every step. */
function leastOf(gco2: readonly (number | null)[], loadWh: readonly number[], storage: Storage): number {
  const most = (slot: number, held: number): number => {
    if (slot === SLOTS) return held >= storage.chargeWh ? 0 : Infinity;
    let least = Infinity;
    for (let next = 0; next <= storage.capacityWh; next += STEP_WH) {
      if (slot < storage.from && next !== held) continue;
      const into = Math.max(0, next - held) / storage.efficiency;
      const out = Math.max(0, held - next);
      if (into > storage.maxChargeW / 2 || out > Math.min(storage.maxDischargeW / 2, loadWh[slot]!)) continue;
      least = Math.min(least, ((into - out) * gco2[slot]!) / 1e6 + most(slot + 1, next));
    }
    return least;
  };
  return most(0, storage.chargeWh);
}

describe('storage within a plan', () => {
  it('leaves the best there is, of work and store together, between the bound and the objective', () => {
    fc.assert(
      fc.property(withStore, (problem) => {
        const work = problem.works[0]!;
        const storage = problem.storage[0]!;
        const best = Math.min(
          ...placesOf(problem, work).map((places) => {
            const loadWh = Array.from({ length: SLOTS }, () => 0);
            for (const { slot } of places) loadWh[slot]! += POWER_W / 2;
            return (
              costOf(problem, work, places).objective +
              leastOf(problem.regions[0]!.gco2PerKwh, loadWh, storage)
            );
          }),
        );
        const { objective, bound, gapPct } = makePlan(problem);
        expect(bound).toBeLessThanOrEqual(best + 1e-6);
        expect(objective).toBeGreaterThanOrEqual(best - 1e-6);
        if (gapPct === 0) expect(objective).toBeCloseTo(best, 5);
      }),
      { numRuns: 200 },
    );
  });

  it('never costs more than none, and feeds only what is planned in its region', () => {
    fc.assert(
      fc.property(
        smallProblems(ANYTHING),
        fc.array(stores, { minLength: 1, maxLength: 2 }),
        (problem, assets) => {
          const storage = assets.map((asset, i) => ({ ...asset, assetId: `battery-${i}`, regionId: 1 + i }));
          const plan = makePlan({ ...problem, storage }, { isExplained: false });
          const without = makePlan(problem, { isExplained: false });
          expect(plan.works).toEqual(without.works);
          expect(plan.objective).toBeLessThanOrEqual(without.objective + 1e-9);
          for (const { assetId, dischargeWh } of plan.dispatches) {
            const { regionId } = storage.find((asset) => asset.assetId === assetId)!;
            for (const [slot, fed] of dischargeWh.entries()) {
              const loadWh = plan.works.reduce((sum, { jobId, placed }) => {
                const work = problem.works.find((one) => one.jobId === jobId)!;
                const here = (placed?.places ?? []).filter((place) => {
                  const centre = problem.centres.find(({ dcId }) => dcId === place.dcId)!;
                  return place.slot === slot && centre.regionId === regionId;
                });
                return here.reduce((all, { dcId }) => {
                  const { pue } = problem.centres.find((centre) => centre.dcId === dcId)!;
                  return all + (work.energyKwh * pue * 1000) / work.slots;
                }, sum);
              }, 0);
              expect(fed).toBeLessThanOrEqual(loadWh + 1e-6);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
