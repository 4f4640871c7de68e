import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datedInterval } from '../../../src/beckn/dated-interval.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STATED = new Date('2026-03-02T06:30:00Z');

const spanOf = (start: unknown, end: unknown, statedAt = STATED): string => {
  const interval = datedInterval(start, end, statedAt);
  return 'fault' in interval
    ? interval.fault
    : `${interval.from.toISOString().slice(0, 16)} ${interval.to.toISOString().slice(0, 16)}`;
};

describe('a dated interval', () => {
  it.each([
    ['10:00:00Z', '14:00:00Z', '2026-03-02T10:00 2026-03-02T14:00'],
    ['10:00Z', '14:00Z', '2026-03-02T10:00 2026-03-02T14:00'],
    ['22:00:00Z', '06:00:00Z', '2026-03-02T22:00 2026-03-03T06:00'],
    ['00:00:00Z', '24:00:00Z', '2026-03-02T00:00 2026-03-03T00:00'],
    ['00:00:00Z', '00:00:00Z', '2026-03-02T00:00 2026-03-03T00:00'],
    ['23:59:59.999Z', '00:00:00Z', '2026-03-02T23:59 2026-03-03T00:00'],
    ['10:00:00+01:00', '14:00:00+01:00', '2026-03-02T09:00 2026-03-02T13:00'],
    ['00:30:00+01:00', '01:30:00+01:00', '2026-03-01T23:30 2026-03-02T00:30'],
    ['00:10:00Z', '23:00:00-05:00', '2026-03-02T00:10 2026-03-02T04:00'],
    ['2026-03-05T10:00:00Z', '2026-03-06T02:00:00Z', '2026-03-05T10:00 2026-03-06T02:00'],
    ['2026-03-05T22:00:00Z', '06:00:00Z', '2026-03-05T22:00 2026-03-06T06:00'],
    ['2026-03-05T12:00:00+02:00', '11:00:00Z', '2026-03-05T10:00 2026-03-05T11:00'],
  ])('from %s to %s is %s', (start, end, span) => {
    expect(spanOf(start, end)).toBe(span);
  });

  it.each([
    ['10:00:00', '14:00:00', 'start "10:00:00" is neither an instant nor a time of day with its offset'],
    ['noon', '14:00:00Z', 'start "noon" is neither an instant nor a time of day with its offset'],
    ['24:00:01Z', '14:00:00Z', 'start "24:00:01Z" is neither an instant nor a time of day with its offset'],
    ['10:60:00Z', '14:00:00Z', 'start "10:60:00Z" is neither an instant nor a time of day with its offset'],
    [
      '10:00:00+99:99',
      '14:00:00Z',
      'start "10:00:00+99:99" is neither an instant nor a time of day with its offset',
    ],
    ['10:00:00Z', undefined, 'end nothing is neither an instant nor a time of day with its offset'],
    ['10:00:00Z', 14, 'end 14 is neither an instant nor a time of day with its offset'],
    [['10:00:00Z'], '14:00:00Z', 'start a list is neither an instant nor a time of day with its offset'],
    [
      '2026-02-30T10:00:00Z',
      '14:00:00Z',
      'start "2026-02-30T10:00:00Z" is neither an instant nor a time of day with its offset',
    ],
    [
      '2026-03-05T10:00:00Z',
      '2026-03-05T10:00:00Z',
      '2026-03-05T10:00:00.000Z to 2026-03-05T10:00:00.000Z ends before it begins',
    ],
    [
      '2026-03-05T10:00:00Z',
      '2026-05-05T10:00:00Z',
      '2026-03-05T10:00:00.000Z to 2026-05-05T10:00:00.000Z is longer than 31 days',
    ],
    [
      '9999-12-30T10:00:00Z',
      '14:00:00Z',
      '9999-12-30T10:00:00.000Z to 9999-12-30T14:00:00.000Z is more than a year from 2026-03-02T06:30:00.000Z, when it was stated',
    ],
  ])('is refused from %j to %j', (start, end, fault) => {
    expect(spanOf(start, end)).toBe(fault);
  });

  /** A time of day of UTC, whole minutes. */
  const time = fc.nat(24 * 60 - 1);
  const textOf = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00Z`;
  /** Instants of a few years: leap days, and both changes of London's clocks, come up often. */
  const stated = fc.oneof(
    fc.date({ min: new Date('2023-12-30T00:00Z'), max: new Date('2027-01-02T00:00Z'), noInvalidDate: true }),
    fc
      .constantFrom('2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25', '2024-02-28', '2024-02-29')
      .chain((day) => fc.nat(DAY_MS - 1).map((ms) => new Date(Date.parse(day) + ms))),
  );

  it('of times begins on the UTC day of the message, ends within the next 24 hours, and keeps both times of day', () => {
    fc.assert(
      fc.property(time, time, stated, (start, end, statedAt) => {
        const interval = datedInterval(textOf(start), textOf(end), statedAt);
        if ('fault' in interval) throw new Error(interval.fault);
        const { from, to } = interval;
        expect(from.toISOString().slice(0, 10)).toBe(statedAt.toISOString().slice(0, 10));
        expect(from.toISOString().slice(11, 19)).toBe(textOf(start).slice(0, 8));
        expect(to.toISOString().slice(11, 19)).toBe(textOf(end).slice(0, 8));
        const length = to.getTime() - from.getTime();
        expect(length).toBe(((end - start + 24 * 60 - 1) % (24 * 60)) * 60_000 + 60_000);
        expect(length > 0 && length <= DAY_MS).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('says the same whether its ends are written with a date or without', () => {
    fc.assert(
      fc.property(time, time, stated, (start, end, statedAt) => {
        const bare = datedInterval(textOf(start), textOf(end), statedAt);
        if ('fault' in bare) throw new Error(bare.fault);
        expect(datedInterval(bare.from.toISOString(), bare.to.toISOString(), statedAt)).toEqual(bare);
        expect(datedInterval(bare.from.toISOString(), textOf(end), statedAt)).toEqual(bare);
      }),
      { numRuns: 200 },
    );
  });

  it('never depends on the zone in which a time is written, only on the instant that it means', () => {
    fc.assert(
      fc.property(time, time, stated, fc.integer({ min: -12, max: 14 }), (start, end, statedAt, zone) => {
        const offset = `${zone < 0 ? '-' : '+'}${String(Math.abs(zone)).padStart(2, '0')}:00`;
        const interval = datedInterval(
          textOf(start).replace('Z', offset),
          textOf(end).replace('Z', offset),
          statedAt,
        );
        if ('fault' in interval) throw new Error(interval.fault);
        const length = interval.to.getTime() - interval.from.getTime();
        expect(length > 0 && length <= DAY_MS).toBe(true);
        const local = (instant: Date): string =>
          new Date(instant.getTime() + zone * HOUR_MS).toISOString().slice(11, 19);
        expect([local(interval.from), local(interval.to)]).toEqual([
          textOf(start).slice(0, 8),
          textOf(end).slice(0, 8),
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it('is never made of anything else, and nothing makes it throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (start, end) => {
        const interval = datedInterval(start, end, STATED);
        if (!('fault' in interval)) expect(interval.from < interval.to).toBe(true);
      }),
    );
  });
});
