import { HALF_HOUR_MS } from '../half-hour.js';
import { londonDay } from '../london-day.js';
import { settlementPeriodOf } from '../settlement-period.js';

/**
 * Formula and version of the stress. Version 1: where demand stands between the least and the most of the seven London
 * days before, 0 to 1; where the frequency is known, four fifths of that and one fifth of how far the frequency was from
 * 50 Hz, on average, against the 0.2 Hz that National Grid keeps it within as a rule. docs/formulas.md says why.
 */
export const STRESS_FORMULA = 'demand-position/1';

const RANGE_DAYS = 7;
/** Half hours of outturn that a range takes at least: three days. */
const LEAST_HALF_HOURS = 144;
const FREQUENCY_SHARE = 0.2;
const OPERATIONAL_LIMIT_HZ = 0.2;
const DAY_MS = 24 * 3_600_000;

/** National demand over one half hour, MW. */
export interface HalfHourDemand {
  readonly from: Date;
  readonly forecastMw: number | null;
  readonly outturnMw: number | null;
}

/** What the stress of some half hours is told from. */
export interface StressEvidence {
  readonly now: Date;
  /** Those to tell of, and the seven days before them. */
  readonly demand: readonly HalfHourDemand[];
  /** Mean distance from 50 Hz by start of the half hour (ms), where it was measured. */
  readonly deviationHz: ReadonlyMap<number, number>;
}

/** Stress of every half hour from `since` on whose demand and range are known, oldest first. */
export function gridStress(
  { now, demand, deviationHz }: StressEvidence,
  since: Date,
): { readonly from: Date; readonly stress: number }[] {
  const outturn = demand.flatMap(({ from, outturnMw }) =>
    outturnMw === null ? [] : [{ at: from.getTime(), mw: outturnMw }],
  );
  const ranges = new Map<number, Range | null>();
  const rangeBefore = (dayStart: number): Range | null => {
    const known = ranges.get(dayStart);
    if (known !== undefined) return known;
    const range = rangeOf(
      outturn.filter(({ at }) => at < dayStart && at >= dayStart - RANGE_DAYS * DAY_MS).map(({ mw }) => mw),
    );
    ranges.set(dayStart, range);
    return range;
  };
  const today = dayStartOf(now);
  return demand.flatMap(({ from, forecastMw, outturnMw }) => {
    const mw = outturnMw ?? forecastMw;
    if (mw === null || from < since) return [];
    const range = rangeBefore(Math.min(dayStartOf(from), today));
    if (!range) return [];
    return [{ from, stress: stressOf(mw, range, deviationHz.get(from.getTime()) ?? null) }];
  });
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** The range of demand, MW; null where too little is known of it, or it does not differ. */
export function rangeOf(mw: readonly number[]): Range | null {
  if (mw.length < LEAST_HALF_HOURS) return null;
  const least = mw.reduce((a, b) => Math.min(a, b));
  const most = mw.reduce((a, b) => Math.max(a, b));
  return most > least ? { least, most } : null;
}

/** 0 to 1, to four digits. */
export function stressOf(mw: number, { least, most }: Range, deviationHz: number | null): number {
  const position = clamped((mw - least) / (most - least));
  const stress =
    deviationHz === null
      ? position
      : (1 - FREQUENCY_SHARE) * position + FREQUENCY_SHARE * clamped(deviationHz / OPERATIONAL_LIMIT_HZ);
  return Math.round(stress * 1e4) / 1e4;
}

const clamped = (share: number): number => Math.min(Math.max(share, 0), 1);

/** Start of the London day that holds an instant, ms. */
export function dayStartOf(instant: Date): number {
  const { settlementDate } = settlementPeriodOf(
    new Date(Math.floor(instant.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS),
  );
  return londonDay(Date.parse(settlementDate) / DAY_MS).startMs;
}
