/** The rows of a resource that lie between two values of one of its columns, both inside. */
export interface Selection {
  readonly fields: readonly string[];
  readonly column: string;
  readonly from: string;
  readonly to: string;
  /** The order of the rows, oldest saying first; rows that are equal in it keep the order of the file. */
  readonly orderBy: string;
}

/** The number that the datastore gives each row of a table: no two have the same, so that no page repeats or skips one. */
const ROW_NUMBER = '_id';

/** A page of the selected rows, in the SQL of CKAN's datastore, which is PostgreSQL's. */
export function selectPage(
  resourceId: string,
  { fields, column, from, to, orderBy }: Selection,
  page: { readonly limit: number; readonly offset: number },
): string {
  const by = identifier(column);
  return [
    `SELECT ${fields.map(identifier).join(', ')} FROM ${identifier(resourceId)}`,
    `WHERE ${by} >= ${literal(from)} AND ${by} <= ${literal(to)}`,
    `ORDER BY ${identifier(orderBy)}, ${identifier(ROW_NUMBER)} LIMIT ${page.limit} OFFSET ${page.offset}`,
  ].join(' ');
}

/** In quotes, because a name without them is read as lower case. */
const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
