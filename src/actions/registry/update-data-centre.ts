import { z } from 'zod';
import { defineAction } from '../action.js';
import { clearableRules, dataCentreRules } from './data-centre-rules.js';
import { gridZoneIdOf } from './grid-zone.js';
import { changesSomething } from './registry-rules.js';
import { changeRow, lockOwn } from '../rows.js';
import { code, expectedVersion } from '../rules.js';

/**
 * A data centre of the caller's. It does not move. Its power may become less than what is placed there: those placements
 * stand, and new ones are refused.
 */
export const updateDataCentre = defineAction({
  name: 'updateDataCentre',
  scope: 'REGISTRY',
  answers: 'data_centres',
  input: z
    .object({ ...dataCentreRules, ...clearableRules, dcId: code, expectedVersion })
    .superRefine(changesSomething(['dcId', 'expectedVersion', 'zoneName'], Object.keys(clearableRules))),
  names: { dcId: 'data centre', zoneId: 'zone' },
  async perform(transaction, input) {
    const { id } = await lockOwn(transaction, 'data_centres', input.dcId, input.expectedVersion);
    const { zoneId, zoneName } = input;
    await changeRow(
      transaction,
      'data_centres',
      id,
      {
        name: input.name,
        pue: input.pue,
        capacity_mw: input.capacityMw,
        flexibility_rating: input.flexibilityRating,
        min_load_pct: input.minLoadPct,
        status: input.status,
      },
      {
        grid_zone_id:
          zoneId === undefined ? undefined : await gridZoneIdOf(transaction, { zoneId, zoneName }),
        capacity_tflops: input.capacityTflops,
        ramp_rate_mw_per_min: input.rampRateMwPerMin,
        current_load_pct: input.currentLoadPct,
      },
    );
    transaction.changed('data_centres', id);
    return { table: 'data_centres', id };
  },
});
