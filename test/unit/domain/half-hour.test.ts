import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HALF_HOUR_MS,
  addHalfHours,
  floorToHalfHour,
  halfHours,
  isHalfHour,
} from '../../../src/domain/half-hour.js';

const at = (text: string) => new Date(text);
const invalid = new Date(Number.NaN);
const instants = fc.date({ min: at('1900-01-01T00:00Z'), max: at('2100-01-01T00:00Z'), noInvalidDate: true });

describe('floorToHalfHour', () => {
  it('goes back to the start of the half hour', () => {
    expect(floorToHalfHour(at('2025-07-01T12:29:59.999Z'))).toEqual(at('2025-07-01T12:00Z'));
    expect(floorToHalfHour(at('2025-07-01T12:30Z'))).toEqual(at('2025-07-01T12:30Z'));
  });

  it('goes back, not towards 1970, before 1970', () => {
    expect(floorToHalfHour(at('1969-12-31T23:59Z'))).toEqual(at('1969-12-31T23:30Z'));
  });

  it('gives a start at or less than half an hour before, and leaves it there', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const start = floorToHalfHour(instant);
        const elapsedMs = instant.getTime() - start.getTime();
        expect(isHalfHour(start)).toBe(true);
        expect(elapsedMs >= 0 && elapsedMs < HALF_HOUR_MS).toBe(true);
        expect(floorToHalfHour(start)).toEqual(start);
      }),
    );
  });

  it('refuses an invalid date', () => {
    expect(() => floorToHalfHour(invalid)).toThrow(RangeError);
  });
});

describe('isHalfHour', () => {
  it.each([
    ['2025-07-01T12:00:00.000Z', true],
    ['2025-07-01T12:30:00.000Z', true],
    ['1969-12-31T23:30:00.000Z', true],
    ['2025-07-01T12:30:00.001Z', false],
    ['2025-07-01T12:15:00.000Z', false],
    ['never', false],
  ])('of %s is %s', (text, expected) => {
    expect(isHalfHour(at(text))).toBe(expected);
  });
});

describe('halfHours', () => {
  it('holds its start and not its end', () => {
    expect(halfHours(at('2025-07-01T23:30Z'), at('2025-07-02T00:30Z'))).toEqual([
      at('2025-07-01T23:30Z'),
      at('2025-07-02T00:00Z'),
    ]);
  });

  it('begins with the next start when asked from between two', () => {
    expect(halfHours(at('2025-07-01T12:01Z'), at('2025-07-01T13:01Z'))).toEqual([
      at('2025-07-01T12:30Z'),
      at('2025-07-01T13:00Z'),
    ]);
  });

  it('is empty when the span is empty or runs backwards', () => {
    expect(halfHours(at('2025-07-01T12:00Z'), at('2025-07-01T12:00Z'))).toEqual([]);
    expect(halfHours(at('2025-07-01T12:00Z'), at('2025-07-01T11:00Z'))).toEqual([]);
  });

  it('refuses an invalid date rather than answering with nothing', () => {
    expect(() => halfHours(invalid, at('2025-07-01T12:00Z'))).toThrow(RangeError);
    expect(() => halfHours(at('2025-07-01T12:00Z'), invalid)).toThrow(RangeError);
  });

  it('lists exactly the starts of the span, in order', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -3, max: 200 * 60 }), (from, minutes) => {
        const to = new Date(from.getTime() + minutes * 60_000);
        const expected: Date[] = [];
        for (let start = floorToHalfHour(from); start < to; start = addHalfHours(start, 1)) {
          if (start >= from) expected.push(start);
        }
        expect(halfHours(from, to)).toEqual(expected);
      }),
    );
  });

  it('joins without a seam wherever the span is cut', () => {
    fc.assert(
      fc.property(instants, fc.nat({ max: 5000 }), fc.nat({ max: 5000 }), (from, left, right) => {
        const cut = new Date(from.getTime() + left * 60_000);
        const to = new Date(cut.getTime() + right * 60_000);
        expect([...halfHours(from, cut), ...halfHours(cut, to)]).toEqual(halfHours(from, to));
      }),
    );
  });
});

describe('addHalfHours', () => {
  it('goes forward and back', () => {
    expect(addHalfHours(at('2025-07-01T23:30Z'), 2)).toEqual(at('2025-07-02T00:30Z'));
    expect(addHalfHours(at('2025-07-01T00:10Z'), -1)).toEqual(at('2025-06-30T23:40Z'));
  });

  it('is undone by its opposite, and leaves its argument alone', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -1e6, max: 1e6 }), (instant, n) => {
        const before = instant.getTime();
        expect(addHalfHours(addHalfHours(instant, n), -n).getTime()).toBe(before);
        expect(instant.getTime()).toBe(before);
      }),
    );
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s half hours', (n) => {
    expect(() => addHalfHours(at('2025-07-01T00:00Z'), n)).toThrow(RangeError);
  });

  it('refuses an invalid date and a sum beyond the calendar', () => {
    expect(() => addHalfHours(invalid, 1)).toThrow(RangeError);
    expect(() => addHalfHours(new Date(8.64e15), 1)).toThrow(/beyond the calendar/);
  });
});
