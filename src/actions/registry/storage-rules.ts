import { z } from 'zod';
import { STORAGE_STATUSES } from './registry-rules.js';
import { optional, text, within } from '../rules.js';

const LARGEST_MWH = 100_000;
const LARGEST_MW = 10_000;

export const capacityMwh = within(0.001, LARGEST_MWH);
export const powerMw = within(0, LARGEST_MW);
export const efficiencyPct = within(0.1, 100);

/** What may be said of a storage asset, and left out. */
export const storageRules = {
  name: optional(text(255)),
  capacityMwh: optional(capacityMwh),
  maxChargeMw: optional(powerMw),
  maxDischargeMw: optional(powerMw),
  efficiencyPct: optional(efficiencyPct),
  chargeMwh: optional(within(0, LARGEST_MWH)),
  status: optional(z.enum(STORAGE_STATUSES)),
};

/** What holds no more than it can. */
export const overfull = (chargeMwh: number, capacity: number): string | null =>
  chargeMwh > capacity ? `must be at most the capacity, ${capacity} MWh` : null;
