import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  earningsOf,
  type Draw,
  type Shift,
  type TurnDown,
} from '../../../../src/domain/planner/flexibility-earnings.js';

const SLOTS = 4;
const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.record({
    regionId: fc.constantFrom(1, 2, 3),
    slot: fc.nat(SLOTS - 1),
    mwh: fc.integer({ min: 1, max: 8 }).map((eighths) => eighths / 8),
  }),
  { maxLength: 5 },
);
const windows: fc.Arbitrary<TurnDown[]> = fc
  .array(
    fc.record({
      regions: fc.subarray([1, 2, 3], { minLength: 1 }),
      from: fc.nat(SLOTS - 1),
      length: fc.integer({ min: 1, max: 3 }),
      volumeMw: fc.integer({ min: 1, max: 8 }).map((quarters) => quarters / 4),
      gbpPerMwh: fc.integer({ min: -5, max: 40 }),
    }),
    { maxLength: 4 },
  )
  .map((all) =>
    all.map(({ regions, from, length, ...rest }, windowId) => ({
      ...{ ...rest, windowId, regionIds: new Set(regions), from, to: from + length },
    })),
  );
const shifts: fc.Arbitrary<Shift[]> = fc.array(fc.record({ before: draws, after: draws }), { maxLength: 4 });

const window = (rest: Partial<TurnDown>): TurnDown => ({
  ...{ windowId: 1, regionIds: new Set([1]), from: 0, to: 2, volumeMw: 10, gbpPerMwh: 50 },
  ...rest,
});
const drawn = (regionId: number, slot: number, mwh: number): Draw => ({ regionId, slot, mwh });

describe('what turn-down windows pay', () => {
  it('is MW × hours × GBP/MWh of what leaves them', () => {
    const before = [0, 1, 2].map((slot) => drawn(1, slot, 0.5));
    const after = [1, 3, 4].map((slot) => drawn(1, slot, 0.5));
    expect(earningsOf([window({})], [{ before, after }])).toEqual([[{ windowId: 1, mwh: 0.5, gbp: 25 }]]);
  });

  it('is nothing for work that stays in the area, or comes into it', () => {
    const nation = window({ regionIds: new Set([1, 2]) });
    const moved = { before: [drawn(1, 0, 1)], after: [drawn(2, 0, 1)] };
    expect(earningsOf([nation], [moved])).toEqual([[]]);
    expect(earningsOf([window({ regionIds: new Set([2]) })], [moved])).toEqual([[]]);
  });

  it('is for no more than a window’s volume, which goes to the first', () => {
    const shift = { before: [drawn(1, 0, 0.4)], after: [] };
    const earned = earningsOf([window({ volumeMw: 1 })], [shift, shift]);
    expect(earned.map(([own]) => own?.mwh)).toEqual([0.4, expect.closeTo(0.1, 9)]);
  });

  it('is never for more than leaves, nor for more than is asked for, nor below 0', () => {
    fc.assert(
      fc.property(windows, shifts, (open, moved) => {
        const earned = earningsOf(open, moved);
        expect(earned).toHaveLength(moved.length);
        for (const [i, own] of earned.entries()) {
          const sold = own.reduce((sum, { mwh }) => sum + mwh, 0);
          expect(sold).toBeLessThanOrEqual(moved[i]!.before.reduce((sum, { mwh }) => sum + mwh, 0) + 1e-9);
          for (const { mwh, gbp, windowId } of own) {
            expect(mwh).toBeGreaterThan(0);
            expect(gbp).toBeCloseTo(mwh * open[windowId]!.gbpPerMwh, 9);
            expect(gbp).toBeGreaterThan(0);
          }
        }
        for (const { windowId, volumeMw, from, to } of open) {
          const sold = earned.flat().filter((own) => own.windowId === windowId);
          const asked = (volumeMw / 2) * (Math.min(to, SLOTS) - from);
          expect(sold.reduce((sum, { mwh }) => sum + mwh, 0)).toBeLessThanOrEqual(asked + 1e-9);
        }
      }),
    );
  });
});
