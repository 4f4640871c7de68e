import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noiseOf } from '../../../../src/domain/synthetic/noise.js';

const field = noiseOf('a field', [
  [10, 0.7],
  [3, 0.3],
]);
const hours = () => fc.double({ min: -1e6, max: 1e6, noNaN: true });
const series = (noise = field, seed = 1) => Array.from({ length: 4000 }, (_, n) => noise(seed, n / 2));

describe('noise', () => {
  it('stays between 0 and 1, also before 1970', () => {
    fc.assert(
      fc.property(fc.integer(), hours(), (seed, at) => {
        expect(field(seed, at)).toBeGreaterThanOrEqual(0);
        expect(field(seed, at)).toBeLessThan(1);
      }),
    );
  });

  it('moves no faster than its fastest scale allows', () => {
    const steepest = 1.5 * (0.7 / 10 + 0.3 / 3); // 1.5 is the steepest slope of the easing curve
    fc.assert(
      fc.property(fc.integer(), hours(), (seed, at) => {
        expect(Math.abs(field(seed, at + 0.5) - field(seed, at))).toBeLessThanOrEqual(0.5 * steepest + 1e-9);
      }),
    );
  });

  it('is about 0.5 on average and wanders', () => {
    const values = series();
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.6);
  });

  it('is another field for another seed and for another name', () => {
    expect(correlation(series(), series(field, 2))).toBeLessThan(0.3);
    expect(correlation(series(), series(noiseOf('another', [[10, 1]])))).toBeLessThan(0.3);
    expect(correlation(series(), series())).toBeCloseTo(1);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, n) => sum + (value - 0.5) * ((y[n] ?? Number.NaN) - 0.5), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
