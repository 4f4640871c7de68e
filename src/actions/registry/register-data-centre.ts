import { z } from 'zod';
import { defineAction } from '../action.js';
import { dataCentreRules, locatedRegionId } from './data-centre-rules.js';
import { gridZoneIdOf } from './grid-zone.js';
import { checkPlace, placeFaults, placeRules, printedPostcode } from './registry-rules.js';
import { insertOwn } from '../rows.js';
import { code, text, within } from '../rules.js';

/** A place of the caller's where work can run. */
export const registerDataCentre = defineAction({
  name: 'registerDataCentre',
  scope: 'REGISTRY',
  answers: 'data_centres',
  input: z
    .object({
      ...dataCentreRules,
      ...placeRules,
      dcId: code,
      name: text(255),
      pue: within(1, 3),
      capacityMw: within(0, 2000),
    })
    .superRefine(checkPlace),
  names: { zoneId: 'zone' },
  makes: { dcId: 'data centre' },
  furtherFaults: (_look, input) => placeFaults(input),
  async perform(transaction, input) {
    const id = await insertOwn(transaction, 'data_centres', {
      dc_id: input.dcId,
      name: input.name,
      region_id: locatedRegionId(input),
      grid_zone_id: await gridZoneIdOf(transaction, input),
      postcode: input.postcode === null ? null : printedPostcode(input.postcode),
      latitude: input.latitude,
      longitude: input.longitude,
      pue: input.pue,
      capacity_tflops: input.capacityTflops,
      capacity_mw: input.capacityMw,
      flexibility_rating: input.flexibilityRating,
      min_load_pct: input.minLoadPct,
      ramp_rate_mw_per_min: input.rampRateMwPerMin,
      current_load_pct: input.currentLoadPct,
      status: input.status,
    });
    transaction.changed('data_centres', id);
    return { table: 'data_centres', id };
  },
});
