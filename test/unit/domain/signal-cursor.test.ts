import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../../../src/domain/cursor.js';
import { decodeSignalCursor, encodeSignalCursor } from '../../../src/domain/signal-cursor.js';

const HALF_HOUR_MS = 1_800_000;
const from = new Date('2025-07-01T00:30Z');
const wrap = (text: string) => Buffer.from(text, 'latin1').toString('base64url');
const positions = fc.record({
  from: fc
    .integer({ min: Date.parse('0001-01-01') / HALF_HOUR_MS, max: Date.parse('9999-12-31') / HALF_HOUR_MS })
    .map((n) => new Date(n * HALF_HOUR_MS)),
  regionId: fc.integer({ min: 1, max: 32_767 }),
});

describe('encodeSignalCursor', () => {
  it('stays what it was when cursors were handed out', () => {
    expect(encodeSignalCursor({ from, regionId: 13 })).toBe(wrap('s1.2025-07-01T00:30Z.13'));
    expect(encodeSignalCursor({ from, regionId: 13 })).toBe('czEuMjAyNS0wNy0wMVQwMDozMFouMTM');
  });

  it.each([0, -1, 1.5, 32_768, Number.NaN])('refuses region %s', (regionId) => {
    expect(() => encodeSignalCursor({ from, regionId })).toThrow(RangeError);
  });

  it.each([
    '2025-07-01T00:31Z',
    '2025-07-01T00:30:00.001Z',
    '+010000-01-01T00:00Z',
    '0000-12-31T23:30Z',
    'never',
  ])('refuses a start at %s', (text) => {
    expect(() => encodeSignalCursor({ from: new Date(text), regionId: 13 })).toThrow(RangeError);
  });
});

describe('decodeSignalCursor', () => {
  it.each([
    ['nothing', ''],
    ['another version', wrap('s2.2025-07-01T00:30Z.13')],
    ['no version', wrap('2025-07-01T00:30Z.13')],
    ['a minute that starts no half hour', wrap('s1.2025-07-01T00:31Z.13')],
    ['a day that does not exist', wrap('s1.2025-02-30T00:30Z.13')],
    ['hour 24', wrap('s1.2025-07-01T24:00Z.13')],
    ['seconds', wrap('s1.2025-07-01T00:30:00Z.13')],
    ['year 0', wrap('s1.0000-07-01T00:30Z.13')],
    ['region 0', wrap('s1.2025-07-01T00:30Z.0')],
    ['a negative region', wrap('s1.2025-07-01T00:30Z.-1')],
    ['a leading zero', wrap('s1.2025-07-01T00:30Z.013')],
    ['a region beyond a smallint', wrap('s1.2025-07-01T00:30Z.32768')],
    ['an over-long region', wrap('s1.2025-07-01T00:30Z.131313')],
    ['no region', wrap('s1.2025-07-01T00:30Z.')],
    ['a fourth part', wrap('s1.2025-07-01T00:30Z.13.1')],
    ['a line end inside', wrap('s1.2025-07-01T00:30Z.13\n')],
    ['padding', 'czEuMjAyNS0wNy0wMVQwMDozMFouMTM='],
    ['trailing garbage', 'czEuMjAyNS0wNy0wMVQwMDozMFouMTM*'],
    ['spare bits set', 'czEuMjAyNS0wNy0wMVQwMDozMFouMTN'],
    ['the text unwrapped', 's1.2025-07-01T00:30Z.13'],
    ['a cursor of the event log', encodeCursor('00c0ffee', 42n)],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('is null for %s', (_, text) => {
    expect(decodeSignalCursor(text)).toBeNull();
  });

  it('reads back every position written', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(decodeSignalCursor(encodeSignalCursor(position))).toEqual(position);
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts only text that is written back the same, and never throws', () => {
    const edited = fc
      .tuple(positions, fc.nat({ max: 35 }), fc.nat({ max: 2 }), fc.string({ maxLength: 2 }))
      .map(([position, at, cut, patch]) => {
        const text = encodeSignalCursor(position);
        return text.slice(0, at) + patch + text.slice(at + cut);
      });
    const inside = fc
      .tuple(fc.nat({ max: 14 }), fc.nat({ max: 33 }), fc.nat({ max: 25 }), fc.constantFrom('00', '30', '31'))
      .map(([month, day, hour, minute]) => [
        ...[month, day, hour].map((n) => `${n}`.padStart(2, '0')),
        minute,
      ])
      .map(([month, day, hour, minute]) => wrap(`s1.2025-${month}-${day}T${hour}:${minute}Z.13`));
    const anything = fc
      .array(fc.nat({ max: 0xffff }), { maxLength: 50 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.oneof(edited, inside, anything, fc.base64String()), (text) => {
        const position = decodeSignalCursor(text);
        expect(position === null || encodeSignalCursor(position) === text).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
