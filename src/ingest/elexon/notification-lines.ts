import type { Window } from '../../domain/ingest-run.js';
import { settlementPeriodStart } from '../../domain/settlement-period.js';
import { jsonRow } from './json-row.js';
import { LONGEST_STRETCH_MS, notificationOf, type PhysicalNotification } from './notification.js';
import { COPY_NULL, copyText } from '../../database/staged-write.js';
import { LineBuffer, type RowLines, type Taken } from './row-lines.js';
import { isInPeriod } from './values.js';

const [QUOTE, BACKSLASH, COMMA, COLON, CLOSE_OBJECT, TAB, NEWLINE] = [
  0x22, 0x5c, 0x2c, 0x3a, 0x7d, 0x09, 0x0a,
];
const [ZERO, NINE, MINUS, DASH, SPACE, TILDE] = [0x30, 0x39, 0x2d, 0x2d, 0x20, 0x7e];

/** The fields of a row, in the order of the columns that they become. */
const FIELDS = [
  'bmUnit',
  'nationalGridBmUnit',
  'settlementDate',
  'settlementPeriod',
  'timeFrom',
  'timeTo',
  'levelFrom',
  'levelTo',
] as const;
const [BM_UNIT, GRID_UNIT, DATE, PERIOD, FROM, TO, LEVEL_FROM, LEVEL_TO] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const NAMES = FIELDS.map((name) => Buffer.from(name));
/** By length: no two fields but one pair are equally long, so that a name is compared once or twice. */
const BY_LENGTH: readonly (readonly number[])[] = Array.from({ length: 20 }, (_, length) =>
  NAMES.flatMap((name, field) => (name.length === length ? [field] : [])),
);
/** Units, dates, times and levels of a row in the usual form take no more. */
const LONGEST_LINE = 256;
const LONGEST_UNIT = 60;
const PERIODS_KEPT = 4096;

/** Lines of `staged_notifications`. */
export const notificationLines = (window: Window): RowLines => new NotificationLines(window);

/**
 * Takes rows in the form in which Elexon writes them from bytes to bytes, checked as `notificationOf` checks them. What is
 * written in any other way is read as JSON, and judged there: that is also where refusals get their reasons.
 */
class NotificationLines implements RowLines {
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #lines = new LineBuffer();
  readonly #starts = new Int32Array(FIELDS.length);
  readonly #ends = new Int32Array(FIELDS.length);
  /** Starts of settlement periods by date and number, since a row needs one; NaN where there is none. */
  readonly #periods = new Map<number, number>();
  readonly #days = new Map<number, number>();
  readonly months: ReadonlySet<string>;

  constructor({ from, to }: Window) {
    this.#fromMs = from.getTime();
    this.#toMs = to.getTime();
    this.months = monthsOf(from, to);
  }

  get size(): number {
    return this.#lines.size;
  }

  flush(): Buffer {
    return this.#lines.flush();
  }

  take(bytes: Buffer, start: number, end: number): Taken {
    const taken = this.#find(bytes, start, end) ? this.#copy(bytes) : null;
    return taken ?? this.#write(notificationOf(jsonRow(bytes.toString('utf8', start, end))));
  }

