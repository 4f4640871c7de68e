import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainText, formatHead, parseHead } from '../../../../src/domain/compute/decision-chain.js';
import { readDecisionContent } from '../../../../src/domain/compute/decision-content.js';

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const link = fc.record({
  previousHash: hash,
  number: fc.integer({ min: 1 }),
  decidedAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01T00:00Z') }),
  content: fc.string({ unit: fc.constantFrom('a', '1', '\n', ':', 'Z') }),
});

describe('the text that a decision is hashed by', () => {
  it('is five lines, of which the last may be several', () => {
    expect(
      chainText({ previousHash: 'f0', number: 7, decidedAt: new Date('2026-03-02T12:30Z'), content: '{}\n' }),
    ).toBe('pylon decision 1\nf0\n7\n2026-03-02T12:30:00.000Z\n{}\n');
  });

  it('is another one for another decision', () => {
    fc.assert(
      fc.property(link, link, (a, b) => {
        const areSame = JSON.stringify(a) === JSON.stringify(b);
        expect(chainText(a) === chainText(b)).toBe(areSame);
      }),
    );
  });
});

describe('a published head', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.record({ count: fc.nat(), hash }), (head) => {
        expect(parseHead(formatHead(head))).toEqual(head);
      }),
    );
  });

  it.each([
    '',
    '1',
    `1:${'0'.repeat(63)}`,
    `01:${'0'.repeat(64)}`,
    `1:${'A'.repeat(64)}`,
    ` 1:${'0'.repeat(64)}`,
  ])('is not %j', (text) => {
    expect(parseHead(text)).toBeNull();
  });
});

describe('readDecisionContent', () => {
  it.each(['{}', 'null', '[]', '{"form":"pylon.decision/2"}'])('refuses %s', (text) => {
    expect(() => readDecisionContent(text)).toThrow(/form is .*, not pylon.decision\/1/);
  });
});
