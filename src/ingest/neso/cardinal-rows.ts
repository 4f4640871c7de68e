/**
 * NESO's rows about cardinal points: the fixed points, troughs and peaks of a day's national demand, MW.
 *
 * Quirks: CP_ST_TIME and CP_END_TIME are London clocks without leading zeros (30 is 00:30, 2400 the end of the day), each
 * at the end of a half hour: from 30 to 30 is the day's first one.
 */
import { londonClockInstant } from '../../domain/london-clock.js';
import type { CardinalPointStatement, CardinalPointType } from '../../domain/series.js';
import { RowRefused, quoted } from '../rows.js';
import { clockOf, dateOf, dated, megawattsOf } from './fields.js';

type Row = Readonly<Record<string, unknown>>;

/** Columns that the current file and its archive share. */
export const CARDINAL_FIELDS = [
  'DAYSAHEAD',
  'TARGETDATE',
  'FORECASTDEMAND',
  'CARDINALPOINT',
  'CP_TYPE',
  'CP_ST_TIME',
  'CP_END_TIME',
  'F_Point',
] as const;

const HALF_HOUR_MINUTES = 30;
const FEATURES: readonly unknown[] = ['Om', 'DM', 'Dm', 'EM'];
/** What stands for no feature. */
const NO_FEATURE: readonly unknown[] = ['', 'NA', null, undefined];

/** How a refused row is called. */
export const nameOfCardinalRow = (row: unknown, position: number): string => {
  const { TARGETDATE: date, CARDINALPOINT: point } =
    typeof row === 'object' && row !== null ? (row as Row) : {};
  return date === undefined && point === undefined
    ? `row ${position}`
    : `date ${quoted(date)}, cardinal point ${quoted(point)}`;
};

/**
 * What a row says of one cardinal point, whenever it was said.
 *
 * @throws {RowRefused}
 */
export function readCardinalRow(row: Row): Omit<CardinalPointStatement, 'issuedAt'> {
  const date = dateOf(row, 'TARGETDATE');
  const first = clockOf(row, 'CP_ST_TIME') - HALF_HOUR_MINUTES;
  const last = clockOf(row, 'CP_END_TIME');
  if (first < 0 || last <= first || first % HALF_HOUR_MINUTES !== 0 || last % HALF_HOUR_MINUTES !== 0)
    throw new RowRefused(
      `CP_ST_TIME ${quoted(row['CP_ST_TIME'])} and CP_END_TIME ${quoted(row['CP_END_TIME'])} are no half hours of a day`,
    );
  const demandMw = megawattsOf(row, 'FORECASTDEMAND');
  if (demandMw === null || demandMw === 0) throw new RowRefused('states no FORECASTDEMAND');
  return {
    ...spanOf(date, first, last),
    kind: 'FORECAST',
    cardinalPoint: codeOf(row['CARDINALPOINT']),
    pointType: typeOf(row['CP_TYPE']),
    feature: featureOf(row['F_Point']),
    demandMw,
  };
}

function spanOf(date: string, first: number, last: number): { readonly at: Date; readonly endsAt: Date } {
  const at = dated(() => londonClockInstant(date, first));
  const endsAt = dated(() => londonClockInstant(date, last));
  if (at >= endsAt) throw new RowRefused('lies in the hour that clocks skip');
  return { at, endsAt };
}

/** A code, which is a number where it has no letter: `4` is the point that is `04` in other years. */
function codeOf(value: unknown): string {
  const code = typeof value === 'number' ? String(value) : value;
  if (typeof code !== 'string' || !/^[0-9A-Z]{1,4}$/.test(code))
    throw new RowRefused(`CARDINALPOINT ${quoted(value)} is no code`);
  return code;
}

function typeOf(value: unknown): CardinalPointType {
  if (value !== 'F' && value !== 'T' && value !== 'P')
    throw new RowRefused(`CP_TYPE ${quoted(value)} is none of F, T, P`);
  return value;
}

function featureOf(value: unknown): string | null {
  if (NO_FEATURE.includes(value)) return null;
  if (typeof value !== 'string' || !FEATURES.includes(value))
    throw new RowRefused(`F_Point ${quoted(value)} is none of ${FEATURES.join(', ')}`);
  return value;
}
