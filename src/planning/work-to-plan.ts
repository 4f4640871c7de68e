import { firstHalfHour, halfHoursOf } from '../domain/compute/begin-time.js';
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import type { Manner, Work } from '../domain/planner/places/problem.js';

/** Work as its owner describes it. */
export interface WorkToPlan {
  readonly jobId: string;
  /** Of the work itself, without the facility's share. */
  readonly estimatedEnergyKwh: number;
  readonly powerKw: number;
  readonly durationMinutes: number;
  readonly isInterruptible: boolean;
  /** Whether work with breaks may go on in another data centre. */
  readonly mayMove: boolean;
  readonly isDeferrable: boolean;
  readonly earliestStart: Date;
  readonly deadline: Date;
  /** Null: until the deadline allows no more. */
  readonly deferralWindowMinutes: number | null;
  readonly maxCarbonIntensityGco2PerKwh: number | null;
  /** How sure it must be that the intensity keeps below that, 0.5–0.999. Null: the forecast is believed. */
  readonly confidence: number | null;
  readonly carbonBudgetGco2: number | null;
  readonly maxPriceGbpPerMwh: number | null;
  readonly maxCostGbp: number | null;
  readonly minRenewablePct: number | null;
  readonly maxGridStress: number | null;
  readonly allowedRegionIds: readonly number[];
  readonly allowedDcIds: readonly string[];
  readonly priority: number;
}

/** The half hours that are numbered: slot 0 begins at `origin`; what is planned is planned `now`. */
export interface Slots {
  readonly origin: Date;
  readonly now: Date;
}

/**
 * Half hours that lie wholly inside its window, and the one that runs where that is still enough for it. `to` may be before
 * `from`.
 */
export function windowOf(
  work: WorkToPlan,
  { origin, now }: Slots,
): { readonly from: number; readonly to: number } {
  const slotAt = (at: Date): number => (at.getTime() - origin.getTime()) / HALF_HOUR_MS;
  const isAwaited = work.earliestStart > now;
  const begin = isAwaited ? Math.ceil(slotAt(work.earliestStart)) : slotAt(firstHalfHour(work, now));
  const from = Math.max(0, begin);
  const to = Math.floor(slotAt(work.deadline));
  const need = halfHoursOf(work);
  if (!work.isDeferrable) return { from, to: Math.min(to, from + need) };
  if (work.deferralWindowMinutes === null) return { from, to };
  const last = Math.floor(slotAt(work.earliestStart) + work.deferralWindowMinutes / 30);
  return { from, to: Math.min(to, Math.max(from, last) + need) };
}

/** The work as the planner takes it. @param slots of the problem: what lies beyond is out of its outlook. */
export function problemWork(
  work: WorkToPlan,
  numbered: Slots,
  slots: number,
  dcIds: readonly string[],
): Work {
  const { from, to } = windowOf(work, numbered);
  const end = Math.max(0, Math.min(slots, to));
  return {
    jobId: work.jobId,
    energyKwh: work.estimatedEnergyKwh,
    powerW: work.powerKw * 1000,
    slots: halfHoursOf(work),
    from: Math.min(from, end),
    to: end,
    manner: mannerOf(work),
    dcIds,
    priority: work.priority,
    limits: {
      maxGco2PerKwh: work.maxCarbonIntensityGco2PerKwh,
      confidence: work.confidence,
      maxGbpPerMwh: work.maxPriceGbpPerMwh,
      minRenewablePct: work.minRenewablePct,
      maxGridStress: work.maxGridStress,
      carbonBudgetG: work.carbonBudgetGco2,
      maxCostGbp: work.maxCostGbp,
    },
  };
}

const mannerOf = ({ isInterruptible, mayMove }: WorkToPlan): Manner =>
  isInterruptible ? (mayMove ? 'MOVING' : 'INTERRUPTIBLE') : 'CONTIGUOUS';
