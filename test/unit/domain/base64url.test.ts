import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url } from '../../../src/domain/base64url.js';

describe('toBase64url', () => {
  it('writes the letters that are safe in a URL, without padding', () => {
    expect(toBase64url('?>?>~')).toBe('Pz4_Pn4');
  });

  it.each(['\u0080', 'é', '…', '\ud800'])('refuses %j, which is not ASCII', (text) => {
    expect(() => toBase64url(text)).toThrow(RangeError);
  });
});

describe('fromBase64url', () => {
  it.each(['Pz4/Pn4', 'Pz4_Pn4=', 'Pz4_Pn5', 'Pz4_P', 'Pz4_Pn4 ', '\u0150z4_Pn4', '_w'])(
    'is null for %j',
    (wrapped) => {
      expect(fromBase64url(wrapped)).toBeNull();
    },
  );

  it('reads back every text written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(fromBase64url(toBase64url(text))).toBe(text);
      }),
    );
  });

  it('accepts only text that is written back the same', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'AQgw19-_+/=\n'.split('')), maxLength: 6 });
    const anything = fc
      .array(fc.nat({ max: 0xffff }), { maxLength: 9 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.oneof(letters, anything), (wrapped) => {
        const text = fromBase64url(wrapped);
        expect(text === null || toBase64url(text) === wrapped).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
