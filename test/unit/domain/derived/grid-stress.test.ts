import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayStartOf, gridStress, rangeOf, stressOf } from '../../../../src/domain/derived/grid-stress.js';
import { addHalfHours, halfHours } from '../../../../src/domain/half-hour.js';

const NOON = new Date('2026-03-10T12:00:00Z');
const MIDNIGHT = new Date('2026-03-10T00:00:00Z');

/** Outturn of the days before, 20 to 40 GW in turn; a forecast for the day itself. */
const demandOf = (forecastMw: number, days = 7) => [
  ...halfHours(addHalfHours(MIDNIGHT, -48 * days), MIDNIGHT).map((from, i) => ({
    from,
    forecastMw: null,
    outturnMw: i % 2 === 0 ? 20_000 : 40_000,
  })),
  { from: NOON, forecastMw, outturnMw: null },
];
const at = (forecastMw: number, deviationHz?: number, days = 7): number | undefined =>
  gridStress(
    {
      now: NOON,
      demand: demandOf(forecastMw, days),
      deviationHz: new Map(deviationHz === undefined ? [] : [[NOON.getTime(), deviationHz]]),
    },
    NOON,
  )[0]?.stress;

describe('the stress of the grid', () => {
  it('is where demand stands in the range of the seven days before', () => {
    expect([at(20_000), at(25_000), at(40_000)]).toEqual([0, 0.25, 1]);
  });

  it('stays within 0 and 1 beyond that range', () => {
    expect([at(10_000), at(60_000)]).toEqual([0, 1]);
  });

  it('counts the frequency for a fifth, where it is known', () => {
    expect([at(20_000, 0.2), at(40_000, 0), at(30_000, 0.1), at(40_000, 5)]).toEqual([0.2, 0.8, 0.5, 1]);
  });

  it('is not told from less than three days', () => {
    expect(at(30_000, undefined, 2)).toBeUndefined();
    expect(at(30_000, undefined, 3)).toBe(0.5);
    expect(rangeOf(Array.from({ length: 336 }, () => 30_000))).toBeNull();
  });

  it('prefers what happened to what was expected', () => {
    const demand = [...demandOf(40_000).slice(0, -1), { from: NOON, forecastMw: 40_000, outturnMw: 20_000 }];
    expect(gridStress({ now: NOON, demand, deviationHz: new Map() }, NOON)).toEqual([
      { from: NOON, stress: 0 },
    ]);
  });

  it('measures days to come against the days before today, never against themselves', () => {
    const tomorrow = addHalfHours(NOON, 48);
    const demand = [
      ...demandOf(30_000).slice(0, -1),
      ...halfHours(MIDNIGHT, NOON).map((from) => ({ from, forecastMw: null, outturnMw: 80_000 })),
      { from: tomorrow, forecastMw: 30_000, outturnMw: null },
    ];
    const told = gridStress({ now: NOON, demand, deviationHz: new Map() }, tomorrow);
    expect(told).toEqual([{ from: tomorrow, stress: 0.5 }]);
  });

  it('rises with demand, and with distance from 50 Hz', () => {
    const mw = fc.integer({ min: 0, max: 80_000 });
    const hz = fc.double({ min: 0, max: 1, noNaN: true });
    const range = { least: 15_000, most: 45_000 };
    fc.assert(
      fc.property(mw, mw, hz, hz, (a, b, x, y) => {
        const [low, high] = [stressOf(Math.min(a, b), range, x), stressOf(Math.max(a, b), range, x)];
        expect(low).toBeLessThanOrEqual(high);
        expect(stressOf(a, range, Math.min(x, y))).toBeLessThanOrEqual(stressOf(a, range, Math.max(x, y)));
        for (const stress of [low, high]) expect(stress >= 0 && stress <= 1).toBe(true);
      }),
    );
  });

  it.each([
    ['2026-03-29T12:00:00Z', '2026-03-29T00:00:00.000Z'],
    ['2026-07-01T00:10:00Z', '2026-06-30T23:00:00.000Z'],
    ['2026-10-25T23:45:00Z', '2026-10-24T23:00:00.000Z'],
  ])('counts days in London: %s', (instant, start) => {
    expect(new Date(dayStartOf(new Date(instant))).toISOString()).toBe(start);
  });
});
