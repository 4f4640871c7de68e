import { z } from 'zod';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { changesSomething } from './registry-rules.js';
import { changeRow, lockOwn } from '../rows.js';
import { code, expectedVersion } from '../rules.js';
import { overfull, storageRules } from './storage-rules.js';

/** A storage asset of the caller's: what it holds and does now, or what it can. It does not move. */
export const updateStorageAsset = defineAction({
  name: 'updateStorageAsset',
  scope: 'REGISTRY',
  answers: 'storage_assets',
  input: z
    .object({ ...storageRules, assetId: code, expectedVersion })
    .superRefine(changesSomething(['assetId', 'expectedVersion'])),
  names: { assetId: 'storage asset' },
  async perform(transaction, input) {
    const asset = await lockOwn<{ capacity_mwh: number; charge_mwh: number }>(
      transaction,
      'storage_assets',
      input.assetId,
      input.expectedVersion,
    );
    const message = overfull(input.chargeMwh ?? asset.charge_mwh, input.capacityMwh ?? asset.capacity_mwh);
    if (message) {
      const path = `input.${input.chargeMwh === null ? 'capacityMwh' : 'chargeMwh'}`;
      throw new Refused('INVALID', 'it would hold more than it can', {
        faults: [{ path, message: `the charge ${message}` }],
      });
    }
    await changeRow(transaction, 'storage_assets', asset.id, {
      name: input.name,
      capacity_mwh: input.capacityMwh,
      max_charge_mw: input.maxChargeMw,
      max_discharge_mw: input.maxDischargeMw,
      efficiency_pct: input.efficiencyPct,
      charge_mwh: input.chargeMwh,
      status: input.status,
    });
    transaction.changed('storage_assets', asset.id);
    return { table: 'storage_assets', id: asset.id };
  },
});
