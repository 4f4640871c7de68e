import {
  getIntrospectionQuery,
  buildClientSchema,
  printSchema,
  lexicographicSortSchema,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printGraph } from '../../../src/schema/print.js';
import { FORECASTS, said, startGrid, type Grid } from '../graph/grid.js';
import { post } from './requests.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const span = 'from: "2026-03-02T12:00Z", to: "2026-03-02T14:00Z"';
const many = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ');

let grid: Grid;
let url: string;

beforeAll(async () => {
  grid = await startGrid(NOW);
  url = grid.server.url;
  await grid.record(FORECASTS, [said({ from: new Date('2026-03-02T12:30Z'), intensityGco2PerKwh: 120 })]);
});
afterAll(() => grid.close());

describe('an operation over a limit', () => {
  const inner = (levels: number): string =>
    levels === 0
      ? 'kind'
      : `signal { observations { ingestRun { observations(first: 100) { edges { node { ${inner(levels - 1)} } } } } } }`;
  const operations: readonly (readonly [string, string, Record<string, unknown>?])[] = [
    ['tokens', `{ ${many(1001, () => '__typename')} }`],
    ['depth', `{ regions ${'{ parent '.repeat(12)}{ code }${' }'.repeat(12)} }`],
    ['aliases', `{ ${many(31, (i) => `a${i}: gridNow { from }`)} }`],
    [
      'directives',
      `{ ${many(4, (i) => `r${i}: regions { ${['code', 'kind', 'country', 'id', 'regionId', 'latitude', 'longitude', 'shortName'].map((field) => `${field} @include(if: true)`).join(' ')} }`)} }`,
    ],
    ['cost', `{ observations(regionId: 1, ${span}, first: 100) { edges { node { ${inner(1)} } } } }`],
    [
      'cost',
      `query ($n: Int!) { observations(regionId: 1, ${span}, first: $n) { edges { node { ${inner(1)} } } } }`,
      { n: 100 },
    ],
    ['depth', `{ observations(regionId: 1, ${span}, first: 100) { edges { node { ${inner(6)} } } } }`],
    ['cost', `{ ${many(5, (i) => `a${i}: __schema { types { name fields { name description } } }`)} }`],
  ];

  it.each(operations)(
    'on %s is refused before anything of it is executed: %s',
    async (what, query, variables) => {
      const plain = await post(url, query, variables);
      expect([plain.status, plain.code, plain.body?.data]).toEqual([200, 'QUERY_TOO_COMPLEX', undefined]);
      expect(plain.body?.errors?.[0]?.message).toContain(what);
      const graphql = await post(url, query, variables, { accept: 'application/graphql-response+json' });
      expect([graphql.status, graphql.code]).toEqual([400, 'QUERY_TOO_COMPLEX']);
    },
  );

  it('costs the server little: hundreds at once, and the next question is answered', async () => {
    const refused = await Promise.all(
      Array.from({ length: 200 }, (_, i) => post(url, operations[i % operations.length]?.[1], { n: 100 })),
    );
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['QUERY_TOO_COMPLEX']));
    expect((await post(url, '{ gridNow { settlementPeriod } }')).body).toEqual({
      data: { gridNow: { settlementPeriod: 26 } },
    });
  });
});

describe('introspection', () => {
  it('gives the whole graph to every tool that asks: what it reads is schema.graphql', async () => {
    const { body } = await post(
      url,
      getIntrospectionQuery({
        inputValueDeprecation: true,
        schemaDescription: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
      }),
    );
    expect(body?.errors).toBeUndefined();
    const read = buildClientSchema(body?.data as unknown as IntrospectionQuery);
    expect(printSchema(lexicographicSortSchema(read)).trim()).toBe(printGraph().trim());
  });
});
