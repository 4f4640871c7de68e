import { decodeKeyset, encodeKeyset, instantAt } from '../../domain/keyset-cursor.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from '../page.js';

/** Which end comes first. */
export type Direction = 'ASC' | 'DESC';

/** What the rows of a connection may be ordered by: a column that is never null. */
export interface Ordering<Row> {
  readonly column: keyof Row & string;
  readonly holds: 'text' | 'number' | 'whole' | 'instant';
  /** Of whole numbers: the largest that the column can hold, if that is less than 2^31 - 1. */
  readonly most?: number;
  /** Where no direction is asked for: the one that people expect. */
  readonly usually: Direction;
  /** For the graph: what it is, and which comes first usually. */
  readonly description: string;
}

export interface OrderArgs<Order extends string> {
  /** Left out: the first of the connection's orderings. */
  readonly orderBy?: Order | null | undefined;
  readonly orderDirection?: Direction | null | undefined;
}

/** A connection whose rows have a number that no two share, by which ties are broken. */
export interface OrderedConnection<Row, Order extends string> {
  /** Of its cursors, so that one of another connection is refused. */
  readonly word: string;
  readonly number: keyof Row & string;
  readonly orderings: Readonly<Record<Order, Ordering<Row>>>;
}

/** Which rows a page holds, as Prisma takes it. */
export interface OrderedPage {
  readonly where: object;
  /** How many, in which order, and maybe after which one. */
  readonly span: object;
}

type Key = string | number | Date;

/**
 * A page of a table in an order that is asked for. Its cursors are of that order and direction: with another one they are refused.
 *
 * @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR
 */
export async function orderedPage<Row, Order extends string>(
  { word, number, orderings }: OrderedConnection<Row, Order>,
  args: PageArgs & OrderArgs<Order>,
  find: (page: OrderedPage) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const size = pageSize(args);
  const order = args.orderBy ?? (Object.keys(orderings)[0] as Order);
  const ordering = orderings[order];
  const { column, usually } = ordering;
  const direction = args.orderDirection ?? usually;
  const cursorWord = `${word}.${order}.${direction}`;
  const after = positionAfter(args.after, (text) => decode(cursorWord, ordering, text));
  const way = direction === 'ASC' ? 'asc' : 'desc';
  const rows = await find({
    where: after === null || isByRow(ordering) ? {} : afterPlace(column, number, direction, after),
    span: {
      take: size + 1,
      orderBy: column === number ? [{ [number]: way }] : [{ [column]: way }, { [number]: way }],
      ...(after !== null && isByRow(ordering) ? { cursor: { [number]: after.number }, skip: 1 } : {}),
    },
  });
  return pageOf(rows, size, after, (row) => {
    const key = row[column] as Key;
    return encodeKeyset(cursorWord, [key instanceof Date ? key.getTime() : key, row[number] as number]);
  });
}

/** Prisma sends 15 digits of a floating-point number, which may so be none that the column holds: its row says where it stands. */
const isByRow = ({ holds }: Pick<Ordering<never>, 'holds'>): boolean => holds === 'number';

interface Place {
  readonly key: Key;
  readonly number: number;
}

function afterPlace(column: string, number: string, direction: Direction, place: Place): object {
  const past = direction === 'ASC' ? 'gt' : 'lt';
  return {
    OR: [{ [column]: { [past]: place.key } }, { [column]: place.key, [number]: { [past]: place.number } }],
  };
}

const LARGEST_WHOLE = 2 ** 31 - 1;

const isWhole = (value: number, most = LARGEST_WHOLE): boolean =>
  Number.isInteger(value) && Math.abs(value) <= most;

/** Only what such a column can hold: anything else would fail in the database. */
function decode(
  word: string,
  { holds, most }: Pick<Ordering<never>, 'holds' | 'most'>,
  text: string,
): Place | null {
  if (holds === 'text') {
    const [key, number] = decodeKeyset(word, ['string', 'number'], text) ?? [];
    if (key === undefined || number === undefined || !isWhole(number)) return null;
    return key.isWellFormed() && !key.includes('\0') ? { key, number } : null;
  }
  const [key, number] = decodeKeyset(word, ['number', 'number'], text) ?? [];
  if (key === undefined || number === undefined || !isWhole(number)) return null;
  if (holds === 'whole' && !isWhole(key, most)) return null;
  const found = holds === 'instant' ? instantAt(key) : key;
  return found === null ? null : { key: found, number };
}
