import { broken, quoted } from '../rows.js';

/** The header and the lines of one of NESO's CSV files: fields may stand in double quotes, and none holds a comma or a break. */
export interface CsvFile {
  readonly header: string;
  readonly lines: readonly string[];
}

/** @throws {PylonError} SOURCE_CONTRACT_BROKEN when it is no text. */
export function csvFileOf(body: unknown): CsvFile {
  if (typeof body !== 'string') throw broken(`is ${quoted(body)} where CSV is expected`);
  const [header = '', ...lines] = body.replace(/^\uFEFF/, '').split(/\r?\n/);
  return { header, lines: lines.filter((line) => line.trim() !== '') };
}

/**
 * Rows by the names of their columns.
 *
 * @param needed columns without which it is another file.
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN
 */
export function csvRowsOf(body: unknown, needed: readonly string[]): readonly Record<string, string>[] {
  const { header, lines } = csvFileOf(body);
  const names = fieldsOf(header);
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw broken(`has no column ${missing.join(', ')}; it begins ${quoted(header.slice(0, 80))}`);
  return lines.map((line) => {
    const fields = fieldsOf(line);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']));
  });
}

const fieldsOf = (line: string): string[] =>
  line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
