import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../../src/domain/half-hour.js';
import { learnErrors, type PastForecast } from '../../../../src/domain/planner/forecast-correction.js';
import { EVIDENCE_DAYS, errorsKnownBefore } from '../../../../src/domain/planner/known-errors.js';
import { remainingErrors } from '../../../../src/domain/planner/remaining-errors.js';
import { correlatedErrors, historyOf } from './made-up-forecasts.js';

const START = new Date('2026-01-05T00:00:00Z');
const AT = addHalfHours(START, EVIDENCE_DAYS * 48);
const WEEK = 7 * 48;
/** The half hour of the history at which the last four weeks begin. */
const RECENT = 4 * WEEK;

const leftOf = (history: readonly PastForecast[]) =>
  remainingErrors(errorsKnownBefore(AT, history), AT).ofPast.map(({ remainder }) => remainder);
const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

describe('what a correction left wrong', () => {
  it('is nothing where the bias stays what it was, but for what seven days without any take from it', () => {
    const left = leftOf(historyOf(START, new Float64Array(EVIDENCE_DAYS * 48).fill(14)));
    expect(left).toHaveLength(4 * WEEK - 2);
    // Smoothing bends the tops of the wave by two grams.
    for (const remainder of left) expect(Math.abs(remainder - (14 * 7) / 35)).toBeLessThan(2.2);
  });

  it('is all of a bias that was not there before, which on the days it was learned from would hide', () => {
    const errors = new Float64Array(EVIDENCE_DAYS * 48).fill(14, RECENT);
    const left = leftOf(historyOf(START, errors));
    expect(rootMeanSquare(left.slice(0, WEEK - 6))).toBeCloseTo(14, 0);
    expect(rootMeanSquare(left.slice(-WEEK + 6))).toBeLessThan(10);
  });

  it('takes no outturn into account that was not known when its week began', () => {
    const errors = correlatedErrors(8, EVIDENCE_DAYS * 48, 14, 0.8);
    const before = leftOf(historyOf(START, errors));
    const changed = fc.integer({ min: RECENT, max: EVIDENCE_DAYS * 48 - 3 });
    fc.assert(
      fc.property(changed, fc.integer({ min: 0, max: 500 }), (slot, outturnGco2PerKwh) => {
        const history = historyOf(START, errors).map((past, i) =>
          i === slot ? { ...past, outturnGco2PerKwh } : past,
        );
        const after = leftOf(history);
        const nextWeek = RECENT + (Math.floor((slot - RECENT) / WEEK) + 1) * WEEK;
        const isMeant = (_: number, i: number): boolean => {
          const own = RECENT + i;
          // Smoothing reaches six half hours back over the week's end.
          return own !== slot && own < nextWeek - 6;
        };
        expect(after.filter(isMeant)).toEqual(before.filter(isMeant));
      }),
      { numRuns: 25 },
    );
  });

  it('finds how errors drift for days, which the next hours do not tell', () => {
    const drift = correlatedErrors(9, EVIDENCE_DAYS * 48, 10, 0.995);
    const noise = correlatedErrors(10, EVIDENCE_DAYS * 48, 10, 0.6);
    const together = (errors: Float64Array) => learnErrors(historyOf(START, errors), AT).correlation[48]!;
    expect(together(noise.map((error, i) => error + drift[i]!))).toBeGreaterThan(0.2);
    expect(Math.abs(together(noise))).toBeLessThan(0.15);
  });
});
