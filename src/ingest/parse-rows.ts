import type { Refusal } from '../domain/grid-statement.js';
import { RowRefused } from './rows.js';
import type { Parsed, Records } from './source.js';

/**
 * Parses row by row: a row that throws RowRefused is counted with its reason, and the good ones go in.
 *
 * @param nameOf how a refused row is called in the report.
 */
export function parseRows<Kind extends keyof Records, Row = unknown>(
  rows: readonly Row[],
  nameOf: (row: Row, position: number) => string,
  parseRow: (row: Row) => readonly Records[Kind][],
): Parsed<Kind> {
  const records: Records[Kind][] = [];
  const refusals: Refusal[] = [];
  for (const [position, row] of rows.entries()) {
    try {
      records.push(...parseRow(row));
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      refusals.push({ row: nameOf(row, position), reason: error.message });
    }
  }
  return { records, refusals, rowsRead: rows.length };
}
