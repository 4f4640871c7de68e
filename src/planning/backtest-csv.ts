import { parse } from 'csv-parse/sync';
import { PylonError, messageOf } from '../domain/errors.js';
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import type { Job } from '../domain/planner/job.js';

/** CSV, and what to call it in messages: a path, or an argument. */
export interface NamedText {
  readonly title: string;
  readonly text: string;
}

/** Names under which a file may hold the truth, the first that is there. */
const TRUTHS = ['gco2_kwh', 'actual', 'intensity'];

/** How much is planned at most. */
export interface BacktestLimits {
  /** Half hours of the series. */
  readonly slots: number;
  readonly jobs: number;
  /** Half hours of the windows of all jobs together. */
  readonly jobSlots: number;
}

export interface IntensitySeries {
  /** Start of the first half hour; null where slots are numbered. */
  readonly from: Date | null;
  readonly actual: Float64Array;
  /** The same as `actual` where no column of forecasts was named. */
  readonly believed: Float64Array;
}

/**
 * A series of carbon intensities, one row a half hour: the first column is the slot's start (ISO) or `slot`, its number.
 *
 * @throws {PylonError} BAD_USER_INPUT naming the text and the line.
 */
export function parseIntensity(
  { title, text }: NamedText,
  forecastColumn: string | null,
  limits: BacktestLimits,
): IntensitySeries {
  const { header, rows } = parseCsv({ title, text }, limits.slots);
  const truth = TRUTHS.find((name) => header.includes(name));
  if (truth === undefined)
    throw wrong(title, 1, `has no column named ${TRUTHS.join(', ')}; it has ${header.join(', ')}`);
  if (forecastColumn !== null && !header.includes(forecastColumn))
    throw wrong(title, 1, `has no column ${JSON.stringify(forecastColumn)}; it has ${header.join(', ')}`);
  const from = startOf(title, header[0] ?? '', rows);
  const column = (name: string): Float64Array =>
    Float64Array.from(rows, (row, i) => numberOf(title, i + 2, name, row[name]));
  const actual = column(truth);
  return { from, actual, believed: forecastColumn === null ? actual : column(forecastColumn) };
}

/** The start of the first. Slots are counted by rows: gaps are refused, since one would move all that follow. */
function startOf(title: string, first: string, rows: readonly Row[]): Date | null {
  const isNumbered = first === 'slot';
  const placeOf = (row: Row, line: number): number => {
    const text = row[first] ?? '';
    const place = isNumbered
      ? Number(text)
      : Date.parse(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`) / HALF_HOUR_MS;
    if (text === '' || !Number.isInteger(place))
      throw wrong(
        title,
        line,
        `${first} ${JSON.stringify(text)} is no ${isNumbered ? 'whole number' : 'start of a half hour'}`,
      );
    return place;
  };
  let before: number | null = null;
  for (const [i, row] of rows.entries()) {
    const place = placeOf(row, i + 2);
    if (before !== null && place !== before + 1)
      throw wrong(
        title,
        i + 2,
        `${first} ${JSON.stringify(row[first])} does not follow the line before by one half hour`,
      );
    before = place;
  }
  return isNumbered ? null : new Date(placeOf(rows[0] ?? {}, 2) * HALF_HOUR_MS);
}

/**
 * Jobs, one a row: `job,start_slot,duration_slots,slack_slots[,power_kw]`.
 *
 * @throws {PylonError} BAD_USER_INPUT naming the text and the line.
 */
export function parseJobs({ title, text }: NamedText, slots: number, limits: BacktestLimits): readonly Job[] {
  const { header, rows } = parseCsv({ title, text }, limits.jobs);
  const needed = ['job', 'start_slot', 'duration_slots', 'slack_slots'];
  const missing = needed.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw wrong(title, 1, `has no column ${missing.join(', ')}; it has ${header.join(', ')}`);
  const jobs = rows.map((row, i) => {
    const whole = (name: string, least: number): number => {
      const value = numberOf(title, i + 2, name, row[name]);
      if (!Number.isInteger(value) || value < least)
        throw wrong(title, i + 2, `${name} ${value} is no whole number from ${least} on`);
      return value;
    };
    const from = whole('start_slot', 0);
    const duration = whole('duration_slots', 1);
    const to = from + duration + whole('slack_slots', 0);
    const powerKw = header.includes('power_kw') ? numberOf(title, i + 2, 'power_kw', row['power_kw']) : 1;
    if (to > slots) throw wrong(title, i + 2, `the job ends at slot ${to}, and the series at ${slots}`);
    if (powerKw <= 0) throw wrong(title, i + 2, `power_kw ${powerKw} is not above 0`);
    return { id: row['job'] ?? '', from, to, duration, powerKw };
  });
  refuseWideWindows(title, jobs, limits);
  return jobs;
}

/** @throws {PylonError} BAD_USER_INPUT where the windows of jobs are too much to plan. */
export function refuseWideWindows(
  title: string,
  jobs: readonly Job[],
  limits: Pick<BacktestLimits, 'jobSlots'>,
): void {
  const jobSlots = jobs.reduce((sum, { from, to }) => sum + to - from, 0);
  if (jobSlots > limits.jobSlots)
    throw new PylonError(
      'BAD_USER_INPUT',
      `${title}: the windows of the jobs hold ${jobSlots} half hours together; at most ${limits.jobSlots} are allowed`,
    );
}

type Row = Readonly<Record<string, string>>;

/** Reads no further than the first row that is too many. */
function parseCsv(
  { title, text }: NamedText,
  most: number,
): {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
} {
  try {
    const [header, ...rest] = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      to: most + 2,
    });
    if (!header || rest.length === 0) throw new Error('holds no row below a header');
    if (rest.length > most) throw new Error(`holds more rows than are planned at once; at most ${most}`);
    return {
      header,
      rows: rest.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']))),
    };
  } catch (cause) {
    throw new PylonError('BAD_USER_INPUT', `${title}: ${messageOf(cause)}`, { cause });
  }
}

function numberOf(title: string, line: number, name: string, text: string | undefined): number {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw wrong(title, line, `${name} ${JSON.stringify(text ?? '')} is no number`);
  return value;
}

const wrong = (title: string, line: number, what: string): PylonError =>
  new PylonError('BAD_USER_INPUT', `${title}, line ${line}: ${what}`);
