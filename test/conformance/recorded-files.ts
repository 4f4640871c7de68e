import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Folder of recorded payloads, outside the project; null where none is named. */
export const RECORDED_DIR = process.env['RECORDED_DIR'] ?? null;

export const SKIPPED_BECAUSE = 'RECORDED_DIR names no folder of recorded payloads';

export interface RecordedFile {
  /** Path below the publisher's folder. */
  readonly name: string;
  readonly text: string;
}

/** Every file below a publisher's folder, unzipped. */
export function recordedFiles(publisher: string): RecordedFile[] {
  if (!RECORDED_DIR) return [];
  const folder = join(RECORDED_DIR, publisher);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      return {
        name: relative(folder, path),
        text: (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'),
      };
    });
}

/** Rows of a CSV with a header, by column name; no field holds a comma. */
export function csvRows(text: string, skipLines = 0): Record<string, string>[] {
  const [header = '', ...lines] = text.trim().split(/\r?\n/).slice(skipLines);
  const names = header.split(',').map((name) => name.trim());
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, (fields[i] ?? '').trim()]));
  });
}
