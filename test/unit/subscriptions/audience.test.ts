import { isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { ApiRole, KnownViewer } from '../../../src/domain/viewer.js';
import { scopesOf } from '../../../src/domain/viewer.js';
import { schema } from '../../../src/schema/index.js';
import { audienceOf } from '../../../src/subscriptions/audience.js';
import { isOpenType } from '../../../src/subscriptions/open-types.js';

const viewer = (operatorId: number, role: ApiRole = 'OPERATOR', scopes: string[] = []): KnownViewer => ({
  operatorId,
  role,
  operatorName: 'x',
  apiKeyId: 1,
  scopes: scopesOf(role, scopes),
});
const OPEN = parse(
  `subscription { gridSignals { kind gap { from } ...S } } fragment S on GridSignalMessage { signal { region { regionId } } }`,
);
const PRIVATE = parse('subscription { workloads { kind } }');
const keyOf = (document: typeof OPEN, of: KnownViewer | null): string => audienceOf(schema, document, of).key;

describe('an audience', () => {
  it('is everybody where only open types are selected, and for whoever reads nothing of his own', () => {
    expect(keyOf(OPEN, viewer(1))).toBe('public');
    expect(keyOf(PRIVATE, null)).toBe('public');
    expect(keyOf(PRIVATE, viewer(1, 'OPERATOR', ['KEYS']))).toBe('public');
  });

  it('is one operator elsewhere, and one administrator', () => {
    const keys = [viewer(1), viewer(2), viewer(1, 'ADMIN'), viewer(2, 'ADMIN'), null].map((each) =>
      keyOf(PRIVATE, each),
    );
    expect(new Set(keys).size).toBe(5);
    expect(keyOf(PRIVATE, viewer(1, 'READER'))).toBe(keyOf(PRIVATE, viewer(1)));
    // Which events there are depends on who reads, whatever is selected of them.
    expect(keyOf(parse('subscription { events { cursor } }'), viewer(1))).toBe('operator:1');
  });

  it('finds a private type wherever it is selected', () => {
    for (const text of [
      'subscription { workloads { ... on StreamMessage { kind } } }',
      'subscription A { gridSignals { kind } } subscription B { decisions { kind } }',
      'subscription { gridSignals { kind } } fragment F on Workload { jobId }',
    ])
      expect(keyOf(parse(text), viewer(1)), text).toBe('operator:1');
  });

  it('is executed with no more rights than any of its readers has', () => {
    const { viewer: seenBy } = audienceOf(schema, PRIVATE, viewer(1, 'OPERATOR'));
    expect([seenBy?.role, [...(seenBy?.scopes ?? [])]]).toEqual(['READER', ['READ']]);
    expect(audienceOf(schema, PRIVATE, viewer(1, 'ADMIN')).viewer?.role).toBe('ADMIN');
  });
});

it('open types are types of the graph, and none of them is one that belongs to an operator', () => {
  const names = Object.keys(schema.getTypeMap());
  const open = names.filter(isOpenType);
  expect(open).toContain('GridSignalMessage');
  const owned = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => 'operator' in type.getFields() || type.name === 'Operator')
    .map(({ name }) => name);
  expect(owned.filter(isOpenType)).toEqual([]);
  for (const name of ['Operator', 'Workload', 'EventMessage', 'Viewer', 'Query', 'Mutation'])
    expect(isOpenType(name), name).toBe(false);
});
