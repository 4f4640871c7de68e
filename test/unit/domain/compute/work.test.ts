import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amendedWork, workOf, type Work } from '../../../../src/domain/compute/work.js';

const power = fc.double({ min: 0.001, max: 2e6, noNaN: true });
const minutes = fc.integer({ min: 1, max: 366 * 24 * 60 });

describe('the work of a workload', () => {
  it('follows from any two of energy, power and duration, and agrees with all three', () => {
    fc.assert(
      fc.property(power, minutes, (powerKw, durationMinutes) => {
        const whole = workOf({ estimatedEnergyKwh: null, powerKw, durationMinutes });
        expect(whole).toEqual({
          estimatedEnergyKwh: (powerKw * durationMinutes) / 60,
          powerKw,
          durationMinutes,
        });
        const { estimatedEnergyKwh } = whole as Work;
        expect(workOf(whole as Work)).toEqual(whole);
        const byDuration = workOf({ estimatedEnergyKwh, powerKw: null, durationMinutes }) as Work;
        expect(Math.abs(byDuration.powerKw - powerKw)).toBeLessThanOrEqual(powerKw * 1e-12);
        const byPower = workOf({ estimatedEnergyKwh, powerKw, durationMinutes: null }) as Work;
        expect(byPower.durationMinutes).toBe(durationMinutes);
      }),
    );
  });

  it.each([
    [{ estimatedEnergyKwh: 100, powerKw: 100, durationMinutes: 60 }, true],
    [{ estimatedEnergyKwh: 100, powerKw: 101, durationMinutes: 60 }, true],
    [{ estimatedEnergyKwh: 100, powerKw: 101.1, durationMinutes: 60 }, false],
    [{ estimatedEnergyKwh: 100, powerKw: 98.9, durationMinutes: 60 }, false],
    [{ estimatedEnergyKwh: 100, powerKw: null, durationMinutes: null }, false],
    [{ estimatedEnergyKwh: null, powerKw: null, durationMinutes: null }, false],
  ])('agrees within 1 %%, or says why not: %j', (stated, agrees) => {
    expect(typeof workOf(stated)).toBe(agrees ? 'object' : 'string');
  });

  it('takes whole minutes, rounded up, and one at least', () => {
    expect(workOf({ estimatedEnergyKwh: 10, powerKw: 70, durationMinutes: null })).toMatchObject({
      durationMinutes: 9,
    });
    expect(workOf({ estimatedEnergyKwh: 1e-6, powerKw: 1e6, durationMinutes: null })).toMatchObject({
      durationMinutes: 1,
    });
  });

  it.each<[Partial<Work>, Work]>([
    [{}, { estimatedEnergyKwh: 100, powerKw: 100, durationMinutes: 60 }],
    [{ estimatedEnergyKwh: 50 }, { estimatedEnergyKwh: 50, powerKw: 100, durationMinutes: 30 }],
    [{ durationMinutes: 30 }, { estimatedEnergyKwh: 50, powerKw: 100, durationMinutes: 30 }],
    [{ powerKw: 200 }, { estimatedEnergyKwh: 100, powerKw: 200, durationMinutes: 30 }],
    [
      { powerKw: 200, durationMinutes: 60 },
      { estimatedEnergyKwh: 200, powerKw: 200, durationMinutes: 60 },
    ],
  ])('is amended by %j', (given, amended) => {
    const before = { estimatedEnergyKwh: 100, powerKw: 100, durationMinutes: 60 };
    const nothing = { estimatedEnergyKwh: null, powerKw: null, durationMinutes: null };
    expect(amendedWork(before, { ...nothing, ...given })).toEqual(amended);
  });
});
