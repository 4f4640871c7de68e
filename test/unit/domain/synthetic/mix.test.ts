import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUELS } from '../../../../src/domain/fuels.js';
import { noFuel, totalOf } from '../../../../src/domain/synthetic/fuel-amounts.js';
import { intensityOf, permilleOf } from '../../../../src/domain/synthetic/mix.js';

const amounts = () =>
  fc
    .array(fc.double({ min: 0, max: 40_000, noNaN: true }), {
      minLength: FUELS.length,
      maxLength: FUELS.length,
    })
    .map((values) => {
      const record = noFuel();
      for (const [n, fuel] of FUELS.entries()) record[fuel] = values[n] ?? 0;
      return record;
    })
    .filter((record) => totalOf(record) > 1);

describe('mix', () => {
  it('is whole, never negative, exactly 1000 together, and within one of the true share', () => {
    fc.assert(
      fc.property(amounts(), (record) => {
        const permille = permilleOf(record);
        expect(totalOf(permille)).toBe(1000);
        for (const fuel of FUELS) {
          expect(Number.isInteger(permille[fuel])).toBe(true);
          expect(permille[fuel]).toBeGreaterThanOrEqual(0);
          expect(Math.abs(permille[fuel] - (record[fuel] * 1000) / totalOf(record))).toBeLessThan(1);
        }
      }),
    );
  });

  it('gives the odd thousandth of a tie to the fuel named first', () => {
    expect(permilleOf({ ...noFuel(), COAL: 1, GAS: 1, WIND: 1 })).toEqual({
      ...noFuel(),
      COAL: 334,
      GAS: 333,
      WIND: 333,
    });
  });

  it.each([
    [{ GAS: 1000 }, 394],
    [{ WIND: 500, NUCLEAR: 500 }, 0],
    [{ COAL: 10, BIOMASS: 90, IMPORTS: 200, GAS: 300, OTHER: 10, SOLAR: 390 }, 161], // 161.37
  ])('has the intensity its factors give: %j', (part, grams) => {
    expect(intensityOf({ ...noFuel(), ...part })).toBe(grams);
  });
});
