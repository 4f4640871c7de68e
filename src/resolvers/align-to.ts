import { PylonError } from '../domain/errors.js';

/** Rows in the order of their keys, as a DataLoader wants them. A key without a row is an error in its place. */
export function alignTo<Key, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  what: string,
): (Row | Error)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map(
    (key) => byKey.get(key) ?? new PylonError('DATA_MISSING', `there is no ${what} ${String(key)}`),
  );
}
