import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { londonClockInstant, londonClockInstants } from '../../../src/domain/london-clock.js';

const instants = (date: string, minutes: number): string[] =>
  londonClockInstants(date, minutes).map((instant) => instant.toISOString());

/** What a clock in London shows, by the platform's own calendar. */
const shown = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  dateStyle: 'short',
  timeStyle: 'short',
  hourCycle: 'h23',
});

describe('a time that London clocks show', () => {
  it.each([
    ['2025-01-31', 0, ['2025-01-31T00:00:00.000Z']],
    ['2025-07-01', 30, ['2025-06-30T23:30:00.000Z']],
    ['2025-07-01', 1440, ['2025-07-01T23:00:00.000Z']],
    ['2025-03-30', 59, ['2025-03-30T00:59:00.000Z']],
    ['2025-03-30', 60, []],
    ['2025-03-30', 119, []],
    ['2025-03-30', 120, ['2025-03-30T01:00:00.000Z']],
    ['2025-03-30', 1440, ['2025-03-30T23:00:00.000Z']],
    ['2025-10-26', 0, ['2025-10-25T23:00:00.000Z']],
    ['2025-10-26', 59, ['2025-10-25T23:59:00.000Z']],
    ['2025-10-26', 60, ['2025-10-26T00:00:00.000Z', '2025-10-26T01:00:00.000Z']],
    ['2025-10-26', 119, ['2025-10-26T00:59:00.000Z', '2025-10-26T01:59:00.000Z']],
    ['2025-10-26', 120, ['2025-10-26T02:00:00.000Z']],
    ['2025-10-26', 1440, ['2025-10-27T00:00:00.000Z']],
  ])('%s, %i minutes after midnight', (date, minutes, expected) => {
    expect(instants(date, minutes)).toEqual(expected);
  });

  it('is what the clock then shows, on any day', () => {
    const days = fc.integer({ min: Date.UTC(1996, 0) / 86_400_000, max: Date.UTC(2060, 0) / 86_400_000 });
    fc.assert(
      fc.property(days, fc.nat({ max: 1439 }), (day, minutes) => {
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        for (const instant of londonClockInstants(date, minutes))
          expect(shown.format(instant)).toBe(`${date}, ${clock}`);
      }),
    );
  });

  it('is the first of two, and the change where clocks skip it', () => {
    expect(londonClockInstant('2025-10-26', 90)).toEqual(new Date('2025-10-26T00:30Z'));
    expect(londonClockInstant('2025-03-30', 90)).toEqual(new Date('2025-03-30T01:00Z'));
    expect(londonClockInstant('2025-03-30', 150)).toEqual(new Date('2025-03-30T01:30Z'));
  });

  it.each([
    ['2025-02-30', 0],
    ['30-03-2025', 0],
    ['2025-03-30', -1],
    ['2025-03-30', 1441],
    ['2025-03-30', 0.5],
  ])('is none: %s, %d', (date, minutes) => {
    expect(() => londonClockInstants(date, minutes)).toThrow(RangeError);
  });
});
