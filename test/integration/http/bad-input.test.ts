import { createConnection } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '../../../src/domain/cursor.js';
import { encodeSignalCursor } from '../../../src/domain/signal-cursor.js';
import { FORECASTS, said, startGrid, type Grid } from '../graph/grid.js';
import { JSON_TYPE, post, send } from './requests.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const FROM = '2026-03-02T12:00Z';
const TO = '2026-03-02T14:00Z';

let grid: Grid;
let url: string;

beforeAll(async () => {
  grid = await startGrid(NOW);
  url = grid.server.url;
  await grid.record(FORECASTS, [
    said({ from: new Date('2026-03-02T12:30Z'), intensityGco2PerKwh: 120 }),
    said({ from: new Date('2026-03-02T13:00Z'), intensityGco2PerKwh: 130 }),
  ]);
});
/** Whatever was sent, the server lives on. */
afterEach(async () => {
  const { status, text } = await post(url, '{ gridNow { carbonIntensity { forecastGco2PerKwh } } }');
  if (status !== 200 || text.trim() !== '{"data":{"gridNow":{"carbonIntensity":{"forecastGco2PerKwh":120}}}}')
    throw new Error(`the server answers ${status} ${text} after this`);
});
afterAll(() => grid.close());

const signals = (args: string) => `{ gridSignals(${args}) { edges { cursor node { from } } } }`;
const observations = (args: string) => `{ observations(${args}) { edges { cursor } } }`;
const span = `from: "${FROM}", to: "${TO}"`;

