import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupKey } from '../../../src/subscriptions/group-key.js';

const key = (
  text: string,
  variableValues: Record<string, unknown> = {},
  operationName: string | null = null,
  scope = 'public',
): string => groupKey({ document: parse(text), variableValues, operationName }, scope);

const BY_VARIABLE =
  'subscription ($ids: [Int!], $after: String) { gridSignals(regionIds: $ids, after: $after) { cursor } }';

describe('a group key', () => {
  it('is the same wherever a reader begins', () => {
    const keys = [
      { ids: [1] },
      { ids: [1], after: 'a' },
      { after: 'b', ids: [1] },
      { ids: [1], after: null },
    ].map((variables) => key(BY_VARIABLE, variables));
    expect(new Set(keys).size).toBe(1);
    const literal = (after: string): string =>
      key(`subscription { gridSignals(regionIds: [1]${after}) { cursor } }`);
    expect(literal(' after: "a"')).toBe(literal(' after: "b"'));
  });

  it('differs by document, other variables, operation and scope', () => {
    const two = 'subscription A { events { cursor } } subscription B { events { kind } }';
    const keys = [
      key(BY_VARIABLE, { ids: [1] }),
      key(BY_VARIABLE, { ids: [2] }),
      key(BY_VARIABLE, { ids: [1], below: 3 }),
      key(BY_VARIABLE.replace('cursor', 'kind'), { ids: [1] }),
      key(BY_VARIABLE, { ids: [1] }, null, 'operator 1'),
      key(two, {}, 'A'),
      key(two, {}, 'B'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keeps a cursor variable that also stands elsewhere, because it changes the answer', () => {
    const text = `subscription ($after: String) {
      gridSignals(after: $after) { signal { region { signals(from: "a", to: "b", after: $after) { edges { cursor } } } } } }`;
    expect(key(text, { after: 'a' })).not.toBe(key(text, { after: 'b' }));
    const inFragment = `subscription ($after: String) { gridSignals(after: $after) { ...F } }
      fragment F on GridSignalMessage { signal { region { signals(after: $after) { edges { cursor } } } } }`;
    expect(key(inFragment, { after: 'a' })).not.toBe(key(inFragment, { after: 'b' }));
  });

  it('keeps an `after` of another field', () => {
    const text = (after: string): string =>
      `subscription { gridSignals { signal { region { signals(after: "${after}") { edges { cursor } } } } } }`;
    expect(key(text('a'))).not.toBe(key(text('b')));
  });

  it('is not fooled by an operation that is not the one asked for', () => {
    const text = `subscription A($x: String) { gridSignals(after: $x) { cursor } }
      subscription B($x: String) { gridSignals { signal { region { signals(after: $x) { edges { cursor } } } } } }`;
    expect(key(text, { x: 'a' }, 'B')).not.toBe(key(text, { x: 'b' }, 'B'));
  });

  it('of a document that was not parsed from text leaves the cursor out too', () => {
    const bare = (after: string): string =>
      groupKey(
        { document: parse(`subscription { events(after: "${after}") { cursor } }`, { noLocation: true }) },
        'public',
      );
    expect(bare('a')).toBe(bare('b'));
  });
});
