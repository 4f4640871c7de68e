import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  settlementPeriodOf,
  settlementPeriodStart,
  settlementPeriodsOn,
} from '../../../src/domain/settlement-period.js';

const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2015, 0, 1);
const LAST = Date.UTC(2035, 11, 31);

const isoDate = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const everyDate = Array.from({ length: (LAST - FIRST) / DAY_MS + 1 }, (_, n) => isoDate(FIRST + n * DAY_MS));
const dates = fc.constantFrom(...everyDate);
const instants = fc.date({ min: new Date(FIRST), max: new Date(LAST), noInvalidDate: true });

/** Clock changes by the rule of the Summer Time Order: no time zone data, no code of ours. Month counts from 0. */
function lastSunday(year: number, month: number): string {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return isoDate(last.getTime() - last.getUTCDay() * DAY_MS);
}

const londonCalendar = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

function londonDateByIntl(instant: Date): string {
  const parts = new Map(londonCalendar.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
}

describe('settlementPeriodStart', () => {
  it.each([
    ['a winter day', '2025-01-15', 1, '2025-01-15T00:00Z'],
    ['a winter day', '2025-01-15', 48, '2025-01-15T23:30Z'],
    ['a summer day', '2025-07-01', 1, '2025-06-30T23:00Z'],
    ['a summer day', '2025-07-01', 48, '2025-07-01T22:30Z'],
    ['clocks go forward', '2026-03-29', 1, '2026-03-29T00:00Z'],
    ['clocks go forward', '2026-03-29', 3, '2026-03-29T01:00Z'],
    ['clocks go forward', '2026-03-29', 46, '2026-03-29T22:30Z'],
    ['the day after', '2026-03-30', 1, '2026-03-29T23:00Z'],
    ['clocks go back', '2025-10-26', 1, '2025-10-25T23:00Z'],
    ['clocks go back', '2025-10-26', 3, '2025-10-26T00:00Z'],
    ['clocks go back', '2025-10-26', 5, '2025-10-26T01:00Z'],
    ['clocks go back', '2025-10-26', 50, '2025-10-26T23:30Z'],
    ['the day after', '2025-10-27', 1, '2025-10-27T00:00Z'],
    ['a leap day', '2024-02-29', 1, '2024-02-29T00:00Z'],
  ])('%s: %s period %i starts at %s, and back', (_, settlementDate, settlementPeriod, start) => {
    expect(settlementPeriodStart(settlementDate, settlementPeriod)).toEqual(new Date(start));
    expect(settlementPeriodOf(new Date(start))).toEqual({ settlementDate, settlementPeriod });
  });

  it.each([
    ['2026-03-29', 47, 46],
    ['2026-03-29', 48, 46],
    ['2025-07-01', 49, 48],
    ['2025-10-26', 51, 50],
    ['2025-07-01', 0, 48],
    ['2025-07-01', -1, 48],
    ['2025-07-01', 1.5, 48],
    ['2025-07-01', Number.NaN, 48],
  ])('names %s and its length when asked for period %d', (settlementDate, settlementPeriod, periods) => {
    const ask = () => settlementPeriodStart(settlementDate, settlementPeriod);
    expect(ask).toThrow(RangeError);
    expect(ask).toThrow(
      `${settlementDate} has ${periods} settlement periods, and none is ${settlementPeriod}`,
    );
  });

  it.each([
    '2025-02-29',
    '2025-02-30',
    '2025-04-31',
    '2025-13-01',
    '2025-00-10',
    '2025-01-00',
    '2025-1-1',
    '20250101',
    '2025-01-01T00:00Z',
    ' 2025-01-01',
    '2025-01-01\n',
    '+002025-01-01',
    '01-JAN-2024',
    '',
  ])('names %j as no calendar date', (text) => {
    expect(() => settlementPeriodStart(text, 1)).toThrow(new RangeError(`"${text}" is no calendar date`));
    expect(() => settlementPeriodsOn(text)).toThrow(new RangeError(`"${text}" is no calendar date`));
  });

  it('starts the periods of a day half an hour apart, and the next day where it ends', () => {
    fc.assert(
      fc.property(dates, (date) => {
        const starts = periodsOf(date).map((period) => settlementPeriodStart(date, period).getTime());
        const next = settlementPeriodStart(isoDate(Date.parse(date) + DAY_MS), 1).getTime();
        const gaps = [...starts.slice(1), next].map((ms, n) => ms - (starts[n] ?? Number.NaN));
        expect(new Set(gaps)).toEqual(new Set([HALF_HOUR_MS]));
      }),
    );
  });
});

describe('settlementPeriodOf', () => {
  it('is undone by settlementPeriodStart for every period of a day', () => {
    fc.assert(
      fc.property(dates, (settlementDate) => {
        for (const settlementPeriod of periodsOf(settlementDate)) {
          const start = settlementPeriodStart(settlementDate, settlementPeriod);
          expect(settlementPeriodOf(start)).toEqual({ settlementDate, settlementPeriod });
        }
      }),
    );
  });

  it('gives the period that holds an instant', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const { settlementDate, settlementPeriod } = settlementPeriodOf(instant);
        const elapsedMs =
          instant.getTime() - settlementPeriodStart(settlementDate, settlementPeriod).getTime();
        expect(elapsedMs >= 0 && elapsedMs < HALF_HOUR_MS).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the date a London calendar shows', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(settlementPeriodOf(instant).settlementDate).toBe(londonDateByIntl(instant));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['2026-03-28T22:00Z', '2025-10-25T21:00Z'])(
    'gives the date a London calendar shows, minute by minute over a clock change (from %s)',
    (text) => {
      const from = Date.parse(text);
      const minutes = Array.from({ length: 52 * 60 }, (_, n) => new Date(from + n * 60_000));
      const wrong = minutes.filter((at) => settlementPeriodOf(at).settlementDate !== londonDateByIntl(at));
      expect(wrong).toEqual([]);
    },
  );

  it('refuses an invalid date', () => {
    expect(() => settlementPeriodOf(new Date(Number.NaN))).toThrow(RangeError);
  });
});

describe('settlementPeriodsOn', () => {
  it('is 46 on the last Sunday of March, 50 on the last of October, else 48, from 2015 to 2035', () => {
    const years = Array.from({ length: 21 }, (_, n) => 2015 + n);
    const forward = new Set(years.map((year) => lastSunday(year, 2)));
    const back = new Set(years.map((year) => lastSunday(year, 9)));
    const expected = (date: string) => (forward.has(date) ? 46 : back.has(date) ? 50 : 48);

    expect(everyDate).toHaveLength(7670);
    expect([forward.has('2026-03-29'), back.has('2025-10-26')]).toEqual([true, true]);
    expect(everyDate.filter((date) => settlementPeriodsOn(date) !== expected(date))).toEqual([]);
  });

  it('adds up to the half hours between two dates', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: everyDate.length - 402 }),
        fc.integer({ min: 1, max: 400 }),
        (first, days) => {
          const span = everyDate.slice(first, first + days);
          const sum = span.reduce((total, date) => total + settlementPeriodsOn(date), 0);
          const [from, to] = [first, first + days].map((n) =>
            settlementPeriodStart(everyDate[n] ?? '', 1).getTime(),
          );
          expect(sum * HALF_HOUR_MS).toBe((to ?? 0) - (from ?? 0));
        },
      ),
    );
  });
});

function periodsOf(date: string): number[] {
  return Array.from({ length: settlementPeriodsOn(date) }, (_, n) => n + 1);
}
