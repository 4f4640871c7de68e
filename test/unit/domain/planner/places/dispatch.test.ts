import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispatchBound, dispatchStorage } from '../../../../../src/domain/planner/places/dispatch.js';
import { fieldOf } from '../../../../../src/domain/planner/places/field.js';
import { PROBLEM_FORM, type Storage } from '../../../../../src/domain/planner/places/problem.js';

const SLOTS = 5;
/** Everything is in these steps, so that trying all of them finds the optimum. */
const STEP_WH = 500;

const cases = fc.record({
  gco2: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: SLOTS, maxLength: SLOTS }),
  load: fc.array(fc.nat(3), { minLength: SLOTS, maxLength: SLOTS }),
  capacity: fc.integer({ min: 1, max: 4 }),
  held: fc.nat(4),
  charge: fc.nat(2),
  discharge: fc.nat(2),
  from: fc.nat(2),
});

const outlookOf = (gco2PerKwh: readonly number[]) =>
  fieldOf({
    form: PROBLEM_FORM,
    from: '2026-01-15T00:00:00.000Z',
    slots: SLOTS,
    regions: [
      {
        regionId: 1,
        gco2PerKwh,
        errorGco2PerKwh: gco2PerKwh.map(() => 0),
        renewablePct: gco2PerKwh.map(() => 0),
      },
    ],
    errorCorrelation: [1],
    gbpPerMwh: gco2PerKwh.map(() => null),
    gridStress: gco2PerKwh.map(() => null),
    centres: [],
    works: [],
    storage: [],
    objective: { carbon: 1, cost: 0 },
  }).outlooks.get(1)!;

/** The least that a store can make of it, found by trying every step; what goes in comes out halved. */
function leastOf(gco2: readonly number[], loadWh: readonly number[], storage: Storage): number {
  const most = (slot: number, held: number): number => {
    if (slot === SLOTS) return held >= storage.chargeWh ? 0 : Infinity;
    let least = Infinity;
    for (let next = 0; next <= storage.capacityWh; next += STEP_WH) {
      if (slot < storage.from && next !== held) continue;
      const into = Math.max(0, next - held) / storage.efficiency;
      const out = Math.max(0, held - next);
      if (into > storage.maxChargeW / 2 || out > Math.min(storage.maxDischargeW / 2, loadWh[slot]!)) continue;
      least = Math.min(least, (into - out) * gco2[slot]! + most(slot + 1, next));
    }
    return least;
  };
  return most(0, storage.chargeWh);
}

describe('a store that feeds planned work', () => {
  it('makes the most of what it may, and keeps every limit of its own', () => {
    fc.assert(
      fc.property(cases, ({ gco2, load, capacity, held, charge, discharge, from }) => {
        const storage: Storage = {
          assetId: 'battery',
          regionId: 1,
          from,
          capacityWh: capacity * STEP_WH,
          chargeWh: Math.min(held, capacity) * STEP_WH,
          maxChargeW: charge * STEP_WH * 4,
          maxDischargeW: discharge * STEP_WH * 2,
          efficiency: 0.5,
        };
        const loadWh = load.map((steps) => steps * STEP_WH);
        const outlook = outlookOf(gco2);
        const { chargeWh, dischargeWh, heldWh, cost } = dispatchStorage(storage, outlook, loadWh);
        let before = storage.chargeWh;
        for (let slot = 0; slot < SLOTS; slot += 1) {
          expect(heldWh[slot]).toBeCloseTo(before + chargeWh[slot]! * 0.5 - dischargeWh[slot]!, 6);
          expect(heldWh[slot]).toBeGreaterThanOrEqual(0);
          expect(heldWh[slot]).toBeLessThanOrEqual(storage.capacityWh);
          expect(chargeWh[slot]).toBeLessThanOrEqual(storage.maxChargeW / 2 + 1e-6);
          expect(dischargeWh[slot]).toBeLessThanOrEqual(
            Math.min(storage.maxDischargeW / 2, loadWh[slot]!) + 1e-6,
          );
          expect(Math.min(chargeWh[slot]!, dischargeWh[slot]!)).toBe(0);
          before = heldWh[slot]!;
        }
        expect(before).toBeGreaterThanOrEqual(storage.chargeWh - 1e-6);
        // Cost units are millionths of a kg; what is tried is in g × Wh.
        expect(cost).toBeCloseTo(leastOf(gco2, loadWh, storage), 3);
        expect(dispatchBound(storage, outlook)).toBeLessThanOrEqual(cost + 1e-6);
      }),
      { numRuns: 300 },
    );
  });
});