  #write(row: PhysicalNotification): Taken {
    if (!this.#isInside(row.timeFrom.getTime())) return 'OUTSIDE';
    this.#lines.writeLine(
      [
        copyText(row.bmUnit),
        row.nationalGridBmUnit === null ? COPY_NULL : copyText(row.nationalGridBmUnit),
        row.settlementDate,
        row.settlementPeriod,
        row.timeFrom.toISOString(),
        row.timeTo.toISOString(),
        row.levelFromMw,
        row.levelToMw,
      ].join('\t'),
    );
    return 'TAKEN';
  }

  #isInside(ms: number): boolean {
    return ms >= this.#fromMs && ms < this.#toMs;
  }

  /** Finds the values of the fields. False for a row that is not the flat object of plain values that it usually is. */
  #find(bytes: Buffer, start: number, end: number): boolean {
    this.#starts.fill(-1);
    const last = end - 1;
    if (bytes[last] !== CLOSE_OBJECT) return false;
    let at = start + 1;
    while (at < last) {
      at = skipSpace(bytes, at);
      if (bytes[at] !== QUOTE) return false;
      const name = at + 1;
      const nameEnd = endOfText(bytes, name, last);
      if (nameEnd < 0) return false;
      at = skipSpace(bytes, nameEnd + 1);
      if (bytes[at] !== COLON) return false;
      at = skipSpace(bytes, at + 1);
      const isText = bytes[at] === QUOTE;
      const value = isText ? at + 1 : at;
      const valueEnd = isText ? endOfText(bytes, value, last) : endOfNumber(bytes, value);
      if (valueEnd < 0) return false;
      const field = fieldNamed(bytes, name, nameEnd - name);
      if (field >= 0) {
        if (isText !== (field < PERIOD || field === FROM || field === TO)) return false;
        this.#starts[field] = value;
        this.#ends[field] = valueEnd;
      }
      at = skipSpace(bytes, isText ? valueEnd + 1 : valueEnd);
      if (at === last) return true;
      if (bytes[at] !== COMMA) return false;
      at += 1;
    }
    return false;
  }

  /** Checks and writes what was found; null leaves the row to `notificationOf`. */
  #copy(bytes: Buffer): Taken | null {
    const starts = this.#starts;
    const ends = this.#ends;
    for (let field = 0; field < FIELDS.length; field += 1) if ((starts[field] ?? -1) < 0) return null;
    const from = this.#instant(bytes, FROM);
    const to = this.#instant(bytes, TO);
    const period = this.#periodStart(bytes);
    if (!(to > from) || to - from > LONGEST_STRETCH_MS || !isInPeriod(from, period)) return null;
    if (!isLevel(bytes, starts[LEVEL_FROM] ?? 0, ends[LEVEL_FROM] ?? 0)) return null;
    if (!isLevel(bytes, starts[LEVEL_TO] ?? 0, ends[LEVEL_TO] ?? 0)) return null;
    if (!isUnit(bytes, starts[BM_UNIT] ?? 0, ends[BM_UNIT] ?? 0)) return null;
    if (!isUnit(bytes, starts[GRID_UNIT] ?? 0, ends[GRID_UNIT] ?? 0)) return null;
    if (!this.#isInside(from)) return 'OUTSIDE';
    this.#lines.reserve(LONGEST_LINE);
    const out = this.#lines.bytes;
    let size = this.#lines.size;
    for (let field = 0; field < FIELDS.length; field += 1) {
      const end = ends[field] ?? 0;
      for (let at = starts[field] ?? 0; at < end; at += 1) {
        out[size] = bytes[at] ?? 0;
        size += 1;
      }
      out[size] = field === LEVEL_TO ? NEWLINE : TAB;
      size += 1;
    }
    this.#lines.size = size;
    return 'TAKEN';
  }

  /** NaN for what is not written `2026-08-01T01:00:00Z`, or is no instant. */
  #instant(bytes: Buffer, field: number): number {
    const start = this.#starts[field] ?? 0;
    if ((this.#ends[field] ?? 0) - start !== 20) return Number.NaN;
    if (
      bytes[start + 10] !== 0x54 ||
      bytes[start + 13] !== COLON ||
      bytes[start + 16] !== COLON ||
      bytes[start + 19] !== 0x5a
    )
      return Number.NaN;
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    return this.#midnight(dateNumber(bytes, start)) + ((hour * 60 + minute) * 60 + second) * 1000;
  }

  /** Midnight UTC of a date as a number, 20260801; NaN where there is no such date. */
  #midnight(date: number): number {
    const known = this.#days.get(date);
    if (known !== undefined) return known;
    if (Number.isNaN(date)) return date;
    const text = dateText(date);
    const ms = Date.parse(text);
    const midnight = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? ms : Number.NaN;
    if (this.#days.size >= PERIODS_KEPT) this.#days.clear();
    this.#days.set(date, midnight);
    return midnight;
  }

  #periodStart(bytes: Buffer): number {
    const start = this.#starts[DATE] ?? 0;
    if ((this.#ends[DATE] ?? 0) - start !== 10) return Number.NaN;
    const date = dateNumber(bytes, start);
    const first = this.#starts[PERIOD] ?? 0;
    const length = (this.#ends[PERIOD] ?? 0) - first;
    const period =
      length === 2 ? twoDigits(bytes, first) : length === 1 ? (bytes[first] ?? 0) - ZERO : Number.NaN;
    // A number does not begin with a zero in JSON.
    if (Number.isNaN(date) || !(period >= 1 && period <= 50) || bytes[first] === ZERO) return Number.NaN;
    const key = date * 100 + period;
    const known = this.#periods.get(key);
    if (known !== undefined) return known;
    if (this.#periods.size >= PERIODS_KEPT) this.#periods.clear();
    const ms = startOrNaN(dateText(date), period);
    this.#periods.set(key, ms);
    return ms;
  }
}

function startOrNaN(date: string, period: number): number {
  try {
    return settlementPeriodStart(date, period).getTime();
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN; // said of the row by notificationOf
    throw error;
  }
}

function fieldNamed(bytes: Buffer, start: number, length: number): number {
  for (const field of BY_LENGTH[length] ?? []) {
    const name = NAMES[field];
    let at = 0;
    while (at < length && name?.[at] === bytes[start + at]) at += 1;
    if (at === length) return field;
  }
  return -1;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (
    let byte = bytes[at];
    byte === SPACE || byte === NEWLINE || byte === TAB || byte === 0x0d;
    byte = bytes[at]
  )
    at += 1;
  return at;
}

/** Place of the quote that ends a text of plain ASCII; -1 for any other text. */
function endOfText(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte < SPACE || byte > TILDE) return -1;
  }
  return -1;
}

/** Place behind the digits of a whole number, with or without a sign; -1 where there is none. */
function endOfNumber(bytes: Buffer, from: number): number {
  const first = bytes[from] === MINUS ? from + 1 : from;
  let at = first;
  while ((bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= NINE) at += 1;
  return at === first ? -1 : at;
}

function isLevel(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === MINUS ? start + 1 : start;
  const digits = end - first;
  return digits === 1 ? true : digits > 1 && digits <= 5 && bytes[first] !== ZERO;
}

const isUnit = (bytes: Buffer, start: number, end: number): boolean =>
  end > start && end - start <= LONGEST_UNIT && bytes[start] !== SPACE && bytes[end - 1] !== SPACE;

function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** `2026-08-01` as 20260801; NaN for what is not written so, or not of this millennium. */
function dateNumber(bytes: Buffer, at: number): number {
  if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return Number.NaN;
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  return year < 2000 || year > 2999
    ? Number.NaN
    : (year * 100 + twoDigits(bytes, at + 5)) * 100 + twoDigits(bytes, at + 8);
}

const dateText = (date: number): string => {
  const digits = String(date).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
};

/** First days of the months that a window touches. */
function monthsOf(from: Date, to: Date): ReadonlySet<string> {
  const months = new Set<string>();
  for (let at = from; at < to; at = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)))
    months.add(`${at.toISOString().slice(0, 7)}-01`);
  return months;
}
