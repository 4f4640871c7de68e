import type { FleetWorkload } from './arrivals.js';

/** Limits of work that has none. */
export const UNLIMITED = {
  maxCarbonIntensityGco2PerKwh: null,
  carbonBudgetGco2: null,
  maxPriceGbpPerMwh: null,
  maxCostGbp: null,
  minRenewablePct: null,
  maxGridStress: null,
  allowedRegionIds: [],
} as const satisfies Partial<FleetWorkload>;
