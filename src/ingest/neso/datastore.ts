import { PylonError } from '../../domain/errors.js';
import { broken } from '../rows.js';
import type { Reach } from '../source.js';
import { isTruncated, recordsOf, totalOf } from './ckan.js';
import { findResource, type ResourceQuery } from './resources.js';
import { selectPage, type Selection } from './sql.js';

/** The most that CKAN answers at once. */
export const PAGE_ROWS = 32_000;

/**
 * Every row of a resource, a page a body, in the order of the file.
 *
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN, also when the pages end before the total that they state.
 */
export const datastoreRows = (
  reach: Reach,
  query: ResourceQuery,
  fields: readonly string[],
): AsyncIterable<unknown> =>
  pages(reach, query, {
    at: (id, offset) =>
      `/datastore_search?resource_id=${id}&limit=${PAGE_ROWS}&offset=${offset}&sort=_id&fields=${fields.join(',')}`,
    rowsSaid: (body, read) => totalOf(body) ?? read,
  });

/**
 * The rows of a resource that a selection names, a page a body, in its order.
 *
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN, also when the pages end though more rows are said to follow.
 */
export const selectedRows = (
  reach: Reach,
  query: ResourceQuery,
  selection: Selection,
): AsyncIterable<unknown> =>
  pages(reach, query, {
    at: (id, offset) =>
      `/datastore_search_sql?${new URLSearchParams({ sql: selectPage(id, selection, { limit: PAGE_ROWS, offset }) })}`,
    // SQL states no total: a full page, or one that was cut, may be followed by another.
    rowsSaid: (body, read, rows) => (rows >= PAGE_ROWS || isTruncated(body) ? read + 1 : read),
  });

/** One way to ask the datastore. */
interface Route {
  readonly at: (resourceId: string, offset: number) => string;
  /** How many rows there are, as far as the body says; `read` with those of its own page, `rows`. */
  readonly rowsSaid: (body: unknown, read: number, rows: number) => number;
}

async function* pages(reach: Reach, query: ResourceQuery, route: Route): AsyncIterable<unknown> {
  let { id } = await findResource(reach, query);
  for (let offset = 0; ;) {
    let body: unknown;
    try {
      body = await reach.json(route.at(id, offset));
    } catch (error) {
      if (offset > 0 || !mayBeGone(error)) throw error;
      const { id: newId } = await findResource(reach, query, true);
      if (newId === id) throw error;
      id = newId;
      body = await reach.json(route.at(id, offset));
    }
    const rows = recordsOf(body).length;
    const said = route.rowsSaid(body, offset + rows, rows);
    // A last page that was full is followed by one of nothing, which says nothing.
    if (offset === 0 || rows > 0) yield body;
    offset += rows;
    if (offset >= said) return;
    if (rows === 0) throw broken(`holds no row of those after ${offset}, though ${said} are said to be`);
  }
}

/** Of a resource that is gone the search says 404; SQL says 409, as of any statement it refuses: there is no such table. */
const mayBeGone = (error: unknown): boolean =>
  error instanceof PylonError && (error.details['httpStatus'] === 404 || error.details['httpStatus'] === 409);
