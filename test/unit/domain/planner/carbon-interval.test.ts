import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../../src/domain/half-hour.js';
import {
  carbonInterval,
  savingInterval,
  type Interval,
} from '../../../../src/domain/planner/carbon-interval.js';
import { USUAL_CORRELATION, errorCorrelation } from '../../../../src/domain/planner/error-correlation.js';
import { correctForecast } from '../../../../src/domain/planner/forecast-correction.js';
import { normalQuantile } from '../../../../src/domain/planner/normal-quantile.js';
import { surelyBelow } from '../../../../src/domain/planner/surely-below.js';
import { correlatedErrors, historyOf, waveAt } from './made-up-forecasts.js';

const flat = (std: number, correlation: Float64Array = USUAL_CORRELATION) => ({
  corrected: new Float64Array(96).fill(100),
  errorStd: new Float64Array(96).fill(std),
  errorCorrelation: correlation,
});
const halfWidth = ({ low, high }: Interval): number => (high - low) / 2;
const Z90 = 1.6448536269514722;

describe('the normal quantile', () => {
  it.each([
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.95, Z90],
    [0.999, 3.090232306167813],
    [1e-20, -9.262340089798409],
  ])('at %d is %d', (probability, value) => {
    expect(normalQuantile(probability)).toBeCloseTo(value, 12);
  });

  it('is odd, and refuses what is no probability', () => {
    expect(normalQuantile(0.03)).toBeCloseTo(-normalQuantile(0.97), 12);
    for (const bad of [0, 1, -1, Number.NaN]) expect(() => normalQuantile(bad)).toThrow(RangeError);
  });
});

