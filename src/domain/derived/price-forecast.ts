import { settlementPeriodOf, settlementPeriodsOn } from '../settlement-period.js';

/**
 * Formula and version of the expected price. Version 1: the median of the market index over the same half hour, by the
 * clock in London, of the last seven like days; like are working days (Monday to Friday) to each other, and days of the
 * weekend. Its error is the mean distance of those prices from their median. docs/formulas.md says why.
 */
export const PRICE_FORMULA = 'like-days-median/1';

const LIKE_DAYS = 7;
/** With fewer, no price is expected: one or two days are no pattern. */
const LEAST_LIKE_DAYS = 3;
/** Days looked back over: seven days of weekends, and a hole. */
export const PRICE_HISTORY_DAYS = 35;
const DAY_MS = 24 * 3_600_000;

export interface HalfHourPrice {
  readonly from: Date;
  readonly gbpPerMwh: number;
}

export interface ExpectedPrice extends HalfHourPrice {
  readonly expectedErrorGbpPerMwh: number;
}

/** Expected prices of those half hours for which enough like days are known, in their order. */
export function expectedPrices(
  history: readonly HalfHourPrice[],
  now: Date,
  halfHours: readonly Date[],
): ExpectedPrice[] {
  const today = settlementPeriodOf(now).settlementDate;
  const byClock = new Map<string, number>();
  for (const { from, gbpPerMwh } of history) {
    const { date, clock } = clockOf(from);
    const key = `${date} ${clock}`;
    if (!byClock.has(key)) byClock.set(key, gbpPerMwh); // where a clock hour comes twice, the first
  }
  return halfHours.flatMap((from) => {
    const { date, clock } = clockOf(from);
    const prices = likeDaysBefore(today, date)
      .flatMap((day) => byClock.get(`${day} ${clock}`) ?? [])
      .slice(0, LIKE_DAYS);
    if (prices.length < LEAST_LIKE_DAYS) return [];
    const median = medianOf(prices);
    const error = prices.reduce((sum, price) => sum + Math.abs(price - median), 0) / prices.length;
    return [{ from, gbpPerMwh: pence(median), expectedErrorGbpPerMwh: pence(error) }];
  });
}

const isWeekend = (date: string): boolean => [0, 6].includes(new Date(date).getUTCDay());

/** Days before `today` that are like `date`, newest first. */
function likeDaysBefore(today: string, date: string): string[] {
  const days = Array.from({ length: PRICE_HISTORY_DAYS }, (_, i) =>
    new Date(Date.parse(today) - (i + 1) * DAY_MS).toISOString().slice(0, 10),
  );
  return days.filter((day) => isWeekend(day) === isWeekend(date));
}

/** Date and number of the half hour by the clock in London, 1 to 48, which the days of a clock change skip or repeat. */
export function clockOf(from: Date): { readonly date: string; readonly clock: number } {
  const { settlementDate: date, settlementPeriod: period } = settlementPeriodOf(from);
  const periods = settlementPeriodsOn(date);
  if (periods === 46) return { date, clock: period > 2 ? period + 2 : period };
  if (periods === 50) return { date, clock: period > 4 ? period - 2 : period };
  return { date, clock: period };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

const pence = (gbp: number): number => Math.round(gbp * 100) / 100;
