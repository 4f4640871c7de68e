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

/** Half hours that it takes: one that is begun counts whole. */
export const slotsOf = ({ durationMinutes }: Pick<WorkToPlan, 'durationMinutes'>): number =>
  Math.ceil(durationMinutes / 30);

/** Half hours that lie wholly inside its window, numbered from one that begins at `origin`. `to` may be before `from`. */
export function windowOf(work: WorkToPlan, origin: Date): { readonly from: number; readonly to: number } {
  const slotAt = (at: Date): number => (at.getTime() - origin.getTime()) / HALF_HOUR_MS;
  const from = Math.max(0, Math.ceil(slotAt(work.earliestStart)));
  const to = Math.floor(slotAt(work.deadline));
  const need = slotsOf(work);
  if (!work.isDeferrable) return { from, to: Math.min(to, from + need) };
  if (work.deferralWindowMinutes === null) return { from, to };
  const last = Math.floor(slotAt(work.earliestStart) + work.deferralWindowMinutes / 30);
  return { from, to: Math.min(to, Math.max(from, last) + need) };
}

/** The work as the planner takes it. @param slots of the problem: what lies beyond is out of its outlook. */
export function problemWork(work: WorkToPlan, origin: Date, slots: number, dcIds: readonly string[]): Work {
  const { from, to } = windowOf(work, origin);
  const end = Math.max(0, Math.min(slots, to));
  return {
    jobId: work.jobId,
    energyKwh: work.estimatedEnergyKwh,
    powerW: work.powerKw * 1000,
    slots: slotsOf(work),
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
