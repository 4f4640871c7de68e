import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../../src/ingest/backfill.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { runSource } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import {
  NESO_PACKAGES,
  cardinalRows,
  datastoreBody,
  packageBody,
  type Row,
} from '../../support/neso-payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { statementsOf } from '../../support/statements.js';
import { momentAfter, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const PACKAGE = '1-day-ahead-demand-forecast';
const source = sourceById('neso-demand-forecast-day-ahead');

interface Point {
  readonly from: string;
  readonly to: string;
  readonly cardinalPoint: string;
  readonly demandMw: number;
}

describe('demand by cardinal point', () => {
  let grid: Grid;
  let publisher: Publisher;
  let runner: TestRunner;
  let rows: readonly Row[] = cardinalRows('2026-03-03', (i) => 20_000 + i);

  const poll = () =>
    runSource(runner, { source, mode: 'SCHEDULED', window: windowNow(source, undefined, NOW) });

  beforeAll(async () => {
    grid = await startGrid(NOW);
    publisher = await startPublisher((path) =>
      path.startsWith('/package_show')
        ? packageBody(PACKAGE, NESO_PACKAGES[PACKAGE] ?? [])
        : datastoreBody(rows),
    );
    runner = createTestRunner(grid.database, publisher.url);
    await poll();
  });
  afterAll(async () => {
    await runner.close();
    await publisher.close();
    await grid.close();
  });

  const ask = (args: string) =>
    grid.server.query<{ demandCardinalPoints: readonly Point[] }>(
      `{ demandCardinalPoints(${args}) { from to cardinalPoint pointType feature demandMw provenance { source quality issuedAt } } }`,
    );
  const points = async (args: string): Promise<readonly Point[]> => {
    const { data, errors } = await ask(args);
    expect(errors).toBeUndefined();
    return data?.demandCardinalPoints ?? [];
  };
  const DAY = 'from: "2026-03-03T00:00Z", to: "2026-03-04T00:00Z"';

  it('is served with its spans, what each point is, and where it comes from', async () => {
    const provenance = { source: source.id, quality: 'REAL', issuedAt: null };
    expect(await points(DAY)).toEqual([
      {
        from: '2026-03-03T00:00:00.000Z',
        to: '2026-03-03T00:30:00.000Z',
        cardinalPoint: '1F',
        pointType: 'F',
        feature: null,
        demandMw: 20_000,
        provenance,
      },
      {
        from: '2026-03-03T04:00:00.000Z',
        to: '2026-03-03T07:30:00.000Z',
        cardinalPoint: '1B',
        pointType: 'T',
        feature: 'Om',
        demandMw: 20_001,
        provenance,
      },
      {
        from: '2026-03-03T08:00:00.000Z',
        to: '2026-03-03T12:00:00.000Z',
        cardinalPoint: '2A',
        pointType: 'P',
        feature: 'DM',
        demandMw: 20_002,
        provenance,
      },
      {
        from: '2026-03-03T23:30:00.000Z',
        to: '2026-03-04T00:00:00.000Z',
        cardinalPoint: '4',
        pointType: 'F',
        feature: null,
        demandMw: 20_003,
        provenance,
      },
    ]);
  });

  it('is that of the points which begin in the span', async () => {
    const span = await points('from: "2026-03-03T04:00Z", to: "2026-03-03T08:00Z"');
    expect(span.map(({ cardinalPoint }) => cardinalPoint)).toEqual(['1B']);
    expect(await points('from: "2026-03-04T00:00Z", to: "2026-03-05T00:00Z"')).toEqual([]);
  });

  it('is revised, with a point that moves counted once, and stays as it was known', async () => {
    const before = await points(DAY);
    const early = (await momentAfter(grid)).toISOString();
    rows = cardinalRows('2026-03-03', (i) => 21_000 + i).map((row) =>
      row['CARDINALPOINT'] === '2A' ? { ...row, CP_ST_TIME: 900 } : row,
    );
    expect(await poll()).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 4 });
    expect((await points(DAY)).map(({ from, demandMw }) => [from, demandMw])).toEqual([
      ['2026-03-03T00:00:00.000Z', 21_000],
      ['2026-03-03T04:00:00.000Z', 21_001],
      ['2026-03-03T08:30:00.000Z', 21_002],
      ['2026-03-03T23:30:00.000Z', 21_003],
    ]);
    // Where a point was before it moved, there is none now.
    expect(await points('from: "2026-03-03T08:00Z", to: "2026-03-03T08:30Z"')).toEqual([]);
    expect(await points(`${DAY}, asOf: "${early}"`)).toEqual(before);
  });

  it('of the archive is what was said last of each point, whichever way it had moved', async () => {
    // 1B was said at 04:30, at 05:30 and at 04:30 again; 2A at 08:30 and then at 09:30.
    const said = (i: number, starts: Readonly<Record<string, number>>): Row[] =>
      cardinalRows('2025-01-31', (point) => 20_000 + 1_000 * i + point)
        .filter((row) => String(row['CARDINALPOINT']) in starts)
        .map((row) => ({
          ...row,
          CP_ST_TIME: starts[String(row['CARDINALPOINT'])],
          FORECAST_TIMESTAMP: `2025-01-30T0${8 + i}:00:00`,
        }));
    rows = [
      ...said(-1, { '1B': 430, '2A': 830 }),
      ...said(0, { '1B': 530, '2A': 930 }),
      ...said(1, { '1B': 430, '2A': 930 }),
    ];
    const history = sourceById('neso-demand-forecast-history');
    const span = { from: new Date('2025-01-31T00:00Z'), to: new Date('2025-02-01T00:00Z') };
    expect(await backfill(runner, history, span)).toMatchObject({ rows: 6, changed: 4 });
    expect(await points('from: "2025-01-31T00:00Z", to: "2025-02-01T00:00Z"')).toMatchObject([
      { from: '2025-01-31T04:00:00.000Z', cardinalPoint: '1B', demandMw: 21_001 },
      { from: '2025-01-31T09:00:00.000Z', cardinalPoint: '2A', demandMw: 21_002 },
    ]);
  });

  it('costs one statement', async () => {
    expect(await statementsOf(() => points(DAY))).toEqual(['cardinal-points']);
  });

  it.each([
    ['from: "2026-03-03T00:10Z", to: "2026-03-04T00:00Z"'],
    ['from: "2026-03-04T00:00Z", to: "2026-03-03T00:00Z"'],
    ['from: "2026-03-01T00:00Z", to: "2026-03-09T00:00Z"'],
    [`${DAY}, asOf: "2100-01-01T00:00Z"`],
  ])('refuses %s', async (args) => {
    expect((await ask(args)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
