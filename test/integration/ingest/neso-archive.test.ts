import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../../src/ingest/backfill.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  NESO_PACKAGES,
  archivedCardinalRows,
  nesoAnswer,
  packageBody,
  sqlBody,
  sqlOf,
  type Row,
} from '../../support/neso-payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner } from '../../support/runner.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const PACKAGE = '1-day-ahead-demand-forecast';
const [ARCHIVE] = NESO_PACKAGES[PACKAGE] ?? [];
const source = sourceById('neso-demand-forecast-history');
const good = (path: string): unknown => nesoAnswer(path, NOW, 0);
const isPackage = (path: string): boolean => path.startsWith('/package_show');

describe("NESO's archive of day-ahead forecasts", () => {
  let database: TestDatabase;
  let publisher: Publisher;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(good);
  });
  afterAll(async () => {
    await publisher.close();
    await database.drop();
  });
  afterEach(() => {
    publisher.answer = good;
    publisher.heal();
  });

  const bring = async (from: string, to: string) => {
    const runner = createTestRunner(database, publisher.url);
    try {
      const span = { from: new Date(from), to: new Date(to) };
      return await backfill(runner, source, span, { wait: () => Promise.resolve() });
    } finally {
      await runner.close();
    }
  };
  const stored = async (from: string, to: string): Promise<readonly Row[]> =>
    (
      await database.owner.query<Row>(
        `select at, ends_at, cardinal_point as point, demand_mw as mw, issued_at, kind
         from demand_cardinal_points where at >= $1 and at < $2 order by at`,
        [from, to],
      )
    ).rows;
  /** Rows in pages, as of a publisher that gives so many at once whatever it is asked for. */
  const inPagesOf = (rowsMax: number, rows: readonly Row[]) => (path: string) =>
    isPackage(path) ? good(path) : sqlBody(sqlOf(path), rows, rowsMax);
  const statementsSince = (asked: number): string[] => publisher.asked.slice(asked).map(sqlOf);

  it('brings the last word on each point, with when it was said', async () => {
    expect(await bring('2025-01-30T00:00Z', '2025-02-01T00:00Z')).toMatchObject({
      rows: 14,
      changed: 8,
      refused: 0,
      windows: 1,
    });
    const day = await stored('2025-01-31T00:00Z', '2025-02-01T00:00Z');
    expect(day).toEqual(
      [
        ['00:00', '00:30', '1F', 20_000, '11:39:14'],
        ['04:00', '07:30', '1B', 20_001, '11:39:14'],
        ['08:00', '12:00', '2A', 20_002, '11:39:14'],
        ['23:30', '24:00', '4', 19_503, '08:46:43'],
      ].map(([from, to, point, mw, said]) => ({
        at: new Date(`2025-01-31T${from}Z`),
        ends_at: new Date(`2025-01-31T${to}Z`),
        point,
        mw,
        issued_at: new Date(`2025-01-30T${said}Z`),
        kind: 1,
      })),
    );
  });

  it('asks for the dates of its span alone, each window once', async () => {
    const before = publisher.asked.length;
    await bring('2023-03-01T00:00Z', '2024-03-03T00:00Z');
    expect(statementsSince(before).map((sql) => sql.replace(/^.* WHERE /, ''))).toEqual([
      '',
      ...[
        ['2023-03-01', '2024-02-29'],
        ['2024-03-01', '2024-03-02'],
      ].map(
        ([first, last]) =>
          `"TARGETDATE" >= '${first}' AND "TARGETDATE" <= '${last}' ORDER BY "FORECAST_TIMESTAMP", "_id" LIMIT 32000 OFFSET 0`,
      ),
    ]);
  });

  it('asks in summer for the London days that a window of UTC days lies in', async () => {
    const before = publisher.asked.length;
    await bring('2025-06-10T00:00Z', '2025-06-11T00:00Z');
    expect(statementsSince(before).at(-1)).toContain(
      `"TARGETDATE" >= '2025-06-10' AND "TARGETDATE" <= '2025-06-11'`,
    );
    const points = await stored('2025-06-09T22:00Z', '2025-06-12T00:00Z');
    expect(points.map(({ at, point }) => [at, point])).toEqual([
      [new Date('2025-06-10T03:00Z'), '1B'],
      [new Date('2025-06-10T07:00Z'), '2A'],
      [new Date('2025-06-10T22:30Z'), '4'],
      [new Date('2025-06-10T23:00Z'), '1F'],
    ]);
  });

  it('brought again changes nothing', async () => {
    await bring('2025-03-01T00:00Z', '2025-03-03T00:00Z');
    expect(await bring('2025-03-01T00:00Z', '2025-03-03T00:00Z')).toMatchObject({ rows: 14, changed: 0 });
  });

  it.each([
    ['that end short', 3, 7, ['0', '3', '6']],
    ['the last of which is full', 3, 6, ['0', '3', '6']],
  ])('comes in pages %s', async (_name, rowsMax, count, offsets) => {
    const [first, last] = [`2024-0${count}-01`, `2024-0${count}-02`];
    const rows = archivedCardinalRows([first], (i) => 30_000 + i).slice(0, count);
    publisher.answer = inPagesOf(rowsMax, rows);
    const before = publisher.asked.length;
    expect(await bring(`${first}T00:00Z`, `${last}T00:00Z`)).toMatchObject({ refused: 0 });
    expect(
      statementsSince(before)
        .filter((sql) => sql !== '')
        .map((sql) => / OFFSET (\d+)$/.exec(sql)?.[1]),
    ).toEqual(offsets);
    const points = await stored(`${first}T00:00Z`, `${last}T00:00Z`);
    expect(points.length).toBeGreaterThan(0);
    expect(points.some(({ mw }) => mw === 30_001)).toBe(true);
  });

  it('whose pages end though more is said to follow is a broken contract, and nothing of it is stored', async () => {
    const rows = archivedCardinalRows(['2024-05-01'], (i) => 30_000 + i).slice(0, 3);
    publisher.answer = (path) => {
      if (isPackage(path)) return good(path);
      const body = sqlBody(sqlOf(path), rows, 3);
      return { ...body, result: { ...body.result, records_truncated: true } };
    };
    await expect(bring('2024-05-01T00:00Z', '2024-05-02T00:00Z')).rejects.toMatchObject({
      code: 'SOURCE_CONTRACT_BROKEN',
      message: expect.stringContaining('holds no row of those after 3, though 4 are said to be') as string,
    });
    expect(await stored('2024-05-01T00:00Z', '2024-05-02T00:00Z')).toEqual([]);
  });

  describe('made again under another id', () => {
    it('is looked up again, and asked for by that', async () => {
      let listed = ARCHIVE ? [ARCHIVE] : [];
      publisher.answer = (path) => {
        if (isPackage(path)) {
          const body = packageBody(PACKAGE, listed);
          listed = [{ id: 'made-again', name: 'archive_1dayahead', file: 'archive_1dayahead.csv' }];
          return body;
        }
        return sqlOf(path).includes('FROM "made-again"')
          ? sqlBody(
              sqlOf(path),
              archivedCardinalRows(['2024-08-01'], (i) => 30_000 + i),
            )
          : undefined;
      };
      const before = publisher.asked.length;
      expect(await bring('2024-08-01T00:00Z', '2024-08-02T00:00Z')).toMatchObject({ refused: 0 });
      expect(
        publisher.asked
          .slice(before)
          .map((path) => (isPackage(path) ? 'packages' : / FROM "([^"]+)"/.exec(sqlOf(path))?.[1])),
      ).toEqual(['packages', ARCHIVE?.id, 'packages', 'made-again']);
    });

    it('and not to be found is a broken contract, after one more look', async () => {
      publisher.answer = (path) => (isPackage(path) ? good(path) : undefined);
      const before = publisher.asked.length;
      await expect(bring('2024-09-01T00:00Z', '2024-09-02T00:00Z')).rejects.toMatchObject({
        code: 'SOURCE_CONTRACT_BROKEN',
        message: expect.stringContaining('404') as string,
      });
      // Of each of the four tries of a window: what is asked for, and then the list.
      expect(publisher.asked.slice(before).filter(isPackage).length).toBe(5);
    });
  });
});
