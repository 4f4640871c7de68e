import { fromBase64url, toBase64url } from '../../domain/base64url.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from '../page.js';

/** Which rows a page holds: so many, of numbers below this. */
export interface NumberedPage {
  readonly take: number;
  /** Null: from the newest on. */
  readonly below: number | null;
}

/**
 * A page of a table whose rows are numbered as they come, newest first.
 *
 * @param word of its cursors, so that one of another connection is refused.
 * @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR
 */
export async function newestFirst<Row>(
  word: string,
  args: PageArgs,
  find: (page: NumberedPage) => Promise<readonly Row[]>,
  numberOf: (row: Row) => number,
): Promise<Page<Row>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, (text) => decode(word, text));
  const rows = await find({ take: size + 1, below: after });
  return pageOf(rows, size, after, (row) => toBase64url(`${word}.${numberOf(row)}`));
}

function decode(word: string, text: string): number | null {
  const [, found, number] = /^(\w+)\.([1-9]\d{0,8})$/.exec(fromBase64url(text) ?? '') ?? [];
  return found === word && number !== undefined ? Number(number) : null;
}
