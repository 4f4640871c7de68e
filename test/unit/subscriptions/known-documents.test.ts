import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/context.js';
import { schema } from '../../../src/schema/index.js';
import { KnownDocuments } from '../../../src/server/known-documents.js';

/** The limits look at the document and its variables alone. */
const context = {} as Context;
const SIGNALS = 'subscription { gridSignals { cursor } }';

const documentOf = (documents: KnownDocuments, query: string) => {
  const admitted = documents.admit({ query }, context);
  return 'document' in admitted ? admitted.document : null;
};

describe('known documents', () => {
  it('are held once, however often they are asked for', () => {
    const documents = new KnownDocuments(schema);
    const first = documentOf(documents, SIGNALS);
    expect(first).not.toBeNull();
    expect(documentOf(documents, SIGNALS)).toBe(first);
    expect(documents.size).toBe(1);
  });

  it('are held to the limits with the variables of each time', () => {
    const documents = new KnownDocuments(schema);
    const query = `query ($n: Int!) { ingestRuns(first: $n) { edges { node { observations(first: $n) { edges { cursor node { id region { id code shortName kind country } } } } } } } }`;
    const admit = (n: number) => documents.admit({ query, variables: { n } }, context);
    expect(admit(1)).toHaveProperty('document');
    expect(admit(100)).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] });
    expect(admit(1)).toHaveProperty('document');
  });

  it('do not include what is refused', () => {
    const documents = new KnownDocuments(schema);
    for (const query of ['{', '{ nothing }', `{ ${'__typename '.repeat(1_001)} }`])
      expect(documents.admit({ query }, context)).toHaveProperty('errors');
    expect(documents.size).toBe(0);
  });

  it('are at most 200, none of them long, and the one not asked for longest goes first', () => {
    const documents = new KnownDocuments(schema);
    const query = (i: number): string => `{ a${i}: __typename }`;
    const first = documentOf(documents, query(0));
    for (let i = 1; i < 200; i += 1) documentOf(documents, query(i));
    expect(documentOf(documents, query(0))).toBe(first);
    const second = documentOf(documents, query(1));
    for (let i = 200; i < 399; i += 1) documentOf(documents, query(i));
    expect(documents.size).toBe(200);
    expect(documentOf(documents, query(1))).toBe(second);
    expect(documentOf(documents, query(0))).not.toBe(first);
    expect(documentOf(documents, `{ __typename } # ${'x'.repeat(10_000)}`)).not.toBeNull();
    expect(documents.size).toBe(200);
  });
});