describe('an argument that cannot be meant', () => {
  it.each([
    ['an unknown region', signals(`regionIds: [19], ${span}`), 'REGION_NOT_FOUND'],
    ['a region among known ones that is not', signals(`regionIds: [1, 0], ${span}`), 'REGION_NOT_FOUND'],
    ['no region', signals(`regionIds: [], ${span}`), 'BAD_USER_INPUT'],
    ['an unknown region', observations(`regionId: -1, ${span}`), 'REGION_NOT_FOUND'],
    ['a reversed range', signals(`regionIds: [1], from: "${TO}", to: "${FROM}"`), 'BAD_USER_INPUT'],
    ['an empty range', signals(`regionIds: [1], from: "${FROM}", to: "${FROM}"`), 'BAD_USER_INPUT'],
    [
      'a range off the half hours',
      signals(`regionIds: [1], from: "2026-03-02T12:10Z", to: "${TO}"`),
      'BAD_USER_INPUT',
    ],
    [
      'a range off by a millisecond',
      signals(`regionIds: [1], from: "${FROM}", to: "2026-03-02T14:00:00.001Z"`),
      'BAD_USER_INPUT',
    ],
    [
      'a range of 367 days',
      signals('regionIds: [1], from: "2025-01-01T00:00Z", to: "2026-01-03T00:00Z"'),
      'BAD_USER_INPUT',
    ],
    [
      'a range of 32 days',
      observations('regionId: 1, from: "2025-01-01T00:00Z", to: "2025-02-02T00:00Z"'),
      'BAD_USER_INPUT',
    ],
    [
      'a range of a region reversed',
      `{ region(regionId: 1) { signals(from: "${TO}", to: "${FROM}") { edges { cursor } } } }`,
      'BAD_USER_INPUT',
    ],
    ['an unknown source', '{ ingestRuns(source: "nobody") { edges { cursor } } }', 'SOURCE_NOT_FOUND'],
    ['an unknown source', observations(`regionId: 1, ${span}, sources: ["nobody"]`), 'SOURCE_NOT_FOUND'],
    ['no source', observations(`regionId: 1, ${span}, sources: []`), 'BAD_USER_INPUT'],
    ['no kind', observations(`regionId: 1, ${span}, kinds: []`), 'BAD_USER_INPUT'],
    [
      'an asOf in the future',
      signals(`regionIds: [1], ${span}, asOf: "2026-03-03T00:00Z"`),
      'BAD_USER_INPUT',
    ],
    [
      'an asOf in the future',
      '{ regions { signalNow(asOf: "9999-12-31T23:59:59Z") { from } } }',
      'BAD_USER_INPUT',
    ],
    ['an unknown field', '{ gridNow { price { pounds } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown argument', '{ gridNow(zone: 1) { from } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a missing argument',
      '{ gridSignals(regionIds: [1]) { edges { cursor } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['an unknown enum value', '{ regionRanking(metric: BEAUTY) { rank } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a whole number that is none', '{ gridNow(regionId: 1.5) { from } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a huge number', '{ gridNow(regionId: 99999999999999999999999) { from } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['the largest number', '{ gridNow(regionId: 2147483647) { from } }', 'REGION_NOT_FOUND'],
  ])('is refused: %s', async (_what, query, code) => {
    expect((await post(url, query)).code).toBe(code);
  });

  it.each([0, -1, 101, 1_000_000_000, 2_147_483_647, -2_147_483_648])(
    'is refused: a page of %i',
    async (first) => {
      for (const query of [
        signals(`regionIds: [1], ${span}, first: ${first}`),
        observations(`regionId: 1, ${span}, first: ${first}`),
        `{ ingestRuns(first: ${first}) { edges { cursor } } }`,
        `{ region(regionId: 1) { signals(${span}, first: ${first}) { edges { cursor } } } }`,
        `{ sources { runs(first: ${first}) { edges { cursor } } } }`,
      ]) {
        const { code, body } = await post(url, query);
        expect(code).toBe('BAD_USER_INPUT');
        expect(body?.errors?.[0]?.message).toBe(`first: ${first} is not 1 to 100`);
      }
    },
  );

  it('is refused as a variable too', async () => {
    const query = 'query ($id: Int!, $at: DateTime) { gridNow(regionId: $id, asOf: $at) { from } }';
    for (const variables of [
      {},
      { id: null },
      { id: 'one' },
      { id: 2 ** 40 },
      { id: { a: 1 } },
      { id: [1, 2] },
      { id: true },
      { id: 1, at: 5 },
    ])
      expect((await post(url, query, variables)).code).toBe('BAD_USER_INPUT');
    expect((await post(url, query, { id: 18, nobody: 'asked' })).code).toBeUndefined();
  });
});

describe('a date', () => {
  it.each([
    '2026-02-30T12:00Z',
    '2025-02-29T12:00Z',
    '2026-13-01T00:00Z',
    '2026-00-01T00:00Z',
    '2026-03-02T24:00Z',
    '2026-03-02T12:60Z',
    '2026-03-02T12:00:60Z',
    '2026-03-02T12:00',
    '2026-03-02 12:00Z',
    '2026-03-02',
    '2026-03-02T12:00+99:00',
    '2026-03-02T12Z',
    '+012026-03-02T12:00Z',
    'yesterday',
    'now',
    '',
    '\0',
    '\ud800',
    '1772452800000',
    'x'.repeat(10_000),
  ])('is refused: %j', async (from) => {
    const inline = await post(url, `{ forecast(from: ${JSON.stringify(from)}) { from } }`);
    expect(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED']).toContain(inline.code);
    const variable = await post(url, 'query ($from: DateTime) { forecast(from: $from) { from } }', { from });
    expect(variable.code).toBe('BAD_USER_INPUT');
    expect(variable.text.length).toBeLessThan(1_000 + from.length);
  });

  it.each([1772452800, true, ['2026-03-02T12:00Z', '2026-03-02T12:30Z'], { at: 1 }])(
    'is refused: %j, which is no text',
    async (from) => {
      expect(
        (await post(url, 'query ($from: DateTime) { forecast(from: $from) { from } }', { from })).code,
      ).toBe('BAD_USER_INPUT');
    },
  );

  it.each([
    ['2026-03-02T13:00+00:00', '2026-03-02T13:00:00.000Z'],
    ['2026-03-02T18:30+05:30', '2026-03-02T13:00:00.000Z'],
    ['2026-03-02T12:59:59.999999999Z', '2026-03-02T12:30:00.000Z'],
    ['2024-02-29T00:00Z', 'DATA_MISSING'],
    ['0001-01-01T00:00Z', 'DATA_MISSING'],
    ['0000-01-01T00:00Z', 'DATA_MISSING'],
    ['9999-12-31T23:59Z', 'DATA_MISSING'],
    ['9999-12-31T23:59-23:59', 'DATA_MISSING'],
    ['0001-01-01T00:00+23:59', 'DATA_MISSING'],
  ])('is read: %s', async (from, expected) => {
    const { body, code } = await post(
      url,
      'query ($from: DateTime) { forecast(from: $from, hours: 1) { from } }',
      { from },
    );
    const signals = (body?.data?.['forecast'] ?? []) as { readonly from: string }[];
    expect(code ?? signals[0]?.from).toBe(expected);
  });

  it.each(['0000-01-01T00:00Z', '0001-01-01T00:00Z', '1970-01-01T00:00Z'])(
    '%s is before anything was known',
    async (asOf) => {
      expect((await post(url, `{ gridNow(asOf: "${asOf}") { from } }`)).code).toBe('DATA_MISSING');
      expect((await post(url, signals(`regionIds: [18], ${span}, asOf: "${asOf}"`))).body?.data).toEqual({
        gridSignals: { edges: [] },
      });
    },
  );

  it('far away is a range like another', async () => {
    for (const [from, to] of [
      ['0000-01-01T00:00Z', '0000-12-31T00:00Z'],
      ['9999-01-01T00:00Z', '9999-12-31T23:30Z'],
      ['9999-12-31T23:30Z', '9999-12-31T23:30-00:30'],
    ])
      expect((await post(url, signals(`regionIds: [18], from: "${from}", to: "${to}"`))).body?.data).toEqual({
        gridSignals: { edges: [] },
      });
  });
});

describe('a cursor', () => {
  const connections: Readonly<Record<string, (after: string) => string>> = {
    gridSignals: (after) => signals(`regionIds: [18], ${span}, first: 1, after: ${JSON.stringify(after)}`),
    observations: (after) => observations(`regionId: 18, ${span}, first: 1, after: ${JSON.stringify(after)}`),
    ingestRuns: (after) => `{ ingestRuns(first: 1, after: ${JSON.stringify(after)}) { edges { cursor } } }`,
    'Region.signals': (after) =>
      `{ region(regionId: 18) { signals(${span}, first: 1, after: ${JSON.stringify(after)}) { edges { cursor } } } }`,
    'IngestRun.observations': (after) =>
      `{ ingestRuns { edges { node { observations(first: 1, after: ${JSON.stringify(after)}) { edges { cursor } } } } } }`,
    'SourceHealth.runs': (after) =>
      `{ sources { runs(first: 1, after: ${JSON.stringify(after)}) { edges { cursor } } } }`,
  };
  /** Connections of which one accepts the cursors of the other, because they have the same order. */
  const alike = [
    ['gridSignals', 'Region.signals'],
    ['ingestRuns', 'SourceHealth.runs'],
  ];

  it.each([
    '',
    'x',
    '!!!',
    '\0',
    '====',
    'YXJyYXljb25uZWN0aW9uOjE=',
    'R1BDOk46MQ==',
    'null',
    '-1',
    Buffer.from('s1.2026-02-30T12:30Z.18').toString('base64url'),
    Buffer.from('s1.2026-03-02T12:31Z.18').toString('base64url'),
    Buffer.from('s1.2026-03-02T12:30Z.99999').toString('base64url'),
    Buffer.from('o1.18.1.FORECAST.2026-03-02T12:30Z.99999999999999999999').toString('base64url'),
    Buffer.from('i1.99999999999').toString('base64url'),
    Buffer.from('i1.0').toString('base64url'),
    `${encodeSignalCursor({ from: new Date('2026-03-02T12:30Z'), regionId: 18 })}=`,
    encodeCursor('00000000', 1n),
    'x'.repeat(50_000),
  ])('that is none is refused by every connection: %j', async (after) => {
    for (const query of Object.values(connections)) {
      const answer = await post(url, query(after));
      expect(answer.code).toBe('BAD_CURSOR');
      expect(answer.text.length).toBeLessThan(2_000);
    }
  });

  it('of another connection is refused', async () => {
    for (const [name, query] of Object.entries(connections)) {
      const others = Object.entries(connections).filter(
        ([other]) => other !== name && !alike.some((pair) => pair.includes(name) && pair.includes(other)),
      );
      const plain = await post(url, query('').replace(', after: ""', ''));
      const [, cursor = ''] = /"cursor":"([^"]+)"/.exec(plain.text) ?? [];
      expect(cursor).not.toBe('');
      expect((await post(url, query(cursor))).code).toBeUndefined();
      for (const [, ask] of others) expect((await post(url, ask(cursor))).code).toBe('BAD_CURSOR');
    }
  });
});

describe('text that PostgreSQL refuses', () => {
  it.each([
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '\uffff',
    '\u202e',
    "'; drop table observations; --",
    '\\',
    '%',
    '\ufeff',
  ])('is answered as any other that names nothing: %j', async (text) => {
    const variables = { text, list: [text] };
    for (const [query, code] of [
      ['query ($text: String) { region(code: $text) { id } }', 'REGION_NOT_FOUND'],
      ['query ($text: String) { region(postcode: $text) { id } }', 'REGION_NOT_FOUND'],
      ['query ($text: String) { gridNow(code: $text) { id } }', 'REGION_NOT_FOUND'],
      ['query ($text: String) { ingestRuns(source: $text) { edges { cursor } } }', 'SOURCE_NOT_FOUND'],
      [
        `query ($list: [String!]) { observations(regionId: 1, ${span}, sources: $list) { edges { cursor } } }`,
        'SOURCE_NOT_FOUND',
      ],
      ['query ($text: String) { ingestRuns(after: $text) { edges { cursor } } }', 'BAD_CURSOR'],
      ['query ($text: ID!) { node(id: $text) { id } }', 'BAD_USER_INPUT'],
    ] as const)
      expect((await post(url, query, variables)).code).toBe(code);
  });

  it('in the document itself is answered too', async () => {
    for (const [query, code] of [
      ['{ region(code: "\0") { id } }', 'REGION_NOT_FOUND'],
      ['{ region(code: "\\u0000") { id } }', 'REGION_NOT_FOUND'],
      ['{ region(code: "\\ud800") { id } }', 'GRAPHQL_PARSE_FAILED'],
      ['{ region(code: "\ud800") { id } }', 'GRAPHQL_PARSE_FAILED'],
      ['\0', 'GRAPHQL_PARSE_FAILED'],
      ['\ufeff{ __typename }', undefined],
      ['{ __typename\u202e }', 'GRAPHQL_PARSE_FAILED'],
    ] as const)
      expect([query, (await post(url, query)).code]).toEqual([query, code]);
  });
});

describe('a body', () => {
  const asked = (body: BodyInit, headers: Record<string, string> = JSON_TYPE) =>
    send(`${url}/graphql`, { method: 'POST', headers, body });

  it.each([
    ['empty', ''],
    ['no JSON', 'hello'],
    ['half of one', '{"query":"{ __typename }"'],
    ['two', '{}{}'],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"{ __typename }"'],
    ['an empty object', '{}'],
    ['without a query', '{"variables":{}}'],
    ['with an empty query', '{"query":""}'],
    ['with a query that is no text', '{"query":{"a":1}}'],
    ['with variables in a text', '{"query":"{ __typename }","variables":"{}"}'],
    ['with variables in a list', '{"query":"{ __typename }","variables":[1]}'],
    ['with an operation name that is no text', '{"query":"{ __typename }","operationName":5}'],
    ['a batch', '[{"query":"{ __typename }"}]'],
    ['an empty batch', '[]'],
    ['of prototypes', '{"__proto__":{"query":"{ __typename }"}}'],
  ])('is no GraphQL request when it is %s', async (_what, body) => {
    const { status, code } = await asked(body);
    expect([status, code]).toEqual([400, 'BAD_REQUEST']);
  });

  it.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    [
      'an overlong NUL',
      Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
    ],
    [
      'a surrogate in UTF-8',
      Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
    ['UTF-16', Buffer.from('{"query":"{ __typename }"}', 'utf16le')],
  ])('is no text when it is %s', async (_what, body) => {
    const { status, code } = await asked(body);
    expect([status, code]).toEqual([400, 'BAD_REQUEST']);
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'identity', 'gzip, gzip'])(
    'is not taken compressed: %s',
    async (encoding) => {
      const { status, code } = await asked('{"query":"{ __typename }"}', {
        ...JSON_TYPE,
        'content-encoding': encoding,
      });
      expect([status, code]).toEqual([415, 'BAD_REQUEST']);
    },
  );

  it.each([
    'application/xml',
    'application/graphql',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'nonsense',
  ])('is not taken as %s', async (type) => {
    const { status, code } = await asked('{"query":"{ __typename }"}', { 'content-type': type });
    expect([status, code]).toEqual([415, 'BAD_REQUEST']);
  });

  it('is taken in UTF-8 with or without its mark, and with parameters', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON;charset="UTF-8"',
    ])
      expect((await asked('\ufeff{"query":"{ __typename }"}', { 'content-type': type })).body).toEqual({
        data: { __typename: 'Query' },
      });
  });

  it('is taken up to 256 KB', async () => {
    const sized = (bytes: number) => {
      const frame = JSON.stringify({ query: '{ __typename }', padding: '' });
      return frame.replace('"padding":""', `"padding":"${'x'.repeat(bytes - frame.length)}"`);
    };
    expect((await asked(sized(256 * 1024))).status).toBe(200);
    const { status, code, body } = await asked(sized(256 * 1024 + 1));
    expect([status, code]).toEqual([413, 'BAD_REQUEST']);
    expect(JSON.stringify(body)).toMatch(/larger than 262144 bytes/);
  });
});

