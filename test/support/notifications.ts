/** Rows in the form of Elexon's PN stream, made up for tests. */
import { addHalfHours, halfHours } from '../../src/domain/half-hour.js';
import { settlementPeriodOf } from '../../src/domain/settlement-period.js';

export interface NotificationRow {
  readonly dataset: string;
  readonly settlementDate: string;
  readonly settlementPeriod: number;
  readonly timeFrom: string;
  readonly timeTo: string;
  readonly levelFrom: unknown;
  readonly levelTo: unknown;
  readonly nationalGridBmUnit: string | null;
  readonly bmUnit: string | null;
}

const second = (instant: Date): string => instant.toISOString().replace('.000Z', 'Z');

/** A level that differs between neighbours, so that one in the wrong place shows. */
export const levelAt = (unit: number, from: Date): number =>
  ((from.getTime() / 1_800_000 + unit * 31) % 701) - 50;

/** One row a unit and settlement period of a span, newest first. */
export function notificationRows(from: Date, to: Date, units: number, dataset = 'PN'): NotificationRow[] {
  return halfHours(from, to)
    .reverse()
    .flatMap((start) =>
      Array.from({ length: units }, (_, unit) => ({
        dataset,
        ...settlementPeriodOf(start),
        timeFrom: second(start),
        timeTo: second(addHalfHours(start, 1)),
        levelFrom: levelAt(unit, start),
        levelTo: levelAt(unit, addHalfHours(start, 1)),
        nationalGridBmUnit: `UNIT${unit}-1`,
        bmUnit: `T_UNIT${unit}-1`,
      })),
    );
}

/** A publisher that answers the stream of PN as Elexon does: `to` is the settlement period that holds it. */
export const notificationPublisher =
  (units: number) =>
  (path: string): NotificationRow[] | undefined => {
    const { pathname, searchParams } = new URL(path, 'http://publisher');
    if (pathname !== '/datasets/PN/stream') return undefined;
    const instant = (name: string): Date => new Date(searchParams.get(name) ?? Number.NaN);
    return notificationRows(instant('from'), instant('to'), units);
  };
