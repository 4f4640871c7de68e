import { createHash } from 'node:crypto';
import type { Window } from '../../domain/ingest-run.js';
import { jsonbText } from '../../database/ingest-runs.js';
import { RowRefused, type Json } from '../rows.js';
import type { ElexonDataset } from './catalogue.js';
import { jsonRow } from './json-row.js';
import { COPY_NULL, copyText } from '../../database/staged-write.js';
import { LineBuffer, type LinesFor, type RowLines, type Taken } from './row-lines.js';
import { dayOf, instantOf, settlementStartOf } from './values.js';

/** A row of a data set without a type of its own. */
export interface DatasetRecord {
  /** The row's own time. */
  readonly at: Date;
  /** What tells it from others of its set and time. */
  readonly key: string;
  /** Elexon's id, or National Grid's where Elexon gives none; null for rows that are about no unit. */
  readonly bmUnit: string | null;
}

const LONGEST_KEY = 200;
const DATES = new Set(['forecastDate', 'measurementDate', 'settlementDate']);
const UNITS = ['bmUnit', 'nationalGridBmUnit', 'nationalGridBmUnitId', 'assetId'];
/** Nothing is published about what is further from the window that was asked for. */
const FAR_MS = 12 * 366 * 24 * 60 * 60 * 1000;

/** Reads the time, the key and the unit of a row. @throws {RowRefused} */
export function recordOf(dataset: ElexonDataset, row: Json): DatasetRecord {
  return { at: atOf(dataset, row), key: keyOf(dataset, row), bmUnit: bmUnitOf(row) };
}

function atOf({ at }: ElexonDataset, row: Json): Date {
  if (at === 'settlement') return settlementStartOf(row);
  return DATES.has(at) ? dayOf(row, at) : instantOf(row, at);
}

/** The values of the key fields as JSON; as a hash where they are long. */
function keyOf({ keys }: ElexonDataset, row: Json): string {
  const text = jsonbText(keys.map((name) => row[name] ?? null));
  return text.length > LONGEST_KEY ? createHash('md5').update(text).digest('hex') : text;
}

function bmUnitOf(row: Json): string | null {
  for (const name of UNITS) {
    const value = row[name];
    if (typeof value !== 'string' || value.trim() === '') continue;
    if (value.length > 60 || /[\p{Cc}\p{Cs}]/u.test(value))
      throw new RowRefused(`${name} is no id of a unit`);
    return value;
  }
  return null;
}

/** Lines of `staged_records`. */
export const recordLines =
  (dataset: ElexonDataset): LinesFor =>
  (window) =>
    new RecordLines(dataset, window);

class RecordLines implements RowLines {
  readonly #dataset: ElexonDataset;
  readonly #window: Window;
  readonly #lines = new LineBuffer();
  readonly months = new Set<string>();

  constructor(dataset: ElexonDataset, window: Window) {
    this.#dataset = dataset;
    this.#window = window;
  }

  get size(): number {
    return this.#lines.size;
  }

  flush(): Buffer {
    return this.#lines.flush();
  }

  take(bytes: Buffer, start: number, end: number): Taken {
    const text = bytes.toString('utf8', start, end);
    const row = jsonRow(text);
    const { at, key, bmUnit } = recordOf(this.#dataset, row);
    const { from, to } = this.#window;
    if (at.getTime() < from.getTime() - FAR_MS || at.getTime() > to.getTime() + FAR_MS)
      throw new RowRefused(
        `is of ${at.toISOString()}, far from what was asked for, ${from.toISOString()} to ${to.toISOString()}`,
      );
    this.months.add(`${at.toISOString().slice(0, 7)}-01`);
    this.#lines.writeLine(
      [
        at.toISOString(),
        copyText(key),
        bmUnit === null ? COPY_NULL : copyText(bmUnit),
        copyText(payloadOf(text, row)),
      ].join('\t'),
    );
    return 'TAKEN';
  }
}

/** Escapes, and numbers beyond all measure: jsonb refuses some of them. */
const DOUBTFUL = /\\u|\d[eE][+-]?\d{3}/;

/** The row as it was written, so that its numbers keep all their digits; anew only where jsonb might refuse it. */
const payloadOf = (text: string, row: Json): string => (DOUBTFUL.test(text) ? jsonbText(row) : text);