describe('a request that a foreign page could send', () => {
  it.each([
    [
      'a form',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ __typename }"}' },
      '',
    ],
    ['a link', { method: 'GET' }, '?query={__typename}'],
    [
      'a link with a form type',
      { method: 'GET', headers: { 'content-type': 'text/plain' } },
      '?query={__typename}',
    ],
  ] as const)('is refused: %s', async (_what, init, search) => {
    const { status, code } = await send(`${url}/graphql${search}`, init);
    expect([status, code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('is answered with a header that makes a browser ask first', async () => {
    const headers = { 'apollo-require-preflight': 'yes' };
    expect((await send(`${url}/graphql?query={__typename}`, { headers })).body).toEqual({
      data: { __typename: 'Query' },
    });
    const asked = `${url}/graphql?query=${encodeURIComponent('query ($id: Int) { gridNow(regionId: $id) { settlementPeriod } }')}&variables=`;
    expect((await send(`${asked}${encodeURIComponent('{"id":18}')}`, { headers })).body?.data).toEqual({
      gridNow: { settlementPeriod: 26 },
    });
    expect((await send(`${asked}nonsense`, { headers })).code).toBe('BAD_REQUEST');
    expect((await send(`${url}/graphql?query={__typename}&query={__typename}`, { headers })).code).toBe(
      'BAD_REQUEST',
    );
  });

  it('may not change anything by GET, nor subscribe', async () => {
    for (const query of ['subscription { events { kind } }', 'mutation { anything }']) {
      const { status, code } = await send(`${url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': 'yes' },
      });
      expect([405, 400, 200]).toContain(status);
      expect(['BAD_REQUEST', 'GRAPHQL_VALIDATION_FAILED']).toContain(code);
    }
  });
});

describe('a document', () => {
  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['}', 'GRAPHQL_PARSE_FAILED'],
    ['hello', 'GRAPHQL_PARSE_FAILED'],
    ['# only a comment', 'GRAPHQL_PARSE_FAILED'],
    ['   ', 'GRAPHQL_PARSE_FAILED'],
    ['type Query { a: Int }', 'GRAPHQL_VALIDATION_FAILED'],
    ['fragment F on Query { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ ...F } fragment F on Query { ...F }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['mutation { anything }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { events { kind } }', 'BAD_REQUEST'],
    ['{ __typename @nonsense }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ gridNow { from @defer } }', 'GRAPHQL_VALIDATION_FAILED'],
  ])(
    'is refused with 200 for clients of plain JSON, and 400 for those of GraphQL: %s',
    async (query, code) => {
      const plain = await post(url, query);
      expect([plain.status, plain.code]).toEqual([200, code]);
      const graphql = await post(url, query, undefined, { accept: 'application/graphql-response+json' });
      expect([graphql.status, graphql.code]).toEqual([400, code]);
      expect(graphql.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
      expect(graphql.body).not.toHaveProperty('data');
    },
  );

  it('that fails while it is executed is answered 200 with its data and its errors', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { status, body, code } = await post(
        url,
        '{ good: gridNow { settlementPeriod } bad: gridNow(regionId: 19) { from } }',
        undefined,
        { accept },
      );
      expect([status, code, body?.data]).toEqual([
        200,
        'REGION_NOT_FOUND',
        { good: { settlementPeriod: 26 }, bad: null },
      ]);
    }
  });

  it('is answered as JSON unless only something else is accepted', async () => {
    for (const accept of ['*/*', 'application/*', 'application/json', ''])
      expect((await post(url, '{ __typename }', undefined, { accept })).headers.get('content-type')).toMatch(
        /^application\/json/,
      );
    expect((await post(url, '{ __typename }', undefined, { accept: 'image/png' })).status).toBe(406);
  });
});

describe('a path or method', () => {
  it.each([
    ['GET', '/nonsense', 404],
    ['POST', '/', 404],
    ['GET', '/graphql/', 404],
    ['GET', '/..%2f..%2fetc/passwd', 404],
    ['GET', `/${'x'.repeat(5_000)}`, 404],
    ['GET', '/%ff', 400],
    ['GET', '/%00', 404],
    ['PUT', '/graphql', 405],
    ['DELETE', '/graphql', 405],
    ['PATCH', '/graphql', 405],
    ['POST', '/health/ready', 405],
    ['DELETE', '/metrics', 405],
    ['POST', '/explorer', 405],
  ])('that is not served says so: %s %s is %i', async (method, path, status) => {
    const answer = await send(`${url}${path}`, { method });
    expect([answer.status, answer.code]).toEqual([status, 'BAD_REQUEST']);
    expect(answer.text.length).toBeLessThan(400 + (status === 400 ? path.length : 0));
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET/);
  });

  it('asked by HEAD is answered without a body', async () => {
    for (const [path, status] of [
      ['/health/live', 200],
      ['/metrics', 200],
      ['/nonsense', 404],
    ] as const) {
      const answer = await send(`${url}${path}`, { method: 'HEAD' });
      expect([answer.status, answer.text]).toEqual([status, '']);
    }
  });
});

/** Bytes to the server's port, and what it answers until it closes. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let text = '';
    const socket = createConnection({ host: hostname, port: Number(port) }, () =>
      socket.write(bytes, 'latin1'),
    );
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => resolve(text));
  });

describe('bytes that are no request', () => {
  it.each([
    ['not HTTP', 'hello\r\n\r\n', '400'],
    ['a header of 100 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, '431'],
    ['no host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', '400'],
    [
      'a host that is none',
      'POST /graphql HTTP/1.1\r\nHost: a b:c\r\nContent-Type: application/json\r\nContent-Length: 26\r\nConnection: close\r\n\r\n{"query":"{ __typename }"}',
      '400',
    ],
    [
      'two lengths',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}',
      '400',
    ],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['an unknown method', 'BREW /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '400'],
    [
      'a body shorter than said, then the end',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
      '400',
    ],
  ])('are answered and the connection closed: %s', async (_what, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(answer).not.toMatch(/\n\s+at |node_modules/);
  });
});
