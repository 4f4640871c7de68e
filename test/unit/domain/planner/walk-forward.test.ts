import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../../src/domain/half-hour.js';
import { correctForecast } from '../../../../src/domain/planner/forecast-correction.js';
import type { Job } from '../../../../src/domain/planner/job.js';
import { knownWindows } from '../../../../src/domain/planner/known-windows.js';
import { correctedForJobs } from '../../../../src/domain/planner/walk-forward.js';
import { correlatedErrors, historyOf, waveAt } from './made-up-forecasts.js';

const START = new Date('2026-01-05T00:00:00Z');
const SLOTS = 40 * 48;
const history = historyOf(START, correlatedErrors(31, SLOTS, 14, 0.7));
const forecast = Float64Array.from(history, (past) => past.forecastGco2PerKwh);
const outturn = Float64Array.from(history, (past) => past.outturnGco2PerKwh);
const job = (from: number, to: number): Job => ({ id: `${from}`, from, to, duration: 1, powerKw: 1 });

describe('a forecast corrected for jobs of the past', () => {
  it('is what correctForecast says at the midnight before the job', () => {
    const midnight = 32 * 48;
    const corrected = correctedForJobs({
      from: START,
      forecast,
      outturn,
      jobs: [job(midnight + 9, midnight + 96)],
    });
    const then = correctForecast({
      forecast: [...forecast],
      from: START,
      history,
      at: addHalfHours(START, midnight),
    });
    // The last half hours are smoothed with what lies beyond the window, which is corrected later.
    for (let slot = midnight + 9; slot < midnight + 90; slot += 1)
      expect(corrected[slot]).toBeCloseTo(then.corrected[slot]!, 9);
  });

  it('is not changed, in the window of a job, by outturns known after it was submitted', () => {
    const windows = fc.array(
      fc
        .record({ from: fc.nat(SLOTS - 200), length: fc.integer({ min: 1, max: 200 }) })
        .map(({ from, length }) => job(from, from + length)),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(windows, fc.integer({ min: 0, max: 400 }), (jobs, other) => {
        const before = correctedForJobs({ from: START, forecast, outturn, jobs });
        for (const { from, to } of jobs) {
          const changed = outturn.map((value, slot) => (slot + 2 >= from ? other : value));
          const after = correctedForJobs({ from: START, forecast, outturn: changed, jobs });
          expect(after.slice(from, to)).toEqual(before.slice(from, to));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('keeps holes, and learns nothing from them', () => {
    const holed = outturn.map((value, slot) => (slot % 5 === 0 ? Number.NaN : value));
    const missing = forecast.map((value, slot) => (slot === 1600 ? Number.NaN : value));
    const corrected = correctedForJobs({
      from: START,
      forecast: missing,
      outturn: holed,
      jobs: [job(1590, 1700)],
    });
    expect(corrected[1600]).toBeNaN();
    expect(Math.abs(corrected[1601]! - waveAt(1601))).toBeLessThan(60);
  });
});

describe('windows that are known', () => {
  it('are those that no series has a hole in; holes are then 0', () => {
    const jobs = [job(0, 3), job(2, 5), job(4, 6), job(3, 5)];
    const { able, unable, series } = knownWindows(jobs, [
      Float64Array.of(1, 2, 3, 4, 5, Number.NaN),
      Float64Array.of(1, 2, 3, Number.NaN, 5, 6),
    ]);
    expect([able, unable]).toEqual([[0], [1, 2, 3]]);
    expect(series.map((own) => [...own])).toEqual([
      [1, 2, 3, 4, 5, 0],
      [1, 2, 3, 0, 5, 6],
    ]);
  });
});
