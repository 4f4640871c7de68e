import { RowRefused, type Json } from '../rows.js';
import { instantOf, isInPeriod, levelOf, settlementStartOf, unitOf } from './values.js';

/** What a BM unit expects to export (positive) or import from one instant to another, going evenly between two levels. */
export interface PhysicalNotification {
  /** Elexon's id, or National Grid's where Elexon gives none. */
  readonly bmUnit: string;
  readonly nationalGridBmUnit: string | null;
  /** London's calendar, `YYYY-MM-DD`. */
  readonly settlementDate: string;
  readonly settlementPeriod: number;
  readonly timeFrom: Date;
  /** Outside. */
  readonly timeTo: Date;
  readonly levelFromMw: number;
  readonly levelToMw: number;
}

/** Longest stretch of one row: two settlement periods' worth and more; a row is cut at the end of its period. */
export const LONGEST_STRETCH_MS = 24 * 60 * 60 * 1000;

/**
 * One row of PN. Its settlement period is London's and must be the one it begins in: a row that contradicts itself is
 * about nothing known.
 *
 * @throws {RowRefused}
 * @see https://developer.data.elexon.co.uk PN: levels in MW, whole numbers
 */
export function notificationOf(row: Json): PhysicalNotification {
  const nationalGridBmUnit = unitOf(row, 'nationalGridBmUnit');
  const bmUnit = unitOf(row, 'bmUnit') ?? nationalGridBmUnit;
  if (bmUnit === null) throw new RowRefused('names no BM unit');
  const periodStart = settlementStartOf(row);
  const [timeFrom, timeTo] = [instantOf(row, 'timeFrom'), instantOf(row, 'timeTo')];
  const length = timeTo.getTime() - timeFrom.getTime();
  if (length <= 0 || length > LONGEST_STRETCH_MS)
    throw new RowRefused(
      `${timeFrom.toISOString()} to ${timeTo.toISOString()} is no stretch of a day or less`,
    );
  if (!isInPeriod(timeFrom.getTime(), periodStart.getTime()))
    throw new RowRefused(
      `timeFrom ${timeFrom.toISOString()} is not in period ${String(row['settlementPeriod'])} of ${String(row['settlementDate'])}, which begins at ${periodStart.toISOString()}`,
    );
  return {
    bmUnit,
    nationalGridBmUnit,
    settlementDate: String(row['settlementDate']),
    settlementPeriod: Number(row['settlementPeriod']),
    timeFrom,
    timeTo,
    levelFromMw: levelOf(row, 'levelFrom'),
    levelToMw: levelOf(row, 'levelTo'),
  };
}
