import { PylonError } from '../../domain/errors.js';
import { broken } from '../rows.js';
import type { Reach } from '../source.js';
import { recordsOf, totalOf } from './ckan.js';
import { findResource, type ResourceQuery } from './resources.js';

/** The most that CKAN answers at once. */
const PAGE_ROWS = 32_000;

/**
 * Every row of a resource, a page a body, in the order of the file.
 *
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN, also when the pages end before the total that they state.
 */
export async function* datastoreRows(
  reach: Reach,
  query: ResourceQuery,
  fields: readonly string[],
): AsyncIterable<unknown> {
  let { id } = await findResource(reach, query);
  for (let offset = 0; ;) {
    let body: unknown;
    try {
      body = await reach.json(pageAt(id, fields, offset));
    } catch (error) {
      if (offset > 0 || !isNotFound(error)) throw error;
      const { id: newId } = await findResource(reach, query, true);
      if (newId === id) throw error;
      id = newId;
      body = await reach.json(pageAt(id, fields, offset));
    }
    yield body;
    const rows = recordsOf(body).length;
    const total = totalOf(body) ?? offset + rows;
    offset += rows;
    if (offset >= total) return;
    if (rows === 0) throw broken(`holds no row of those after ${offset}, though ${total} are said to be`);
  }
}

const pageAt = (id: string, fields: readonly string[], offset: number): string =>
  `/datastore_search?resource_id=${id}&limit=${PAGE_ROWS}&offset=${offset}&sort=_id&fields=${fields.join(',')}`;

const isNotFound = (error: unknown): boolean =>
  error instanceof PylonError && error.details['httpStatus'] === 404;
