/**
 * What arriving work is like, by its type: ours, chosen to span what the documents show (a training run of 5,000 kWh, a
 * query of a fraction of one) and not measured anywhere.
 */
export type FleetWorkloadType =
  'TRAINING_RUN' | 'INFERENCE_BATCH' | 'RAG_QUERY' | 'FINE_TUNING' | 'DATA_PROCESSING' | 'OTHER';
export type FleetUrgency = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

type Range = readonly [least: number, most: number];

export interface WorkloadKind {
  /** How often it comes, among all. */
  readonly weight: number;
  /** Mean power, kW; small ones are the more frequent. */
  readonly powerKw: Range;
  /** Minutes, likewise. */
  readonly durationMinutes: Range;
  /** Probability that it may be interrupted. */
  readonly interruptible: number;
  /** Whether it runs on accelerators. */
  readonly usesGpus: boolean;
  readonly urgency: Readonly<Record<FleetUrgency, number>>;
}

/** How much work the demo's fleet is asked for, an hour, while the grid is not stressed. */
export const ARRIVALS_PER_HOUR = 12;

export const WORKLOAD_KINDS: Readonly<Record<FleetWorkloadType, WorkloadKind>> = {
  TRAINING_RUN: {
    weight: 12,
    powerKw: [40, 500],
    durationMinutes: [360, 1_440],
    interruptible: 0.8,
    usesGpus: true,
    urgency: { LOW: 50, MEDIUM: 40, HIGH: 9, CRITICAL: 1 },
  },
  FINE_TUNING: {
    weight: 18,
    powerKw: [10, 120],
    durationMinutes: [60, 480],
    interruptible: 0.6,
    usesGpus: true,
    urgency: { LOW: 35, MEDIUM: 50, HIGH: 13, CRITICAL: 2 },
  },
  INFERENCE_BATCH: {
    weight: 30,
    powerKw: [5, 80],
    durationMinutes: [30, 240],
    interruptible: 0.5,
    usesGpus: true,
    urgency: { LOW: 25, MEDIUM: 50, HIGH: 20, CRITICAL: 5 },
  },
  RAG_QUERY: {
    weight: 15,
    powerKw: [1, 10],
    durationMinutes: [5, 30],
    interruptible: 0,
    usesGpus: true,
    urgency: { LOW: 5, MEDIUM: 30, HIGH: 45, CRITICAL: 20 },
  },
  DATA_PROCESSING: {
    weight: 20,
    powerKw: [5, 60],
    durationMinutes: [30, 360],
    interruptible: 0.7,
    usesGpus: false,
    urgency: { LOW: 40, MEDIUM: 45, HIGH: 13, CRITICAL: 2 },
  },
  OTHER: {
    weight: 5,
    powerKw: [1, 40],
    durationMinutes: [15, 180],
    interruptible: 0.3,
    usesGpus: false,
    urgency: { LOW: 30, MEDIUM: 50, HIGH: 15, CRITICAL: 5 },
  },
};

export interface UrgencyTerms {
  readonly priority: Range;
  /** Minutes that it can wait beyond what it takes; CRITICAL work is not deferrable. */
  readonly slackMinutes: Range;
  readonly isDeferrable: boolean;
}

export const URGENCY_TERMS: Readonly<Record<FleetUrgency, UrgencyTerms>> = {
  LOW: { priority: [0, 30], slackMinutes: [720, 2_880], isDeferrable: true },
  MEDIUM: { priority: [31, 60], slackMinutes: [240, 1_440], isDeferrable: true },
  HIGH: { priority: [61, 85], slackMinutes: [60, 360], isDeferrable: true },
  CRITICAL: { priority: [86, 100], slackMinutes: [0, 60], isDeferrable: false },
};

/** Of deferrable work, how often each limit is set, and to what. */
export const LIMITS = {
  maxCarbonIntensityGco2PerKwh: { probability: 0.5, range: [60, 260] },
  /** g for each kWh that is expected at the computers. */
  carbonBudgetGco2: { probability: 0.1, range: [120, 300] },
  maxPriceGbpPerMwh: { probability: 0.2, range: [50, 180] },
  /** GBP for each MWh that is expected at the computers. */
  maxCostGbp: { probability: 0.1, range: [90, 220] },
  minRenewablePct: { probability: 0.2, range: [20, 75] },
  maxGridStress: { probability: 0.15, range: [0.5, 0.9] },
} as const satisfies Readonly<Record<string, { readonly probability: number; readonly range: Range }>>;

/** How often work must stay in some licence areas, such as for its data. */
export const REGIONAL_PROBABILITY = 0.2;
