import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosDegrees, sinDegrees } from '../../../../src/domain/synthetic/sine.js';

const angle = () => fc.double({ min: -1e5, max: 1e5, noNaN: true });

describe('sine', () => {
  it('agrees with the platform to ten digits', () => {
    fc.assert(
      fc.property(angle(), (degrees) => {
        expect(sinDegrees(degrees)).toBeCloseTo(Math.sin((degrees * Math.PI) / 180), 10);
        expect(cosDegrees(degrees)).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 10);
      }),
    );
  });

  it('holds at the edges of its folding', () => {
    expect(
      [-180, -90, 0, 90, 180, 270, 360].map((degrees) => Math.round(sinDegrees(degrees) * 1e9) + 0),
    ).toEqual([0, -1e9, 0, 1e9, 0, -1e9, 0]);
  });
});
