import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEEPEST, along, at, isTooDeep, nameOf, quoted, term } from '../../../src/beckn/json.js';
import { instantOf } from '../../../src/beckn/message-context.js';
import { jsonbText } from '../../../src/database/ingest-runs.js';

const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);

describe('what a stranger sent', () => {
  it('is read by its own keys, and never by those of a prototype', () => {
    const body = JSON.parse('{"__proto__":{"a":1},"b":{"c":2}}') as unknown;
    expect([at(body, 'a'), at(body, 'toString'), along(body, 'b', 'c'), along(body, 'b', 'c', 'd')]).toEqual([
      undefined,
      undefined,
      2,
      undefined,
    ]);
    expect([term({ 'beckn:id': 1, id: 2 }, 'id'), term({ id: 2 }, 'id')]).toEqual([1, 2]);
    for (const none of [null, undefined, 1, 'a', [1]]) expect(at(none, 'length')).toBeUndefined();
  });

  it('may be nested so deep and no deeper, however deep it is', () => {
    expect(isTooDeep(nested(DEEPEST))).toBe(false);
    expect(isTooDeep(nested(DEEPEST + 1))).toBe(true);
    expect(isTooDeep(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toBe(true);
  });

  it('is known by names that an index and a terminal bear', () => {
    expect([nameOf('a b'), nameOf('x'.repeat(160))]).toEqual(['a b', 'x'.repeat(160)]);
    for (const none of ['', ' ', 'x'.repeat(161), 'a\0', 'a\u009B31m', '\uD800', 1, null, ['a']])
      expect(nameOf(none)).toBeNull();
  });

  it('is quoted in part', () => {
    expect([
      quoted('x'.repeat(100)).length,
      quoted([1]),
      quoted({}),
      quoted(undefined),
      quoted('a\0'),
    ]).toEqual([81, 'a list', 'an object', 'nothing', String.raw`"a\u0000"`]);
  });

  it('is stored as JSON that PostgreSQL takes, in keys as in values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ unit: 'binary' }), (value, key) => {
        const text = jsonbText({ value, [`${key}\0\uD800`]: [`${key}\0\uDC00`] });
        expect(/\\u0000|\\ud[89a-f]/i.test(text.replaceAll(/\\\\/g, ''))).toBe(false);
        expect(JSON.parse(text)).toBeTypeOf('object');
      }),
    );
  });
});

describe('an instant of a message', () => {
  it.each([
    ['2026-03-02T12:00:00Z', '2026-03-02T12:00:00.000Z'],
    ['2026-03-02T12:00:00.123456Z', '2026-03-02T12:00:00.123Z'],
    ['2026-03-02T12:00:00+05:30', '2026-03-02T06:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (text, instant) => {
    expect(instantOf(text)?.toISOString()).toBe(instant);
  });

  it.each([
    '2026-03-02',
    '2026-03-02T12:00:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    0,
    null,
  ])('is not %j', (value) => {
    expect(instantOf(value)).toBeNull();
  });
});
