import { describe, expect, it } from 'vitest';
import { PylonError } from '../../../src/domain/errors.js';
import { PAGE_ROWS, selectedRows } from '../../../src/ingest/neso/datastore.js';
import { NESO } from '../../../src/ingest/neso/portal.js';
import { selectPage, type Selection } from '../../../src/ingest/neso/sql.js';
import type { Reach } from '../../../src/ingest/source.js';
import { packageBody, sqlBody, sqlOf } from '../../support/neso-payloads.js';

const SELECTION: Selection = {
  fields: ['TARGETDATE', 'F_Point'],
  column: 'TARGETDATE',
  from: '2025-01-30',
  to: '2025-01-31',
  orderBy: 'FORECAST_TIMESTAMP',
};
const ARCHIVE = { id: 'archive', name: 'Archive', file: 'archive.csv' };
const QUERY = { package: 'of-days', named: /^archive$/i, ofArchive: true } as const;

/** What is asked of a publisher that has so many rows, and how many rows each answer brings. */
async function pagesOf(rows: number): Promise<{ readonly asked: string[]; readonly brought: number[] }> {
  const asked: string[] = [];
  const table = Array.from({ length: rows }, (_, i) => ({ _id: i + 1 }));
  const reach: Reach = {
    baseUrl: 'http://publisher',
    async json(path) {
      if (path.startsWith('/package_show')) return packageBody('of-days', [ARCHIVE]);
      asked.push(sqlOf(path));
      return sqlBody(sqlOf(path), table);
    },
    text: () => Promise.reject(new Error('no file is read')),
  };
  const brought: number[] = [];
  for await (const body of selectedRows(reach, QUERY, SELECTION))
    brought.push((body as ReturnType<typeof sqlBody>).result.records.length);
  return { asked, brought };
}

describe("the datastore's SQL", () => {
  it('names columns and the resource in quotes, and ends a tie by the number of the row', () => {
    expect(selectPage('7-ab', SELECTION, { limit: 10, offset: 20 })).toBe(
      'SELECT "TARGETDATE", "F_Point" FROM "7-ab" ' +
        `WHERE "TARGETDATE" >= '2025-01-30' AND "TARGETDATE" <= '2025-01-31' ` +
        'ORDER BY "FORECAST_TIMESTAMP", "_id" LIMIT 10 OFFSET 20',
    );
  });

  it('is not left by what stands in a name or in a value', () => {
    const sql = selectPage(
      'a" WHERE 1=1 --',
      { fields: ['b"c'], column: 'd"', from: `' OR ''='`, to: `it's`, orderBy: 'e" DESC' },
      { limit: 1, offset: 0 },
    );
    expect(sql).toBe(
      `SELECT "b""c" FROM "a"" WHERE 1=1 --" WHERE "d""" >= ''' OR ''''=''' AND "d""" <= 'it''s' ` +
        `ORDER BY "e"" DESC", "_id" LIMIT 1 OFFSET 0`,
    );
  });

  it.each([
    ['no row', 0, [0], 1],
    ['less than a page', 3, [3], 1],
    ['a page, which does not say that it is the last', PAGE_ROWS, [PAGE_ROWS], 2],
    ['two pages and a row', 2 * PAGE_ROWS + 1, [PAGE_ROWS, PAGE_ROWS, 1], 3],
  ])('brings %s', async (_name, rows, expected, requests) => {
    const { asked, brought } = await pagesOf(rows);
    expect(brought).toEqual(expected);
    expect(asked.map((sql) => sql.replace(/^.* LIMIT/, 'LIMIT'))).toEqual(
      Array.from({ length: requests }, (_, i) => `LIMIT ${PAGE_ROWS} OFFSET ${i * PAGE_ROWS}`),
    );
  });

  it('says 409 of a table that is gone, which is then looked up under its new id', async () => {
    const asked: string[] = [];
    const listed = [ARCHIVE, { ...ARCHIVE, id: 'made-again' }];
    const reach: Reach = {
      baseUrl: 'http://publisher',
      async json(path) {
        asked.push(sqlOf(path).replace(/^.* FROM "([^"]+)".*$/, '$1'));
        if (path.startsWith('/package_show')) return packageBody('of-days', listed.splice(0, 1));
        if (sqlOf(path).includes('made-again')) return sqlBody(sqlOf(path), [{ _id: 1 }]);
        throw new PylonError('SOURCE_CONTRACT_BROKEN', 'relation "archive" does not exist', {
          details: { httpStatus: 409 },
        });
      },
      text: () => Promise.reject(new Error('no file is read')),
    };
    const bodies: unknown[] = [];
    for await (const body of selectedRows(reach, QUERY, SELECTION)) bodies.push(body);
    expect(bodies).toHaveLength(1);
    expect(asked).toEqual(['', 'archive', '', 'made-again']);
  });

  it('is under the limit of the datastore, as the search is', () => {
    const limited = (path: string): string[] =>
      NESO.limits.filter(({ appliesTo }) => appliesTo(`https://neso${path}`)).map(({ name }) => name);
    expect(limited('/datastore_search_sql?sql=SELECT')).toEqual(limited('/datastore_search?resource_id=a'));
    expect(limited('/package_show?id=a')).toHaveLength(1);
    expect(limited('/datastore_search_sql?sql=SELECT')).toHaveLength(2);
  });
});
