import { z } from 'zod';
import { locate } from '../../domain/compute/site.js';
import { DATA_CENTRE_STATUSES, siteOf } from './registry-rules.js';
import { clearable, optional, text, within } from '../rules.js';

const capacityTflops = within(0, 1e9);
const rampRateMwPerMin = within(0.000_001, 2000);
const currentLoadPct = within(0, 100);

/** What may be said of a data centre, and left out. */
export const dataCentreRules = {
  name: optional(text(255)),
  zoneId: optional(text(100)),
  zoneName: optional(text(255)),
  pue: optional(within(1, 3)),
  capacityTflops: optional(capacityTflops),
  capacityMw: optional(within(0, 2000)),
  flexibilityRating: optional(within(0, 1)),
  minLoadPct: optional(within(0, 100)),
  rampRateMwPerMin: optional(rampRateMwPerMin),
  currentLoadPct: optional(currentLoadPct),
  status: optional(z.enum(DATA_CENTRE_STATUSES)),
};

/** What of it may be taken back. */
export const clearableRules = {
  zoneId: clearable(text(100)),
  capacityTflops: clearable(capacityTflops),
  rampRateMwPerMin: clearable(rampRateMwPerMin),
  currentLoadPct: clearable(currentLoadPct),
};

/** Of input that `checkPlace` has passed. */
export function locatedRegionId(input: Parameters<typeof siteOf>[0]): number {
  const { regionId, fault } = locate(siteOf(input));
  if (regionId === null) throw new Error(`unchecked place: ${fault.message}`);
  return regionId;
}
