import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowScanner } from '../../../../src/ingest/elexon/row-scanner.js';

const RUNS = process.env['PYLON_SOAK'] ? 20_000 : 500;

/** The rows that a scanner finds in these chunks, as text. */
function rowsIn(chunks: readonly Buffer[]): string[] {
  const rows: string[] = [];
  const scanner = new RowScanner((bytes, start, end) => rows.push(bytes.toString('utf8', start, end)));
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return rows;
}
const rowsOf = (text: string): string[] => rowsIn([Buffer.from(text)]);

/** Bytes cut at some of their places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
}

const places = fc.array(fc.nat(), { maxLength: 40 });
const spaces = fc.constantFrom('', ' ', '\n', '\r\n\t ');
const envelopes = fc.constantFrom(
  (list: string) => list,
  (list: string) => `{"data":${list}}`,
  (list: string) =>
    ` { "metadata" : { "datasets" : ["data", "[{\\"}"], "data": [1] } , "data" : ${list} , "data": [2] } `,
);

describe('the scanner of rows', () => {
  it('finds the same rows however the answer is cut, whatever they hold and whatever is around them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), spaces, envelopes, places, (rows, space, around, cuts) => {
        const texts = rows.map((row) => JSON.stringify(row, null, space));
        const list = `[${space}${texts.join(`${space},${space}`)}${space}]`;
        expect(rowsIn(cut(Buffer.from(around(list)), cuts))).toEqual(texts);
      }),
      { numRuns: RUNS },
    );
  });

  it('takes an answer byte by byte', () => {
    const text = '{"data":[{"a":"}]\\"\\\\"},{"b":[1,{"c":"é"}]},null,-1.5e3,"x"]}';
    expect(rowsIn([...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toEqual([
      '{"a":"}]\\"\\\\"}',
      '{"b":[1,{"c":"é"}]}',
      'null',
      '-1.5e3',
      '"x"',
    ]);
  });

  it('refuses whatever is cut short, wherever that is', () => {
    const whole = '{"data":[{"a":"b, c"},{"d":[1]},12]}';
    for (let end = 0; end < whole.length; end += 1)
      expect(() => rowsOf(whole.slice(0, end)), whole.slice(0, end)).toThrow(
        expect.objectContaining({ code: 'SOURCE_CONTRACT_BROKEN' }) as Error,
      );
    expect(rowsOf(whole)).toHaveLength(3);
  });

  it.each([
    ['nothing', '', /is empty/],
    ['a page', '<!DOCTYPE html><h1>We will be back</h1>', /is no JSON list: "<!DOCTYPE html>/],
    ['an object without data', '{"errors":{"":["too long"]}}', /has no list "data": .*too long/],
    ['an object whose data is none', '{"data":{"a":1}}', /has no list "data"/],
    ['a word', 'null', /is no JSON list: "null"/],
    ['two lists', '[1][2]', /goes on behind its end: "\[2\]"/],
    ['rows without a comma', '[{"a":1}{"a":2}]', /no comma between two rows/],
    ['an empty place', '[1,,2]', /an empty place/],
    ['a place with nothing after it', '[1,]', /an empty place/],
    ['a comma first', '[,1]', /an empty place/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => rowsOf(text)).toThrow(message);
  });

  it('holds no row of more than a megabyte, and no head of more than 64 kB', () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const rowScanner = new RowScanner(() => undefined);
    rowScanner.push(Buffer.from('[{"a":"'));
    expect(() => {
      for (let i = 0; i < 20; i += 1) rowScanner.push(piece);
    }).toThrow(/a row of more than 1048576 bytes: "\{\\"a\\":\\"xxx/);
    const headScanner = new RowScanner(() => undefined);
    headScanner.push(Buffer.from('{"'));
    expect(() => headScanner.push(piece)).toThrow(/no list in its first 65536 bytes/);
  });

  it('passes on what the reader of a row throws', () => {
    const scanner = new RowScanner(() => {
      throw new RangeError('mine');
    });
    expect(() => scanner.push(Buffer.from('[1]'))).toThrow('mine');
  });
});
