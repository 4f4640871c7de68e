import { PylonError } from '../domain/errors.js';

/** Rows a page holds unless `first` says otherwise, and at most. */
export const DEFAULT_PAGE = 50;
export const LARGEST_PAGE = 100;

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page of a connection; connections go forward only. */
export interface Page<Row> {
  readonly edges: { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** How many rows to show. @throws {PylonError} BAD_USER_INPUT for a `first` out of bounds. */
export function pageSize({ first }: PageArgs): number {
  const size = first ?? DEFAULT_PAGE;
  if (size < 1 || size > LARGEST_PAGE)
    throw new PylonError('BAD_USER_INPUT', `first: ${size} is not 1 to ${LARGEST_PAGE}`);
  return size;
}

/** The position in a cursor of this connection; null without one. @throws {PylonError} BAD_CURSOR */
export function positionAfter<Position>(
  after: string | null | undefined,
  decode: (text: string) => Position | null,
): Position | null {
  if (after == null) return null;
  const position = decode(after);
  if (position === null)
    throw new PylonError(
      'BAD_CURSOR',
      `after: ${JSON.stringify(after.slice(0, 60))} is no cursor of this connection`,
    );
  return position;
}

/** @param rows one more than `size` when there is a next page. */
export function pageOf<Row>(
  rows: readonly Row[],
  size: number,
  after: unknown,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const edges = rows.slice(0, size).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
