import { getIntrospectionQuery, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/context.js';
import { schema } from '../../../src/schema/index.js';
import { LIMITS, admit } from '../../../src/server/limits.js';

/** The limits look at arguments alone. */
const CONTEXT = {} as Context;
const span = 'from: "2026-03-02T12:00Z", to: "2026-03-02T14:00Z"';

const told = (query: string, variables: Record<string, unknown> = {}, operationName?: string) => {
  const admitted = admit(schema, { query, variables, operationName }, CONTEXT);
  if ('document' in admitted) return 'admitted';
  const [error] = admitted.errors;
  return `${String(error?.extensions['code'])}: ${error?.message}`;
};
const tooComplex = (why: string): unknown =>
  expect.stringContaining(`QUERY_TOO_COMPLEX: the operation is too complex: ${why}`);
const many = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ');

describe('a document', () => {
  it(`may have ${LIMITS.tokens} tokens`, () => {
    const ids = (count: number): string => `{ nodes(ids: [${many(count, () => '"UmVnaW9uOjE"')}]) { id } }`;
    expect(told(ids(LIMITS.tokens - 12))).toBe('admitted');
    expect(told(ids(LIMITS.tokens - 11))).toMatch(/^QUERY_TOO_COMPLEX: .*1000 tokens/);
    expect(told('{ a '.repeat(100_000))).toMatch(/^QUERY_TOO_COMPLEX/);
  });

  it(`may have ${LIMITS.aliases} aliases, wherever they are`, () => {
    expect(told(`{ ${many(30, (i) => `a${i}: __typename`)} }`)).toBe('admitted');
    expect(told(`{ ${many(31, (i) => `a${i}: __typename`)} }`)).toEqual(tooComplex('31 aliases; at most 30'));
    expect(
      told(
        `{ regions { ...F } ${many(15, (i) => `a${i}: __typename`)} } fragment F on Region { ${many(16, (i) => `b${i}: code`)} }`,
      ),
    ).toEqual(tooComplex('31 aliases'));
  });

  it(`may have ${LIMITS.directives} directives, wherever they are`, () => {
    const fields = [
      'code',
      'shortName',
      'dnoRegion',
      'country',
      'kind',
      'latitude',
      'longitude',
      'id',
      'regionId',
      'gspGroup',
    ];
    const regions = (name: string, of: readonly string[]) =>
      `${name}: regions { ${of.map((field) => `${field} @include(if: true)`).join(' ')} }`;
    expect(told(`{ ${regions('a', fields)} ${regions('b', fields)} ${regions('c', fields)} }`)).toBe(
      'admitted',
    );
    expect(
      told(
        `{ ${regions('a', fields)} ${regions('b', fields)} ${regions('c', fields)} __typename @skip(if: true) }`,
      ),
    ).toEqual(tooComplex('31 directives; at most 30'));
  });

  it(`may be ${LIMITS.depth} deep, through fragments too`, () => {
    const nested = (depth: number): string =>
      `{ regions ${'{ parent '.repeat(depth - 2)}{ code }${' }'.repeat(depth - 2)} }`;
    expect(told(nested(LIMITS.depth))).toBe('admitted');
    expect(told(nested(LIMITS.depth + 1))).toEqual(tooComplex('the depth is 13; at most 12'));
    const fragments = (levels: number): string =>
      `{ regions { ...F0 } } ${many(levels, (i) => `fragment F${i} on Region { parent { ...F${i + 1} } }`)} fragment F${levels} on Region { code }`;
    expect(told(fragments(10))).toBe('admitted');
    expect(told(fragments(11))).toEqual(tooComplex('the depth is 13'));
  });

  it(`may cost ${LIMITS.cost}, counting what each page may hold`, () => {
    const page = (first: number | string, inside: string) =>
      `{ regions { signals(${span}, first: ${first}) { edges { node { ${inside} } } } } }`;
    const observations = 'observations { kind ingestRun { source } }';
    expect(told(page(100, 'from to'))).toBe('admitted');
    expect(told(page(1, observations))).toBe('admitted');
    expect(told(page(100, observations))).toEqual(tooComplex('the cost is'));
    expect(told(`query ($n: Int) ${page('$n', observations)}`, { n: 100 })).toEqual(
      tooComplex('the cost is'),
    );
    expect(told(`query ($n: Int = 100) ${page('$n', observations)}`)).toEqual(tooComplex('the cost is'));
    expect(told(`query ($n: Int) ${page('$n', observations)}`, { n: 1 })).toBe('admitted');
  });

  it('admits what a client of the contract asks at most', () => {
    expect(
      told(`{ gridSignals(regionIds: [13, 18], ${span}, first: 100) { edges { cursor node {
        id from to settlementDate settlementPeriod isForecast quality source knownAt region { regionId shortName }
        carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index provenance { source quality issuedAt knownAt } }
        generationMix { fuel rawFuel pct } renewablePct observations { kind source knownAt }
        demand { forecastMw outturnMw transmissionSystemDemandMw embeddedWindMw embeddedSolarMw } gridStress price { gbpPerMwh market } } }
        pageInfo { hasNextPage endCursor } } }`),
    ).toBe('admitted');
    expect(
      told('{ regions { code forecast(hours: 96) { from carbonIntensity { forecastGco2PerKwh } } } }'),
    ).toBe('admitted');
  });

  it('costs no less for pages of an impossible size: the field refuses those', () => {
    for (const first of [-1, 0, 101, 1_000_000_000]) {
      expect(told(`{ ingestRuns(first: ${first}) { edges { cursor } } }`)).toBe('admitted');
      expect(
        told(
          `{ regions { signals(${span}, first: ${first}) { edges { node { observations { ingestRun { observations(first: 100) { edges { node { kind knownAt } } } } } } } } } }`,
        ),
      ).toEqual(tooComplex('the cost is'));
    }
    expect(told('{ forecast(hours: -2147483648) { from } }')).toBe('admitted');
    expect(told('{ forecast(hours: 2147483647) { from } }')).toBe('admitted');
  });

  it('that kills an untouched server is refused: a thousand of a thousand, six deep', () => {
    const inner = (levels: number): string =>
      levels === 0
        ? 'kind'
        : `signal { observations { ingestRun { observations(first: 100) { edges { node { ${inner(levels - 1)} } } } } } }`;
    for (const [depth, why] of [
      [1, 'the cost is'],
      [6, 'the depth is'],
    ] as const)
      expect(
        told(`{ observations(regionId: 1, ${span}, first: 100) { edges { node { ${inner(depth)} } } } }`),
      ).toEqual(tooComplex(why));
  });

  it('that is short but spreads into millions is refused at once', () => {
    const doubling = (levels: number): string =>
      `{ regions { ...F0 } } ${many(levels, (i) => `fragment F${i} on Region { children { ...F${i + 1} } parent { ...F${i + 1} } }`)} fragment F${levels} on Region { code }`;
    expect(told(doubling(8))).toEqual(tooComplex('the cost is'));
    expect(told(doubling(60))).toEqual(tooComplex('the depth is'));
  });

  it('is refused for what is wrong with it, before any limit', () => {
    expect(told('{')).toMatch(/^GRAPHQL_PARSE_FAILED/);
    expect(told('{ nonsense }')).toMatch(/^GRAPHQL_VALIDATION_FAILED/);
    expect(told('query ($n: Int!) { gridNow(regionId: $n) { from } }', { n: 'x' })).toMatch(
      /^BAD_USER_INPUT/,
    );
    expect(told('query ($at: DateTime) { gridNow(asOf: $at) { from } }', { at: 'yesterday' })).toMatch(
      /^BAD_USER_INPUT/,
    );
    expect(told('{ node(id: "nonsense") { id } }')).toBe('admitted');
    expect(told('query A { __typename } query B { __typename }', {}, 'C')).toMatch(
      /Unknown operation named "C"/,
    );
    expect(told('query A { __typename } query B { regions { code } }', {}, 'B')).toBe('admitted');
  });
});

describe('introspection', () => {
  /** As GraphiQL, code generators and Apollo Sandbox ask; Sandbox unwraps types deeper than graphql-js does. */
  const deeper = getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true }).replace(
    /(fragment TypeRef on __Type \{\s*kind\s*name\s*)ofType \{/,
    `$1ofType { kind name ofType { kind name ofType { kind name } } } deeper: ofType {`,
  );

  it.each([
    ['plain', getIntrospectionQuery()],
    ['without descriptions', getIntrospectionQuery({ descriptions: false })],
    [
      'with everything',
      getIntrospectionQuery({
        schemaDescription: true,
        inputValueDeprecation: true,
        directiveIsRepeatable: true,
        specifiedByUrl: true,
        oneOf: true,
      }),
    ],
    ['deeper', deeper],
    [
      'one type',
      '{ __type(name: "Region") { name fields { name type { name ofType { name ofType { name ofType { name } } } } } } }',
    ],
    ['beside data', '{ __schema { queryType { name } } gridNow { from } }'],
  ])('is admitted: %s', (_name, query) => {
    expect(told(query)).toBe('admitted');
  });

  it('that goes round in circles is refused', () => {
    const circles = (levels: number): string =>
      levels === 0 ? 'name' : `fields { type { ${circles(levels - 1)} } }`;
    expect(told(`{ __schema { types { ${circles(5)} } } }`)).toMatch(
      /^GRAPHQL_VALIDATION_FAILED: Maximum introspection depth/,
    );
  });

  it('many times over is refused, in fragments too', () => {
    const full = 'types { name description fields { name description args { name description } } }';
    expect(told(`{ ${many(4, (i) => `a${i}: __schema { ${full} }`)} }`)).toBe('admitted');
    expect(told(`{ ${many(5, (i) => `a${i}: __schema { ${full} }`)} }`)).toEqual(
      tooComplex('the cost is 50001'),
    );
    expect(told(`{ ...F } fragment F on Query { ${many(5, (i) => `a${i}: __schema { ${full} }`)} }`)).toEqual(
      tooComplex('the cost is'),
    );
  });
});

describe('what is admitted', () => {
  it('is handed on parsed', () => {
    const admitted = admit(schema, { query: '{ __typename }' }, CONTEXT) as {
      readonly document: DocumentNode;
    };
    expect(admitted.document.definitions).toHaveLength(1);
  });
});
