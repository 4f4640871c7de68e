import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../../src/domain/half-hour.js';
import { correctForecast, type PastForecast } from '../../../../src/domain/planner/forecast-correction.js';
import { smoothed } from '../../../../src/domain/planner/gaussian-smoothing.js';
import { SMOOTHING_HALF_HOURS } from '../../../../src/domain/planner/remaining-errors.js';
import { regionalForecast } from '../../../../src/domain/planner/regional-forecast.js';
import { correlatedErrors, historyOf, waveAt } from './made-up-forecasts.js';

const DAYS = 30;
const START = new Date('2026-01-05T00:00:00Z');
const AT = addHalfHours(START, DAYS * 48);
const forecast = Array.from({ length: 96 }, (_, i) => waveAt(DAYS * 48 + i));
const meanOf = (values: Iterable<number>): number => {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
};
const plain = ({
  corrected,
  errorStd,
  errorCorrelation,
}: ReturnType<typeof correctForecast>): readonly number[][] => [
  [...corrected],
  [...errorStd],
  [...errorCorrelation],
];

describe('a corrected forecast', () => {
  it('is the forecast smoothed where nothing was ever wrong', () => {
    const history = historyOf(START, new Float64Array(DAYS * 48));
    const { corrected, errorStd } = correctForecast({ forecast, from: AT, history, at: AT });
    expect([...corrected]).toEqual([...smoothed(Float64Array.from(forecast), SMOOTHING_HALF_HOURS)]);
    expect(Math.max(...errorStd)).toBeLessThan(3);
  });

  it('loses a bias by half hour of the day, all but the share that seven days without any would have', () => {
    const biasAt = (slot: number): number => 10 * Math.cos((slot / 48) * 2 * Math.PI) + 5;
    const history = historyOf(
      START,
      Float64Array.from({ length: DAYS * 48 }, (_, slot) => biasAt(slot)),
    );
    const biased = forecast.map((value, i) => value + biasAt(i));
    const { corrected } = correctForecast({ forecast: biased, from: AT, history, at: AT });
    const right = smoothed(Float64Array.from(forecast), SMOOTHING_HALF_HOURS);
    const left = smoothed(
      Float64Array.from(forecast, (_, i) => biasAt(i) * (7 / 35)),
      SMOOTHING_HALF_HOURS,
    );
    for (const [i, value] of corrected.entries()) expect(value).toBeCloseTo(right[i]! + left[i]!, 0);
  });

  it('follows London clocks: a bias at eight in the evening is still there after they change', () => {
    const start = new Date('2026-03-01T00:00:00Z');
    const change = new Date('2026-03-29T01:00:00Z');
    const history = Array.from({ length: 28 * 48 }, (_, i): PastForecast => {
      const from = addHalfHours(start, i);
      const isEight = from.getUTCHours() === 20 && from.getUTCMinutes() === 0;
      return { from, forecastGco2PerKwh: isEight ? 150 : 100, outturnGco2PerKwh: 100 };
    });
    const day = { forecast: Array.from({ length: 48 }, () => 100), from: addHalfHours(change, 46), history };
    const { corrected } = correctForecast({ ...day, at: addHalfHours(change, 46) });
    // 20:00 in London is then 19:00Z: 38 half hours after midnight, UTC.
    expect(corrected.indexOf(Math.min(...corrected))).toBe(38);
  });

  it('changes by nothing that was not known before the choice', () => {
    const known = historyOf(START, correlatedErrors(5, DAYS * 48, 14, 0.7));
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: DAYS * 48 - 1 }),
        fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 40 }),
        (moment, others) => {
          const at = addHalfHours(START, moment);
          const from = at;
          const changed = known.map((past, slot) =>
            slot + 2 >= moment ? { ...past, outturnGco2PerKwh: others[slot % others.length]! } : past,
          );
          expect(plain(correctForecast({ forecast, from, history: changed, at }))).toEqual(
            plain(correctForecast({ forecast, from, history: known, at })),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it('takes an outturn that was late as unknown until then', () => {
    const late = historyOf(START, new Float64Array(DAYS * 48).fill(20)).map((past) => ({
      ...past,
      knownAt: AT,
    }));
    const without = correctForecast({ forecast, from: AT, history: [], at: AT });
    expect(plain(correctForecast({ forecast, from: AT, history: late, at: AT }))).toEqual(plain(without));
  });

  it('does not depend on the order of the history, to the last bit', () => {
    const history = historyOf(START, correlatedErrors(6, DAYS * 48, 14, 0.7));
    const stirred = [...history].sort((a, b) => a.forecastGco2PerKwh - b.forecastGco2PerKwh);
    expect(plain(correctForecast({ forecast, from: AT, history: stirred, at: AT }))).toEqual(
      plain(correctForecast({ forecast, from: AT, history, at: AT })),
    );
  });

  it('tells the bias of far half hours from that of near ones where issue times are known', () => {
    // Issued every day at midnight for two days: right for the first, 20 too high for the second.
    const history = Array.from({ length: 28 }, (_, day) => addHalfHours(START, (day + 1) * 48)).flatMap(
      (issuedAt) =>
        Array.from({ length: 96 }, (_, i): PastForecast => {
          const from = addHalfHours(issuedAt, i);
          const outturn = waveAt((from.getTime() - START.getTime()) / 1_800_000);
          return {
            from,
            issuedAt,
            forecastGco2PerKwh: outturn + (i < 48 ? 0 : 20),
            outturnGco2PerKwh: outturn,
          };
        }),
    );
    const given = { forecast, from: AT, history, at: AT };
    const off = (issuedAt?: Date): [number, number] => {
      const { corrected } = correctForecast({ ...given, ...(issuedAt ? { issuedAt } : {}) });
      const removed = forecast.map((value, i) => value - corrected[i]!);
      return [meanOf(removed.slice(0, 36)), meanOf(removed.slice(60))];
    };
    const [near, far] = off(AT);
    expect(near).toBeLessThan(4);
    expect(far).toBeGreaterThan(14);
    const [alike, same] = off();
    expect(Math.abs(alike - same)).toBeLessThan(2);
  });

  it('measures what is left: its size, and how it hangs together', () => {
    const history = historyOf(START, correlatedErrors(7, DAYS * 48, 12, 0.85));
    const { errorStd, errorCorrelation, learnedFrom } = correctForecast({
      forecast,
      from: AT,
      history,
      at: AT,
    });
    expect(learnedFrom).toBe(28 * 48 - 2);
    expect(meanOf(errorStd)).toBeGreaterThan(8);
    expect(meanOf(errorStd)).toBeLessThan(13);
    expect(errorCorrelation[0]).toBe(1);
    expect(errorCorrelation[1]).toBeGreaterThan(0.8);
    expect(Math.abs(errorCorrelation[24]!)).toBeLessThan(0.25);
  });

  it('expects the errors of 2023 before there is any history', () => {
    const { errorStd, errorCorrelation, learnedFrom } = correctForecast({
      forecast,
      from: AT,
      history: [],
      at: AT,
    });
    expect(learnedFrom).toBe(0);
    expect(new Set(errorStd)).toEqual(new Set([14.3]));
    expect([1, 2, 4, 8].map((lag) => errorCorrelation[lag])).toEqual([0.74, 0.53, 0.3, 0.12]);
  });

  it('is not thrown by outturns that cannot be', () => {
    const history = historyOf(START, new Float64Array(DAYS * 48)).map((past, slot) =>
      slot === 20 * 48 ? { ...past, outturnGco2PerKwh: 0 } : past,
    );
    const { corrected } = correctForecast({ forecast, from: AT, history, at: AT });
    expect(Math.abs(corrected[0]! - forecast[0]!)).toBeLessThan(3);
  });

  it('keeps what is absent absent, and never falls below 0', () => {
    const history = historyOf(START, new Float64Array(DAYS * 48).fill(30));
    const holed = [null, 10, 0, 5, null];
    const { corrected, errorStd } = correctForecast({ forecast: holed, from: AT, history, at: AT });
    expect([...corrected]).toEqual([Number.NaN, 0, 0, 0, Number.NaN]);
    expect([...errorStd].map(Number.isNaN)).toEqual([true, false, false, false, true]);
  });

  it('refuses numbers and dates that are none', () => {
    const given = { forecast, from: AT, at: AT };
    const bad = [{ from: START, forecastGco2PerKwh: Number.NaN, outturnGco2PerKwh: 1 }];
    expect(() => correctForecast({ ...given, history: bad })).toThrow(RangeError);
    expect(() => correctForecast({ ...given, history: [], at: new Date(Number.NaN) })).toThrow(RangeError);
  });
});

