/** What a request in words comes to. */
import type { TaskWorkloadType } from './catalogue.js';

/** Something that a request says. */
export interface Said {
  /** The member of the workload, or what of it follows from this. */
  readonly what: string;
  /** As it was read, with its unit. */
  readonly value: string;
  /** The words that say it. */
  readonly words: string;
}

/** Something that it does not say, and that was taken for it. */
export interface Assumption {
  readonly what: string;
  readonly value: string;
  readonly why: string;
}

export interface TaskLimits {
  readonly maxCarbonIntensityGco2PerKwh: number | null;
  readonly carbonBudgetGco2: number | null;
  readonly maxPriceGbpPerMwh: number | null;
  readonly maxCostGbp: number | null;
  readonly minRenewablePct: number | null;
  readonly maxGridStress: number | null;
  /** Empty: any. */
  readonly allowedRegionIds: readonly number[];
}

/** A workload as `submitWorkload` takes it. */
export interface TaskWork extends TaskLimits {
  readonly name: string;
  readonly type: TaskWorkloadType;
  readonly urgency: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly isInterruptible: boolean;
  readonly isDeferrable: boolean;
  /** Of the work itself, kW. */
  readonly powerKw: number;
  readonly durationMinutes: number;
  /** Null: it follows from power and duration. */
  readonly estimatedEnergyKwh: number | null;
  readonly requiredGpuMinutes: number | null;
  /** Null: from now on. */
  readonly earliestStart: Date | null;
  readonly deadline: Date;
}

export interface ParsedTask {
  /** Id of the kind in the catalogue. */
  readonly kind: string;
  readonly work: TaskWork;
  readonly said: readonly Said[];
  readonly assumptions: readonly Assumption[];
  /** Pieces of the request that mean nothing here. They change nothing. */
  readonly notUnderstood: readonly string[];
}
