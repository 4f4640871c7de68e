import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/canonical-json.js';

/** Every object in it with its keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('the canonical text of a value', () => {
  const json = fc
    .jsonValue({ noUnicodeString: false })
    .filter((value) => JSON.stringify(value).isWellFormed());

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!/\\ud[89a-f]/i.test(JSON.stringify(value)));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!/\\ud[89a-f]/i.test(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is what RFC 8785 gives', () => {
    expect(
      canonicalJson({
        numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0],
        string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
        literals: [null, true, false],
      }),
    ).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    expect(
      canonicalJson({
        '\u20ac': 1,
        '\r': 2,
        '\ufb33': 3,
        '1': 4,
        '\ud83d\ude00': 5,
        '\u0080': 6,
        '\u00f6': 7,
      }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('leaves out what is undefined, and writes instants as text', () => {
    expect(canonicalJson({ a: undefined, b: new Date('2026-01-01T00:00:00Z'), c: [undefined] })).toBe(
      '{"b":"2026-01-01T00:00:00.000Z","c":[null]}',
    );
  });

  it.each([NaN, Infinity, '\ud800', { '\udfff': 1 }, () => 1, 10n])('refuses %s, which has none', (value) => {
    expect(() => canonicalJson(value)).toThrow(RangeError);
  });
});
