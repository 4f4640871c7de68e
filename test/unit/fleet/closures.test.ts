import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closuresIn } from '../../../src/fleet/closures.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const BEGIN = Date.parse('2026-03-02T12:00:00Z');
const after = (minutes: number): Date => new Date(BEGIN + minutes * 60_000);

describe('closures of data centres', () => {
  it('do not overlap, and each is told of by every span that it touches', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 110, noNaN: true }), (seed, cut) => {
        const closures = closuresIn(seed, { from: after(0), to: after(120) });
        for (const [i, { from, to }] of closures.entries()) {
          expect(from < to).toBe(true);
          if (i > 0) expect(from > closures[i - 1]!.to).toBe(true);
        }
        const span = { from: after(cut), to: after(cut + 10) };
        const touched = closures.filter(({ from, to }) => to > span.from && from < span.to);
        expect(closuresIn(seed, span)).toEqual(touched);
        // Who looks on for ten minutes sees one.
        expect(touched.length).toBeGreaterThan(0);
      }),
    );
  });
});
