import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clockOf,
  expectedPrices,
  medianOf,
  type HalfHourPrice,
} from '../../../../src/domain/derived/price-forecast.js';
import { halfHours } from '../../../../src/domain/half-hour.js';
import { settlementPeriodStart } from '../../../../src/domain/settlement-period.js';

const TUESDAY = '2026-03-10';
const NOW = new Date(`${TUESDAY}T08:00:00Z`);
/** Half past twelve. */
const LUNCH = 26;
const lunchOf = (date: string): Date => settlementPeriodStart(date, LUNCH);
const said = (prices: Readonly<Record<string, number>>): HalfHourPrice[] =>
  Object.entries(prices).map(([date, gbpPerMwh]) => ({ from: lunchOf(date), gbpPerMwh }));

const WORKING_DAYS = {
  '2026-03-09': 10,
  '2026-03-06': 20,
  '2026-03-05': 30,
  '2026-03-04': 40,
  '2026-03-03': 50,
  '2026-03-02': 60,
  '2026-02-27': 70,
  '2026-02-26': 5_000,
};

describe('the expected price', () => {
  it('is the median of the last seven like days, and its error their mean distance from it', () => {
    expect(expectedPrices(said(WORKING_DAYS), NOW, [lunchOf(TUESDAY)])).toEqual([
      { from: lunchOf(TUESDAY), gbpPerMwh: 40, expectedErrorGbpPerMwh: 17.14 },
    ]);
  });

  it('takes weekends from weekends', () => {
    const history = said({ ...WORKING_DAYS, '2026-03-08': -5, '2026-03-07': -7, '2026-03-01': 1 });
    expect(expectedPrices(history, NOW, [lunchOf('2026-03-14')])).toMatchObject([{ gbpPerMwh: -5 }]);
  });

  it('is none with fewer than three like days', () => {
    const { '2026-03-09': a, '2026-03-06': b } = WORKING_DAYS;
    expect(expectedPrices(said({ '2026-03-09': a, '2026-03-06': b }), NOW, [lunchOf(TUESDAY)])).toEqual([]);
  });

  it('never looks at today or later', () => {
    const history = said({ ...WORKING_DAYS, [TUESDAY]: 999, '2026-03-11': 999 });
    expect(expectedPrices(history, NOW, [lunchOf('2026-03-11')])).toMatchObject([{ gbpPerMwh: 40 }]);
  });

  it('is the same whatever the order of the history', () => {
    const history = said(WORKING_DAYS);
    const expected = expectedPrices(history, NOW, [lunchOf(TUESDAY)]);
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: history.length }), (shuffled) => {
        expect(expectedPrices(shuffled, NOW, [lunchOf(TUESDAY)])).toEqual(expected);
      }),
    );
  });

  it.each([
    ['clocks go forward', '2026-03-29T00:30:00Z', 2],
    ['clocks go forward', '2026-03-29T01:00:00Z', 5],
    ['clocks go forward', '2026-03-29T22:30:00Z', 48],
    ['clocks go back', '2026-10-25T00:30:00Z', 4],
    ['clocks go back', '2026-10-25T01:00:00Z', 3],
    ['clocks go back', '2026-10-25T23:30:00Z', 48],
    ['summer', '2026-07-01T11:00:00Z', 25],
  ])('reads the clock in London: %s, %s', (_name, instant, clock) => {
    expect(clockOf(new Date(instant)).clock).toBe(clock);
  });

  it('reads a clock of 48 half hours on every day', () => {
    for (const from of halfHours(new Date('2026-03-28T00:00Z'), new Date('2026-03-31T00:00Z')))
      expect(clockOf(from).clock).toBe(
        Number(
          new Intl.DateTimeFormat('en-GB', {
            timeZone: 'Europe/London',
            hour: '2-digit',
            hourCycle: 'h23',
          }).format(from),
        ) *
          2 +
          (from.getUTCMinutes() === 0 ? 1 : 2),
      );
  });

  it('finds the middle', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const median = medianOf(values);
        expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});
