import { decodeKeyset, encodeKeyset, instantAt } from '../../domain/keyset-cursor.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from '../page.js';

/** Place of a row among those of several half hours: its half hour, then a number. */
export interface HalfHourPlace {
  readonly from: Date;
  readonly number: number;
}

/**
 * A page of rows by half hour, oldest first, and by a number in each.
 *
 * @param word of its cursors, so that one of another connection is refused.
 * @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR
 */
export async function oldestFirst<Row>(
  word: string,
  args: PageArgs,
  find: (page: { readonly take: number; readonly after: HalfHourPlace | null }) => Promise<readonly Row[]>,
  placeOf: (row: Row) => HalfHourPlace,
): Promise<Page<Row>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, (text) => decode(word, text));
  const rows = await find({ take: size + 1, after });
  return pageOf(rows, size, after, (row) => {
    const { from, number } = placeOf(row);
    return encodeKeyset(word, [from.getTime(), number]);
  });
}

function decode(word: string, text: string): HalfHourPlace | null {
  const [ms, number] = decodeKeyset(word, ['number', 'number'], text) ?? [];
  const from = ms === undefined ? null : instantAt(ms);
  const isRowNumber = Number.isInteger(number) && Number(number) >= 0 && Number(number) < 2 ** 31;
  return from && number !== undefined && isRowNumber ? { from, number } : null;
}
