import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetByCode } from '../../../src/ingest/elexon/catalogue.js';
import { discoverDatasets } from '../../../src/ingest/elexon/discover.js';
import { runDataset } from '../../../src/ingest/elexon/run.js';
import { levelAt, notificationRows, type NotificationRow } from '../../support/notifications.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { startTestServer, type GraphAnswer, type TestServer } from '../../support/server.js';
import { statementsOf } from '../../support/statements.js';

const NOW = new Date('2026-03-02T12:34:00Z');
/** Over the end of a month: two partitions. */
const SPAN = { from: new Date('2025-10-31T00:00Z'), to: new Date('2025-11-02T00:00Z') };
const UNITS = 5;

const PN = `query ($bmUnit: String!, $from: DateTime!, $to: DateTime!, $asOf: DateTime, $first: Int, $after: String) {
  physicalNotifications(bmUnit: $bmUnit, from: $from, to: $to, asOf: $asOf, first: $first, after: $after) {
    edges { cursor node { bmUnit nationalGridBmUnit settlementDate settlementPeriod timeFrom timeTo levelFromMw levelToMw knownAt ingestRun { source rowsChanged } } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
const RECORDS = `query ($dataset: String!, $bmUnit: String, $from: DateTime!, $to: DateTime!, $asOf: DateTime, $first: Int, $after: String) {
  datasetRecords(dataset: $dataset, bmUnit: $bmUnit, from: $from, to: $to, asOf: $asOf, first: $first, after: $after) {
    edges { node { dataset at key bmUnit payload knownAt marketDataset { code status } ingestRun { source } } }
    pageInfo { hasNextPage endCursor } } }`;

type Node = Readonly<Record<string, unknown>>;
interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
type Answer = Readonly<Record<string, Page>>;

describe('data sets in the graph', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let server: TestServer;
  let change: (row: NotificationRow) => Record<string, unknown>;
  /** After the first words, before the revision. */
  let between: string;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    change = (row) => ({ ...row });
    publisher = await startPublisher((path) => {
      const { pathname, searchParams } = new URL(path, 'http://publisher');
      const code = pathname.split('/')[2] ?? '';
      if (code === 'metadata') return { data: [{ dataset: 'MELS', lastUpdated: null }] };
      if (code !== 'PN' && code !== 'MELS') return undefined;
      const [from, to] = ['from', 'to'].map((name) => new Date(searchParams.get(name) ?? ''));
      return notificationRows(from ?? NOW, to ?? NOW, UNITS, code).map((row) => change(row));
    });
    runner = createTestRunner(database, publisher.url);
    server = await startTestServer(database);
    await bring('PN', 'MELS');
    between = database.clock.now().toISOString();
    change = (row) => (row.settlementPeriod === 10 ? { ...row, levelTo: 699 } : { ...row });
    await bring('PN', 'MELS');
    await discoverDatasets(runner, { wait: () => Promise.resolve() });
  });
  afterAll(async () => {
    await server.stop();
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  async function bring(...codes: readonly string[]): Promise<void> {
    for (const code of codes) {
      const report = await runDataset(runner, {
        dataset: datasetByCode(code),
        window: SPAN,
        mode: 'COMMAND',
        backfillId: null,
      });
      expect(report.error).toBeNull();
    }
  }
  const span = { from: SPAN.from.toISOString(), to: SPAN.to.toISOString() };
  const ask = async (query: string, variables: Record<string, unknown>): Promise<readonly Node[]> => {
    const nodes: Node[] = [];
    for (let after: string | null = null; ;) {
      const answer: GraphAnswer<Answer> = await server.query<Answer>(query, { ...span, after, ...variables });
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      const [page] = Object.values(answer.data ?? {});
      nodes.push(...(page?.edges.map(({ node }) => node) ?? []));
      if (!page?.pageInfo.hasNextPage) return nodes;
      after = page.pageInfo.endCursor;
    }
  };
  const refusal = async (query: string, variables: Record<string, unknown>) =>
    (await server.query(query, { ...span, ...variables })).errors?.[0];

  it.each([100, 50, 7, 1])(
    'pages through the notifications of a unit, %i at a time, each once and in order',
    async (first) => {
      const nodes = await ask(PN, { bmUnit: 'T_UNIT2-1', first });
      expect(nodes.map(({ timeFrom, levelFromMw, levelToMw }) => [timeFrom, levelFromMw, levelToMw])).toEqual(
        notificationRows(SPAN.from, SPAN.to, UNITS)
          .filter(({ bmUnit }) => bmUnit === 'T_UNIT2-1')
          .reverse()
          .map((row) => [
            row.timeFrom.replace('Z', '.000Z'),
            row.levelFrom,
            row.settlementPeriod === 10 ? 699 : row.levelTo,
          ]),
      );
      expect(nodes[0]).toEqual({
        bmUnit: 'T_UNIT2-1',
        nationalGridBmUnit: 'UNIT2-1',
        settlementDate: '2025-10-31',
        settlementPeriod: 1,
        timeFrom: '2025-10-31T00:00:00.000Z',
        timeTo: '2025-10-31T00:30:00.000Z',
        levelFromMw: levelAt(2, SPAN.from),
        levelToMw: levelAt(2, new Date('2025-10-31T00:30Z')),
        knownAt: expect.stringMatching(/^2026-03-02T12:3/) as string,
        ingestRun: { source: 'elexon', rowsChanged: 2 * 48 * UNITS },
      });
    },
  );

  it('answers as of then, before a revision was known', async () => {
    const levels = async (variables: Record<string, unknown>) =>
      (await ask(PN, { bmUnit: 'T_UNIT1-1', first: 100, ...variables })).filter(
        ({ levelToMw }) => levelToMw === 699,
      ).length;
    expect([
      await levels({}),
      await levels({ asOf: between }),
      await levels({ asOf: '2026-03-02T12:34:00Z' }),
    ]).toEqual([2, 0, 0]);
    expect(await ask(PN, { bmUnit: 'T_UNIT1-1', asOf: '2026-03-02T12:34:00Z' })).toEqual([]);
    expect(await ask(PN, { bmUnit: 'T_UNIT1-1', asOf: between, first: 100 })).toHaveLength(96);
    const records = await ask(RECORDS, { dataset: 'MELS', bmUnit: 'T_UNIT1-1', asOf: between, first: 100 });
    expect(records.filter(({ payload }) => (payload as { levelTo: number }).levelTo === 699)).toEqual([]);
    expect(records).toHaveLength(96);
  });

  it.each([100, 33])(
    'pages through the records of a set, %i at a time, each once and in order',
    async (first) => {
      const nodes = await ask(RECORDS, { dataset: 'mels', first });
      const places = nodes.map(({ at, key }) => `${String(at)} ${String(key)}`);
      expect(places).toEqual([...new Set(places)].sort());
      expect(places).toHaveLength(2 * 48 * UNITS);
      expect(nodes.filter(({ payload }) => (payload as { levelTo: number }).levelTo === 699)).toHaveLength(
        2 * UNITS,
      );
      expect(nodes[0]).toMatchObject({
        dataset: 'MELS',
        at: '2025-10-31T00:00:00.000Z',
        bmUnit: 'T_UNIT0-1',
        payload: { ...notificationRows(SPAN.from, new Date('2025-10-31T00:30Z'), 1, 'MELS')[0] },
        marketDataset: { code: 'MELS', status: 'WORKING' },
        ingestRun: { source: 'elexon' },
      });
    },
  );

  it('finds the records of one unit', async () => {
    const nodes = await ask(RECORDS, { dataset: 'MELS', bmUnit: 'T_UNIT4-1', first: 10 });
    expect(nodes).toHaveLength(2 * 48);
    expect(new Set(nodes.map(({ bmUnit }) => bmUnit))).toEqual(new Set(['T_UNIT4-1']));
    expect(await ask(RECORDS, { dataset: 'MELS', bmUnit: 'T_NOBODY-1' })).toEqual([]);
    expect(await ask(RECORDS, { dataset: 'MILS' })).toEqual([]);
  });

  it('reaches the records from their data set', async () => {
    const { data, errors } = await server.query<{
      readonly marketDatasets: readonly { readonly code: string; readonly records: Page | null }[];
    }>(
      `{ marketDatasets(status: WORKING) { code records(from: "${span.from}", to: "${span.to}", first: 5) { edges { node { key } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.marketDatasets.map(({ code, records }) => [code, records?.edges.length ?? null])).toEqual([
      ['MELS', 5],
      ['PN', null], // its rows have a type of their own
    ]);
  });

  it.each([
    ['a page of notifications', PN, { bmUnit: 'T_UNIT2-1' }, ['physical-notifications']],
    ['a page of records', RECORDS, { dataset: 'MELS' }, ['dataset-records']],
    [
      'a page of records of a unit',
      RECORDS,
      { dataset: 'MELS', bmUnit: 'T_UNIT2-1' },
      ['dataset-records-of-unit'],
    ],
  ])(
    'costs %s its own statement and one each for what it links to, however long it is',
    async (_what, query, variables, own) => {
      for (const first of [2, 100]) {
        const sent = await statementsOf(() => server.query(query, { ...span, ...variables, first }));
        // That none of it was archived is asked once, because the span is of long ago.
        const links = sent.filter((name) => !own.includes(name) && name !== 'archived-partition');
        expect(sent.filter((statement) => own.includes(statement))).toEqual(own);
        expect(links.length).toBe(query === RECORDS ? 2 : 1);
      }
    },
  );

  it.each([
    [PN, { bmUnit: '' }, 'BAD_USER_INPUT', /bmUnit: "" is no id/],
    [PN, { bmUnit: 'x', first: 101 }, 'BAD_USER_INPUT', /first: 101 is not 1 to 100/],
    [PN, { bmUnit: 'x', from: span.to }, 'BAD_USER_INPUT', /from must lie before to/],
    [PN, { bmUnit: 'x', from: '2020-01-01T00:00Z' }, 'BAD_USER_INPUT', /longer than 366 days/],
    [PN, { bmUnit: 'x', after: 'bjEu' }, 'BAD_CURSOR', /no cursor of this connection/],
    [PN, { bmUnit: 'x', asOf: '2030-01-01T00:00Z' }, 'BAD_USER_INPUT', /lies in the future/],
    [RECORDS, { dataset: 'NOPE' }, 'SOURCE_NOT_FOUND', /no data set "NOPE"/],
    [RECORDS, { dataset: 'PN' }, 'BAD_USER_INPUT', /PN has a type of its own; ask physicalNotifications/],
    [RECORDS, { dataset: 'MELS', bmUnit: 'a\u0000' }, 'BAD_USER_INPUT', /is no id of a BM unit/],
    [RECORDS, { dataset: 'MELS', after: 'ZDEuMjAyNQ' }, 'BAD_CURSOR', /no cursor of this connection/],
    [
      RECORDS,
      { dataset: 'MELS', after: Buffer.from('d1.2025-10-31T00:00:00.000Z.%').toString('base64url') },
      'BAD_CURSOR',
      /no cursor/,
    ],
  ])('refuses bad arguments: %#', async (query, variables, code, message) => {
    const error = await refusal(query, variables);
    expect([error?.extensions.code, error?.message]).toEqual([
      code,
      expect.stringMatching(message) as string,
    ]);
  });
});
