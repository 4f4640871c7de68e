import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/domain/cursor.js';
import { encodeSignalCursor } from '../../../src/domain/signal-cursor.js';

const MAX_SEQUENCE = 2n ** 63n - 1n;
const logIds = fc.integer({ min: 0, max: 0xffffffff }).map((n) => n.toString(16).padStart(8, '0'));
const sequences = fc.bigInt({ min: 0n, max: MAX_SEQUENCE });
const wrap = (text: string) => Buffer.from(text, 'latin1').toString('base64url');

describe('encodeCursor', () => {
  it('stays what it was when cursors were handed out', () => {
    expect(encodeCursor('00c0ffee', 42n)).toBe(wrap('1.00c0ffee.42'));
    expect(encodeCursor('00c0ffee', 42n)).toBe('MS4wMGMwZmZlZS40Mg');
  });

  it.each(['', 'c0ffee', '00C0FFEE', '00c0ffeg', '00c0ffee0', '00c0ffee\n'])(
    'refuses the log id %j',
    (logId) => {
      expect(() => encodeCursor(logId, 1n)).toThrow(RangeError);
    },
  );

  it.each([-1n, MAX_SEQUENCE + 1n])('refuses the sequence %s', (sequence) => {
    expect(() => encodeCursor('00c0ffee', sequence)).toThrow(RangeError);
  });
});

describe('decodeCursor', () => {
  it.each([0n, 1n, 2n ** 53n + 1n, MAX_SEQUENCE])('reads back sequence %s', (sequence) => {
    expect(decodeCursor(encodeCursor('00c0ffee', sequence))).toEqual({ logId: '00c0ffee', sequence });
  });

  it.each([
    ['nothing', ''],
    ['another version', wrap('2.00c0ffee.42')],
    ['a negative sequence', wrap('1.00c0ffee.-1')],
    ['a sequence beyond a bigint', wrap(`1.00c0ffee.${MAX_SEQUENCE + 1n}`)],
    ['an over-long sequence', wrap(`1.00c0ffee.${'9'.repeat(40)}`)],
    ['a leading zero', wrap('1.00c0ffee.042')],
    ['a plus sign', wrap('1.00c0ffee.+42')],
    ['hexadecimal', wrap('1.00c0ffee.0x2a')],
    ['no sequence', wrap('1.00c0ffee.')],
    ['an upper-case log id', wrap('1.00C0FFEE.42')],
    ['a short log id', wrap('1.c0ffee.42')],
    ['a fourth part', wrap('1.00c0ffee.42.7')],
    ['a space at the end', wrap('1.00c0ffee.42 ')],
    ['a line end inside', wrap('1.00c0ffee.42\n')],
    ['a byte beyond ASCII', wrap('1.00c0ffee.4\u00b2')],
    ['padding', 'MS4wMGMwZmZlZS40Mg=='],
    ['trailing garbage', 'MS4wMGMwZmZlZS40Mg!'],
    ['a line end', 'MS4wMGMwZmZlZS40Mg\n'],
    ['a space inside', 'MS4wMGMw ZmZlZS40Mg'],
    ['spare bits set', 'MS4wMGMwZmZlZS40Mh'],
    ['a letter left over', 'MS4wMGMwZmZlZS40MgA'],
    ['the text unwrapped', '1.00c0ffee.42'],
    ['a cursor of the signals', encodeSignalCursor({ from: new Date('2025-07-01T00:00Z'), regionId: 13 })],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('is null for %s', (_, text) => {
    expect(decodeCursor(text)).toBeNull();
  });

  it('reads back every position written', () => {
    fc.assert(
      fc.property(logIds, sequences, (logId, sequence) => {
        expect(decodeCursor(encodeCursor(logId, sequence))).toEqual({ logId, sequence });
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts only text that is written back the same, and never throws', () => {
    const edited = fc
      .tuple(logIds, sequences, fc.nat({ max: 30 }), fc.nat({ max: 2 }), fc.string({ maxLength: 2 }))
      .map(([logId, sequence, at, cut, patch]) => {
        const text = encodeCursor(logId, sequence);
        return text.slice(0, at) + patch + text.slice(at + cut);
      });
    const inside = fc
      .string({ unit: fc.constantFrom(...'1.00c0ffee.42-'.split('')), maxLength: 32 })
      .map(wrap);
    const anything = fc
      .array(fc.nat({ max: 0xffff }), { maxLength: 50 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.oneof(edited, inside, anything, fc.base64String()), (text) => {
        const position = decodeCursor(text);
        expect(position === null || encodeCursor(position.logId, position.sequence) === text).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('accepts one last letter of a cursor, whatever its spare bits', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const stem = encodeCursor('00c0ffee', 42n).slice(0, -1);
    const accepted = alphabet.split('').filter((letter) => decodeCursor(stem + letter)?.sequence === 42n);
    expect(accepted).toEqual(['g']);
  });
});
