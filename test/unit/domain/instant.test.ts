import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, formatMinute, parseMinute } from '../../../src/domain/instant.js';

const MINUTE_MS = 60_000;
const civilInstants = fc.date({
  min: new Date('0001-01-01T00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('formatMinute', () => {
  it('writes UTC to the minute', () => {
    expect(formatMinute(new Date('2023-11-06T12:30:00.000Z'))).toBe('2023-11-06T12:30Z');
  });

  it('drops seconds rather than rounding them', () => {
    expect(formatMinute(new Date('2023-12-31T23:59:59.999Z'))).toBe('2023-12-31T23:59Z');
    expect(formatMinute(new Date('1969-12-31T23:59:59.999Z'))).toBe('1969-12-31T23:59Z');
  });

  it.each([
    new Date(Number.NaN),
    new Date('0000-12-31T23:59Z'),
    new Date('+010000-01-01T00:00Z'),
    new Date(-8.64e15),
  ])('refuses an instant it has no form for (case %#)', (instant) => {
    expect(() => formatMinute(instant)).toThrow(RangeError);
  });
});

describe('parseMinute', () => {
  it.each(['2023-11-06T12:30Z', '2024-02-29T00:00Z', '0001-01-01T00:00Z', '9999-12-31T23:59Z'])(
    'reads %s',
    (text) => {
      expect(parseMinute(text)).toEqual(new Date(text.replace('Z', ':00.000Z')));
    },
  );

  it.each([
    ['30 February', '2023-02-30T12:30Z'],
    ['29 February of a common year', '2023-02-29T12:30Z'],
    ['29 February of a century that is no leap year', '1900-02-29T12:30Z'],
    ['31 April', '2023-04-31T00:00Z'],
    ['month 13', '2023-13-01T00:00Z'],
    ['month 0', '2023-00-01T00:00Z'],
    ['day 0', '2023-01-00T00:00Z'],
    ['hour 24', '2023-11-06T24:00Z'],
    ['minute 60', '2023-11-06T12:60Z'],
    ['year 0', '0000-01-01T00:00Z'],
  ])('refuses %s', (_, text) => {
    expect(parseMinute(text)).toBeNull();
  });

  it.each([
    '',
    '2023-11-06',
    '2023-11-06T12:30',
    '2023-11-06T12:30:00Z',
    '2023-11-06T12:30:00.000Z',
    '2023-11-06T12:30+00:00',
    '2023-11-06T12:30z',
    '2023-11-06t12:30Z',
    '2023-11-06 12:30Z',
    ' 2023-11-06T12:30Z',
    '2023-11-06T12:30Z ',
    '2023-11-06T12:30Z\n',
    '2023-11-06T1230Z',
    '23-11-06T12:30Z',
    '+002023-11-06T12:30Z',
    '２０２３-11-06T12:30Z',
  ])('refuses the form %j', (text) => {
    expect(parseMinute(text)).toBeNull();
  });

  it('reads back the minute of any instant written', () => {
    fc.assert(
      fc.property(civilInstants, (instant) => {
        const minute = new Date(Math.floor(instant.getTime() / MINUTE_MS) * MINUTE_MS);
        expect(parseMinute(formatMinute(instant))).toEqual(minute);
      }),
    );
  });

  it('accepts only text that is written back the same', () => {
    const digits = (length: number) =>
      fc.nat({ max: 10 ** length - 1 }).map((n) => `${n}`.padStart(length, '0'));
    const nearly = fc
      .tuple(digits(4), fc.nat({ max: 14 }), fc.nat({ max: 32 }), fc.nat({ max: 25 }), fc.nat({ max: 61 }))
      .map(([year, ...rest]) => [year, ...rest.map((n) => `${n}`.padStart(2, '0'))])
      .map(([year, month, day, hour, minute]) => `${year}-${month}-${day}T${hour}:${minute}Z`);
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string()), (text) => {
        const instant = parseMinute(text);
        expect(instant === null || formatMinute(instant) === text).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('epochMs', () => {
  it('refuses an invalid date', () => {
    expect(() => epochMs(new Date('yesterday'))).toThrow(RangeError);
  });
});