describe("a region's forecast", () => {
  it('is left as it is, and as uncertain as the national one is, by its share', () => {
    const history = historyOf(START, correlatedErrors(8, DAYS * 48, 18, 0.7));
    const national = correctForecast({ forecast, from: AT, history, at: AT });
    const { corrected, errorStd, errorCorrelation } = regionalForecast([0, 100, null, 300], national);
    expect([...corrected]).toEqual([0, 100, Number.NaN, 300]);
    expect(errorStd[0]).toBe(0);
    expect(errorStd[3]! / errorStd[1]!).toBeCloseTo(3, 10);
    expect(errorStd[1]! / 100).toBeGreaterThan(0.05);
    expect(errorStd[1]! / 100).toBeLessThan(0.12);
    expect(errorCorrelation).toBe(national.errorCorrelation);
  });
});

describe('smoothing', () => {
  it('leaves slopes alone to their ends and beside holes, and keeps the sum of what is far from both', () => {
    const slope = Float64Array.from({ length: 20 }, (_, i) => (i === 7 ? Number.NaN : 3 * i));
    for (const [i, value] of smoothed(slope, 2).entries())
      if (i === 7) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(slope[i]!, 10);
    const spike = new Float64Array(41);
    spike[20] = 1;
    const spread = smoothed(spike, 2);
    expect(spread.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(spread[20]! / spread[22]!).toBeCloseTo(Math.exp(0.5), 12);
    expect(smoothed(spike, 0)).toEqual(spike);
    expect(() => smoothed(spike, -1)).toThrow(RangeError);
  });
});
