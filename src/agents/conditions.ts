/** What the grid is like for some work: now, and in the best stretch that is expected. */
import { halfHoursOf } from '../domain/compute/begin-time.js';
import { LICENCE_AREA_IDS } from '../domain/regions.js';
import type { DeferralReason } from '../domain/compute/workload-states.js';
import { addHalfHours } from '../domain/half-hour.js';
import type { OutlookHalfHour, WorkloadSeen } from './seen.js';

export const GREAT_BRITAIN = 18;

export const regionsOf = ({ allowedRegionIds }: Pick<WorkloadSeen, 'allowedRegionIds'>): readonly number[] =>
  allowedRegionIds.length > 0 ? allowedRegionIds : LICENCE_AREA_IDS;

/** A limit of the work itself, in a half hour. */
export interface EvaluatedLimit {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  /** Null: not known, which keeps no limit. */
  readonly value: number | null;
  readonly satisfied: boolean;
  readonly reason: DeferralReason;
}

type Limits = Pick<
  WorkloadSeen,
  'maxCarbonIntensityGco2PerKwh' | 'maxPriceGbpPerMwh' | 'minRenewablePct' | 'maxGridStress'
>;

/** The limits that some work has, each as a half hour keeps it or does not. */
export function evaluateLimits(limits: Limits, half: OutlookHalfHour): EvaluatedLimit[] {
  const atMost = (value: number | null, limit: number): boolean => value !== null && value <= limit;
  const atLeast = (value: number | null, limit: number): boolean => value !== null && value >= limit;
  return (
    [
      [
        'maxCarbonIntensityGco2PerKwh',
        'gCO2/kWh',
        limits.maxCarbonIntensityGco2PerKwh,
        half.gco2PerKwh,
        atMost,
        'CARBON',
      ],
      ['minRenewablePct', '%', limits.minRenewablePct, half.renewablePct, atLeast, 'CARBON'],
      ['maxPriceGbpPerMwh', 'GBP/MWh', limits.maxPriceGbpPerMwh, half.gbpPerMwh, atMost, 'PRICE'],
      ['maxGridStress', '0–1', limits.maxGridStress, half.gridStress, atMost, 'GRID_STRESS'],
    ] as const
  ).flatMap(([name, unit, limit, value, holds, reason]) =>
    limit === null ? [] : [{ name, unit, limit, value, satisfied: holds(value, limit), reason }],
  );
}

export const keepsLimits = (limits: Limits, half: OutlookHalfHour): boolean =>
  evaluateLimits(limits, half).every(({ satisfied }) => satisfied);

/** Whether it has a limit that the grid can break or keep. */
export const hasLimits = (limits: Limits): boolean =>
  [
    limits.maxCarbonIntensityGco2PerKwh,
    limits.minRenewablePct,
    limits.maxPriceGbpPerMwh,
    limits.maxGridStress,
  ].some((limit) => limit !== null);

/** A stretch of half hours in one region. */
export interface Stretch {
  readonly regionId: number;
  readonly halfHours: readonly OutlookHalfHour[];
  readonly from: Date;
  readonly to: Date;
  /** Mean over it, gCO2/kWh. */
  readonly gco2PerKwh: number;
  /** Mean over it; null where a half hour has no price. */
  readonly gbpPerMwh: number | null;
}

/** What of work says where and when it can run at all. */
type Placeable = Limits & Pick<WorkloadSeen, 'durationMinutes' | 'deadline' | 'allowedRegionIds'>;

const isUsable = (work: Placeable, half: OutlookHalfHour, earliest: Date): boolean =>
  half.gco2PerKwh !== null &&
  half.from >= earliest &&
  addHalfHours(half.from, 1) <= work.deadline &&
  keepsLimits(work, half);

/** The mean intensity of the best that any region promises some work, gCO2/kWh, as if there were room everywhere; null where none has all its half hours. */
export function cleanestMean(
  work: Placeable & Pick<WorkloadSeen, 'isInterruptible'>,
  outlook: readonly OutlookHalfHour[],
  earliest: Date,
): number | null {
  if (!work.isInterruptible) return cleanestStretch(work, outlook, earliest)?.gco2PerKwh ?? null;
  const count = halfHoursOf(work);
  const allowed = new Set(regionsOf(work));
  const means = [...byRegion(outlook)].flatMap(([regionId, halves]) => {
    if (!allowed.has(regionId)) return [];
    const usable = halves
      .filter((half) => isUsable(work, half, earliest))
      .map(({ gco2PerKwh }) => gco2PerKwh ?? 0)
      .sort((a, b) => a - b);
    return usable.length < count ? [] : [mean(usable.slice(0, count))];
  });
  return means.length > 0 ? Math.min(...means) : null;
}

/** The cleanest unbroken stretch that is long enough for some work, in its window and within its limits; null: there is none. */
export function cleanestStretch(
  work: Placeable,
  outlook: readonly OutlookHalfHour[],
  earliest: Date,
): Stretch | null {
  const count = halfHoursOf(work);
  const allowed = new Set(regionsOf(work));
  let best: Stretch | null = null;
  for (const [regionId, halves] of byRegion(outlook)) {
    if (!allowed.has(regionId)) continue;
    const usable = halves.filter((half) => isUsable(work, half, earliest));
    for (const [i, first] of usable.entries()) {
      const last = usable[i + count - 1];
      if (last?.from.getTime() !== addHalfHours(first.from, count - 1).getTime()) continue;
      const stretch = stretchOf(regionId, usable.slice(i, i + count));
      if (!best || stretch.gco2PerKwh < best.gco2PerKwh) best = stretch;
    }
  }
  return best;
}

export function byRegion(outlook: readonly OutlookHalfHour[]): Map<number, OutlookHalfHour[]> {
  const regions = new Map<number, OutlookHalfHour[]>();
  for (const half of outlook) {
    const own = regions.get(half.regionId) ?? [];
    regions.set(half.regionId, own);
    own.push(half);
  }
  return regions;
}

/** @param halfHours at least one, each after the one before, all with a carbon intensity. */
function stretchOf(regionId: number, halfHours: readonly OutlookHalfHour[]): Stretch {
  const [first] = halfHours;
  const last = halfHours.at(-1);
  if (!first || !last) throw new RangeError('a stretch of no half hours');
  const prices = halfHours.map(({ gbpPerMwh }) => gbpPerMwh);
  return {
    regionId,
    halfHours,
    from: first.from,
    to: addHalfHours(last.from, 1),
    gco2PerKwh: mean(halfHours.map(({ gco2PerKwh }) => gco2PerKwh ?? 0)),
    gbpPerMwh: prices.includes(null) ? null : mean(prices.map((price) => price ?? 0)),
  };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const minute = (at: Date): string => `${at.toISOString().slice(0, 16)}Z`;
export const whole = (value: number): string => value.toFixed(0);
