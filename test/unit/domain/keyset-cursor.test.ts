import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../../src/domain/base64url.js';
import { decodeKeyset, encodeKeyset, instantAt } from '../../../src/domain/keyset-cursor.js';

describe('a keyset cursor', () => {
  it('leads back to its place, whatever the words', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string({ unit: 'binary', maxLength: 20 }), (ms, word) => {
        expect(decodeKeyset('g1', ['number', 'string'], encodeKeyset('g1', [ms, word]))).toEqual([ms, word]);
      }),
    );
  });

  it('is none of another connection, of other types, or of more or fewer parts', () => {
    const cursor = encodeKeyset('g1', [1, 'WIND']);
    expect(decodeKeyset('p1', ['number', 'string'], cursor)).toBeNull();
    expect(decodeKeyset('g1', ['string', 'string'], cursor)).toBeNull();
    expect(decodeKeyset('g1', ['number'], cursor)).toBeNull();
    expect(decodeKeyset('g1', ['number', 'string', 'number'], cursor)).toBeNull();
  });

  it('is none that was not written so: one text a place', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeKeyset('g1', ['number'], text)).toBeNull();
      }),
    );
    for (const json of ['["g1", 1]', '["g1",1.0]', '["g1",1e3]', '{"0":"g1"}', '["g1",null]'])
      expect(decodeKeyset('g1', ['number'], toBase64url(json))).toBeNull();
    expect(decodeKeyset('g1', ['number'], 'x'.repeat(3000))).toBeNull();
  });

  it('holds instants of the calendar only', () => {
    expect(instantAt(0)).toEqual(new Date(0));
    expect([instantAt(1.5), instantAt(8.64e15), instantAt(Number.NaN), instantAt(-8e15)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
