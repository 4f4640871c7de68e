import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../../../src/fleet/random.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('random numbers of a seed and a name', () => {
  it('are these, on every machine', () => {
    const random = randomOf(1, 'fleet');
    expect(Array.from({ length: 4 }, () => random.next() * 2 ** 32)).toEqual([
      1392679601, 4046861354, 2838097816, 3881070134,
    ]);
  });

  it('are the same again, and others for another name or seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = (of: number, name: string): number[] => {
          const random = randomOf(of, name);
          return Array.from({ length: 8 }, () => random.next());
        };
        expect(draw(seed, 'a')).toEqual(draw(seed, 'a'));
        expect(draw(seed, 'a')).not.toEqual(draw(seed, 'b'));
        expect(draw(seed, 'a')).not.toEqual(draw(seed + 1, 'a'));
      }),
    );
  });

  it('are even over [0, 1), and over whole numbers with both ends', () => {
    const random = randomOf(7, 'even');
    const tens = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i += 1) {
      const tenth = Math.floor(random.next() * 10);
      tens[tenth] = (tens[tenth] ?? 0) + 1;
    }
    for (const count of tens) expect(Math.abs(count - 2_000)).toBeLessThan(200);
    const wholes = new Set(Array.from({ length: 500 }, () => random.whole(3, 6)));
    expect(wholes).toEqual(new Set([3, 4, 5, 6]));
  });

  it.each([0, 0.05, 0.9, 1, 4.5, 60])('count arrivals of mean %d with that mean and variance', (mean) => {
    const random = randomOf(3, `poisson ${mean}`);
    const counts = Array.from({ length: 20_000 }, () => random.poisson(mean));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
    expect(Math.abs(average - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean / counts.length));
    expect(Math.abs(variance - mean)).toBeLessThanOrEqual(0.1 * mean);
  });

  it('pick by weight, and nothing of weight 0', () => {
    const random = randomOf(5, 'weights');
    const counts = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 10_000; i += 1) counts[random.weighted({ a: 3, b: 0, c: 1 })] += 1;
    expect(counts.b).toBe(0);
    expect(Math.abs(counts.a - 7_500)).toBeLessThan(250);
  });

  it('refuse what cannot be drawn from', () => {
    const random = randomOf(1, 'x');
    expect(() => random.pick([])).toThrow(RangeError);
    expect(() => random.weighted({ a: 0 })).toThrow(RangeError);
    for (const mean of [-1, NaN, Infinity]) expect(() => random.poisson(mean)).toThrow(RangeError);
  });
});
