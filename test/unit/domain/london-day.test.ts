import { Temporal } from 'temporal-polyfill';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { londonDay } from '../../../src/domain/london-day.js';

const epochDay = (date: string) => Date.parse(date) / 86_400_000;

describe('londonDay', () => {
  afterEach(() => vi.restoreAllMocks());

  it('spans from midnight to midnight on London clocks', () => {
    expect(londonDay(epochDay('2025-10-26'))).toEqual({
      date: '2025-10-26',
      startMs: Date.parse('2025-10-25T23:00Z'),
      endMs: Date.parse('2025-10-27T00:00Z'),
      periods: 50,
    });
  });

  it('asks for one conversion a day when days are walked in order, and none again', () => {
    const conversions = vi.spyOn(Temporal.PlainDate.prototype, 'toZonedDateTime');
    const first = epochDay('2181-01-01'); // a year that no other test asks for
    const walk = () => Array.from({ length: 365 }, (_, n) => londonDay(first + n));

    walk();
    expect(conversions).toHaveBeenCalledTimes(366);
    walk();
    expect(conversions).toHaveBeenCalledTimes(366);
  });

  it('forgets days rather than keeping every day it was ever asked for', () => {
    const first = epochDay('2000-01-01');
    for (let n = 0; n <= 4096; n += 1) londonDay(first + n);

    const conversions = vi.spyOn(Temporal.PlainDate.prototype, 'toZonedDateTime');
    londonDay(first);
    expect(conversions).toHaveBeenCalled();
  });

  it.each([
    ['1847-12-01', 'the day London left its own mean time'],
    ['1800-06-01', 'a day on London mean time'],
    ['+010000-01-01', 'a date that has no four-digit year'],
  ])('refuses %s, %s', (date) => {
    expect(() => londonDay(epochDay(date))).toThrow(RangeError);
  });
});