describe('the interval of a sum of carbon', () => {
  it('adds what is alone as squares, and what goes together as it does', () => {
    const one = halfWidth(carbonInterval([{ forecast: flat(10), slots: [3], kwhPerSlot: 2 }]));
    expect(one).toBeCloseTo(Z90 * 20, 10);
    const neighbours = halfWidth(carbonInterval([{ forecast: flat(10), slots: [3, 4], kwhPerSlot: 2 }]));
    expect(neighbours).toBeCloseTo(Z90 * 20 * Math.sqrt(2 + 2 * 0.74), 10);
    const ofADay = flat(10, USUAL_CORRELATION.slice(0, 49));
    const apart = halfWidth(carbonInterval([{ forecast: ofADay, slots: [3, 80], kwhPerSlot: 2 }]));
    expect(apart).toBeCloseTo(Z90 * 20 * Math.sqrt(2), 10);
  });

  it('is never of negative width, and widens with confidence, whatever is drawn', () => {
    const start = new Date('2026-01-05T00:00:00Z');
    const history = historyOf(start, correlatedErrors(3, 40 * 48, 14, 0.8));
    const at = addHalfHours(start, 40 * 48);
    const forecast = correctForecast({ forecast: [...flat(1).corrected], from: at, history, at });
    const slots = fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { minLength: 1, maxLength: 96 });
    const level = fc.double({ min: 0.5, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(slots, slots, level, (chosen, others, confidence) => {
        const drawn = (own: readonly number[]) => [{ forecast, slots: own, kwhPerSlot: 1 }];
        for (const by of [
          (asked: number) => carbonInterval(drawn(chosen), asked),
          (asked: number) => savingInterval({ chosen: drawn(chosen), atOnce: drawn(others) }, asked),
        ]) {
          expect(halfWidth(by(confidence))).toBeGreaterThanOrEqual(0);
          expect(halfWidth(by(confidence + 0.01))).toBeGreaterThanOrEqual(halfWidth(by(confidence)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has its sum in the middle, and widens with confidence', () => {
    const drawn = [{ forecast: flat(10), slots: [1, 2, 3], kwhPerSlot: 0.5 }];
    const usual = carbonInterval(drawn);
    expect(usual).toMatchObject({ expected: 150, confidence: 0.9 });
    expect((usual.low + usual.high) / 2).toBeCloseTo(150, 10);
    expect(halfWidth(carbonInterval(drawn, 0.99))).toBeGreaterThan(halfWidth(usual));
  });

  it('takes errors of different forecasts as going the same way', () => {
    const [here, there] = [flat(10), flat(5)];
    const both = carbonInterval([
      { forecast: here, slots: [1], kwhPerSlot: 1 },
      { forecast: there, slots: [1], kwhPerSlot: 1 },
    ]);
    expect(halfWidth(both)).toBeCloseTo(Z90 * 15, 10);
  });

  it('refuses a half hour without a forecast', () => {
    const holed = { ...flat(10), corrected: new Float64Array(96).fill(Number.NaN) };
    expect(() => carbonInterval([{ forecast: holed, slots: [1], kwhPerSlot: 1 }])).toThrow(/slot 1/);
    expect(() => carbonInterval([{ forecast: flat(10), slots: [96], kwhPerSlot: 1 }])).toThrow(/slot 96/);
    expect(() => carbonInterval([], 1)).toThrow(RangeError);
  });

  it('holds no variance below 0, whatever errors were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constant(Number.NaN)), {
          minLength: 400,
          maxLength: 500,
        }),
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 96, maxLength: 96 }),
        (run, weights) => {
          for (const correlation of [errorCorrelation([Float64Array.from(run)]), USUAL_CORRELATION]) {
            let variance = 0;
            for (const [i, own] of weights.entries())
              for (const [k, other] of weights.entries())
                variance += own * other * (correlation[Math.abs(i - k)] ?? 0);
            expect(variance).toBeGreaterThanOrEqual(-1e-9);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the interval of a saving', () => {
  it('is nothing, surely, for a plan that starts at once', () => {
    const forecast = flat(10);
    const same = [{ forecast, slots: [0, 1, 2], kwhPerSlot: 1 }];
    expect(savingInterval({ chosen: same, atOnce: same })).toMatchObject({ expected: 0, low: 0, high: 0 });
  });

  it('is narrower where half hours are shared than where none is', () => {
    const forecast = flat(10);
    const atOnce = [{ forecast, slots: [0, 1, 2, 3], kwhPerSlot: 1 }];
    const width = (slots: readonly number[]): number =>
      halfWidth(savingInterval({ chosen: [{ forecast, slots, kwhPerSlot: 1 }], atOnce }));
    expect(width([2, 3, 4, 5])).toBeLessThan(width([60, 61, 62, 63]));
  });

  it('holds what comes about nine times in ten, of forecasts whose errors go together', () => {
    const start = new Date('2026-01-05T00:00:00Z');
    const days = 150;
    const history = historyOf(start, correlatedErrors(21, days * 48, 14, 0.74));
    let held = 0;
    let tried = 0;
    for (let day = 30; day + 1 < days; day += 1, tried += 1) {
      const first = day * 48;
      const at = addHalfHours(start, first);
      const forecast = correctForecast({
        forecast: history.slice(first, first + 48).map((past) => past.forecastGco2PerKwh),
        from: at,
        history: history.slice(first - 29 * 48, first),
        at,
      });
      const slots = [...forecast.corrected.keys()]
        .sort((a, b) => forecast.corrected[a]! - forecast.corrected[b]!)
        .slice(0, 8);
      const atOnce = [0, 1, 2, 3, 4, 5, 6, 7];
      const { low, high } = savingInterval({
        chosen: [{ forecast, slots, kwhPerSlot: 1 }],
        atOnce: [{ forecast, slots: atOnce, kwhPerSlot: 1 }],
      });
      const was = (own: readonly number[]): number => own.reduce((sum, i) => sum + waveAt(first + i), 0);
      const saved = was(atOnce) - was(slots);
      if (low <= saved && saved <= high) held += 1;
    }
    expect(held / tried).toBeGreaterThan(0.84);
    expect(held / tried).toBeLessThan(0.96);
  });
});

describe('surely below a cap', () => {
  it('asks for so many standard deviations, and never trusts what is absent', () => {
    const forecast = {
      corrected: Float64Array.of(80, 90, 100, Number.NaN),
      errorStd: Float64Array.of(10, 10, 10, Number.NaN),
    };
    expect(surelyBelow(forecast, 100, 0.95)).toEqual([true, false, false, false]);
    expect(surelyBelow(forecast, 100, 0.5)).toEqual([true, true, true, false]);
    expect(() => surelyBelow(forecast, 100, 1)).toThrow(RangeError);
  });

  it('loses half hours as more confidence is asked for, and gains them with the cap', () => {
    const levels = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 20 });
    const confidences = fc.double({ min: 0.51, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(levels, confidences, fc.integer({ min: 0, max: 300 }), (values, confidence, cap) => {
        const forecast = {
          corrected: Float64Array.from(values),
          errorStd: new Float64Array(values.length).fill(12),
        };
        const chosen = surelyBelow(forecast, cap, confidence);
        const surer = surelyBelow(forecast, cap, confidence + 0.01);
        const higher = surelyBelow(forecast, cap + 1, confidence);
        expect(chosen.every((isBelow, i) => isBelow || !surer[i])).toBe(true);
        expect(chosen.every((isBelow, i) => !isBelow || higher[i])).toBe(true);
      }),
    );
  });

  it('is exceeded as rarely as it says, by errors of the size it was told', () => {
    const errors = correlatedErrors(4, 20_000, 12, 0);
    const [isBelow] = surelyBelow(
      { corrected: Float64Array.of(100), errorStd: Float64Array.of(12) },
      100 + 12 * Z90 + 1e-9,
      0.95,
    );
    expect(isBelow).toBe(true);
    const over = errors.filter((error) => 100 + error > 100 + 12 * Z90).length;
    expect(over / errors.length).toBeGreaterThan(0.045);
    expect(over / errors.length).toBeLessThan(0.055);
  });
});
