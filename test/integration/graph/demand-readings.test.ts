import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../../src/ingest/backfill.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import { rollingDemand } from '../../support/elexon-payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { statementsOf } from '../../support/statements.js';
import { momentAfter, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const MINUTE_MS = 60_000;
const source = sourceById('elexon-demand-summary');
const at = (text: string): Date => new Date(`2026-03-02T${text}Z`);
const SPAN = 'from: "2026-03-02T12:00Z", to: "2026-03-02T12:30Z"';

interface Edge {
  readonly cursor: string;
  readonly node: { readonly at: string; readonly demandMw: number; readonly recordType: string | null };
}
interface Page {
  readonly demandReadings: {
    readonly edges: readonly Edge[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

describe('readings of the rolling system demand', () => {
  let grid: Grid;
  let publisher: Publisher;
  let runner: TestRunner;
  let first: RunReport;
  let rows: readonly unknown[] = [
    rollingDemand(at('12:10'), 31_200, 'VD'),
    rollingDemand(at('12:05'), 31_100),
    rollingDemand(at('12:10'), 33_000, 'XD'),
    rollingDemand(at('12:00'), 31_000),
  ];

  const poll = (): Promise<RunReport> =>
    runSource(runner, { source, mode: 'SCHEDULED', window: windowNow(source, undefined, NOW) });

  beforeAll(async () => {
    grid = await startGrid(NOW);
    publisher = await startPublisher(() => rows);
    runner = createTestRunner(grid.database, publisher.url);
    first = await poll();
  });
  afterAll(async () => {
    await runner.close();
    await publisher.close();
    await grid.close();
  });

  const ask = (args: string) =>
    grid.server.query<Page>(
      `{ demandReadings(${args}) { edges { cursor node { at demandMw recordType provenance { source quality issuedAt } } } pageInfo { hasNextPage endCursor } } }`,
    );
  const page = async (args: string): Promise<Page['demandReadings']> => {
    const { data, errors } = await ask(args);
    if (!data || errors) throw new Error(JSON.stringify(errors));
    return data.demandReadings;
  };
  const values = async (args: string): Promise<unknown[]> =>
    (await page(args)).edges.map(({ node }) => [node.at.slice(11, 16), node.recordType, node.demandMw]);

  const FIRST = [
    ['12:00', null, 31_000],
    ['12:05', null, 31_100],
    ['12:10', 'VD', 31_200],
    ['12:10', 'XD', 33_000],
  ];

  it('are listed oldest first, each record type by itself, with where they come from', async () => {
    expect(first).toMatchObject({ status: 'SUCCEEDED', rowsRead: 4, rowsNew: 4, rowsRefused: 0 });
    expect(await values(SPAN)).toEqual(FIRST);
    expect((await page(SPAN)).edges[0]?.node).toEqual({
      at: '2026-03-02T12:00:00.000Z',
      demandMw: 31_000,
      recordType: null,
      provenance: { source: source.id, quality: 'REAL', issuedAt: null },
    });
    // The end is outside.
    expect(await values('from: "2026-03-02T12:00Z", to: "2026-03-02T12:05Z"')).toEqual([FIRST[0]]);
    expect(await values('from: "2026-03-02T12:11Z", to: "2026-03-02T12:30Z"')).toEqual([]);
  });

  it('are read page by page, none twice and none left out, also where a page ends between two of one instant', async () => {
    const read: unknown[] = [];
    for (let after = ''; ;) {
      const { edges, pageInfo } = await page(`${SPAN}, first: 1${after}`);
      expect(edges).toHaveLength(1);
      read.push(...edges.map(({ node }) => [node.at.slice(11, 16), node.recordType, node.demandMw]));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(read).toEqual(FIRST);
  });

  it('are never mixed into the demand of half hours or of signals', async () => {
    const { data } = await grid.server.query(`{ demand(${SPAN}) { edges { cursor } } }`);
    expect(data).toEqual({ demand: { edges: [] } });
    const { rows: signals } = await grid.database.pool.query('select from grid_signals');
    expect(signals).toEqual([]);
  });

  it('are told of by the event of their run alone', async () => {
    const { rows: events } = await grid.database.pool.query<{ topic: number }>(
      'select distinct topic from event_log where sequence <= (select max(sequence) from demand_readings)',
    );
    expect(events).toEqual([{ topic: 2 }]);
  });

  it('say nothing new when they are asked for again, and stay as they were known when revised', async () => {
    expect(await poll()).toMatchObject({ status: 'SUCCEEDED', rowsRead: 4, rowsChanged: 0 });
    const early = (await momentAfter(grid)).toISOString();
    rows = [...rows.slice(0, 3), rollingDemand(at('12:00'), 31_007), rollingDemand(at('12:15'), 31_300)];
    expect(await poll()).toMatchObject({ status: 'SUCCEEDED', rowsNew: 1, rowsChanged: 2 });
    expect(await values(SPAN)).toEqual([['12:00', null, 31_007], ...FIRST.slice(1), ['12:15', null, 31_300]]);
    expect(await values(`${SPAN}, asOf: "${early}"`)).toEqual(FIRST);
  });

  it('are refused, and nothing of them stored, where the publisher averages them', async () => {
    const { rows: before } = await grid.database.pool.query(
      'select * from demand_readings order by at, sequence',
    );
    const good = rows;
    rows = [at('09:00'), at('10:00'), at('11:00'), at('12:00')].map((hour) => rollingDemand(hour, 30_500));
    expect(await poll()).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'SOURCE_CONTRACT_BROKEN',
        message: expect.stringContaining('its nearest rows are 60 minutes apart') as string,
      },
    });
    rows = good;
    const { rows: after } = await grid.database.pool.query(
      'select * from demand_readings order by at, sequence',
    );
    expect(after).toEqual(before);
  });

  it('of a day are brought by a backfill of four requests, each reading once', async () => {
    const asked = publisher.asked.length;
    publisher.answer = (path) => {
      // Both ends are inside, as on most routes of this publisher.
      const [, from = '', to = ''] = /&from=([^&]+)&to=(.+)$/.exec(path) ?? [];
      const [begin, end] = [Date.parse(from), Date.parse(to)];
      return Array.from({ length: (end - begin) / (5 * MINUTE_MS) + 1 }, (_, i) =>
        rollingDemand(new Date(begin + i * 5 * MINUTE_MS), 25_000 + i),
      );
    };
    const day = { from: new Date('2026-02-20T00:00Z'), to: new Date('2026-02-21T00:00Z') };
    expect(await backfill(runner, source, day)).toMatchObject({ windows: 1, changed: 288, refused: 0 });
    expect(publisher.asked.slice(asked)).toHaveLength(4);
    const { rows: stored } = await grid.database.pool.query(
      `select count(*)::integer as readings, min(at), max(at) from demand_readings where at < '2026-03-01'`,
    );
    expect(stored).toEqual([{ readings: 288, min: day.from, max: new Date('2026-02-20T23:55Z') }]);
  });

  it('of a month that was archived are refused by name, never answered as if none had been', async () => {
    await grid.database.owner.query(
      `insert into archived_partitions (table_name, partition_name, from_at, to_at, rows, file, sha256, archived_at)
       values ('demand_readings', 'demand_readings_2025_11', '2025-11-01', '2025-12-01', 1, 'archive/old.parquet', '', now())`,
    );
    const inside = await ask('from: "2025-11-30T00:00Z", to: "2025-12-02T00:00Z"');
    expect(inside.errors?.[0]?.extensions.code).toBe('DATA_ARCHIVED');
    expect(await values('from: "2025-12-01T00:00Z", to: "2025-12-02T00:00Z"')).toEqual([]);
  });

  it('cost one statement a page', async () => {
    expect(await statementsOf(() => page(SPAN))).toEqual(['demand-reading-page']);
  });

  it.each([
    ['reversed', 'from: "2026-03-03T00:00Z", to: "2026-03-02T00:00Z"', 'BAD_USER_INPUT'],
    ['too long', 'from: "2026-01-01T00:00Z", to: "2026-03-02T00:00Z"', 'BAD_USER_INPUT'],
    ['in the future', `${SPAN}, asOf: "2100-01-01T00:00Z"`, 'BAD_USER_INPUT'],
    ['at no cursor', `${SPAN}, after: "x"`, 'BAD_CURSOR'],
    ['at a cursor of the frequency', `${SPAN}, after: "WyJmMSIsMV0"`, 'BAD_CURSOR'],
  ])('are refused by name: %s', async (_name, args, code) => {
    expect((await ask(args)).errors?.[0]?.extensions.code).toBe(code);
  });
});
