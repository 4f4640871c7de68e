import { z } from 'zod';
import { defineAction } from '../action.js';
import { locatedRegionId } from './data-centre-rules.js';
import { checkPlace, placeFaults, placeRules } from './registry-rules.js';
import { insertOwn } from '../rows.js';
import { code, text } from '../rules.js';
import { capacityMwh, efficiencyPct, overfull, powerMw, storageRules } from './storage-rules.js';

/** A battery or other storage of the caller's. */
export const registerStorageAsset = defineAction({
  name: 'registerStorageAsset',
  scope: 'REGISTRY',
  answers: 'storage_assets',
  input: z
    .object({
      ...storageRules,
      ...placeRules,
      assetId: code,
      name: text(255),
      capacityMwh,
      maxChargeMw: powerMw,
      maxDischargeMw: powerMw,
      efficiencyPct,
    })
    .superRefine(checkPlace)
    .superRefine((input, context) => {
      const message = overfull(input.chargeMwh ?? 0, input.capacityMwh);
      if (message) context.addIssue({ code: 'custom', path: ['chargeMwh'], message });
    }),
  makes: { assetId: 'storage asset' },
  furtherFaults: (_look, input) => placeFaults(input),
  async perform(transaction, input) {
    const id = await insertOwn(transaction, 'storage_assets', {
      asset_id: input.assetId,
      name: input.name,
      region_id: locatedRegionId(input),
      capacity_mwh: input.capacityMwh,
      max_charge_mw: input.maxChargeMw,
      max_discharge_mw: input.maxDischargeMw,
      efficiency_pct: input.efficiencyPct,
      charge_mwh: input.chargeMwh,
      status: input.status,
    });
    transaction.changed('storage_assets', id);
    return { table: 'storage_assets', id };
  },
});
