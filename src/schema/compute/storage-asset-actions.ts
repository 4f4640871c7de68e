import { registerStorageAsset } from '../../actions/registry/register-storage-asset.js';
import { updateStorageAsset } from '../../actions/registry/update-storage-asset.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { StorageStatusEnum } from './enums.js';
import { EXPECTED_VERSION, UNCHANGED } from './registry-words.js';
import { StorageAssetType } from './storage-asset.js';

const CAPACITY = 'The most energy that it holds, MWh, above 0.';
const CHARGE_POWER = 'The most power that it takes, MW.';
const DISCHARGE_POWER = 'The most power that it gives, MW.';
const EFFICIENCY = 'Energy that comes out again of all that was put in, percent, above 0.';
const CHARGE = 'Energy that it holds now, MWh, at most its capacity.';

const RegisterStorageAssetInput = builder.inputType('RegisterStorageAssetInput', {
  description:
    'A new storage asset. What is said of its place must name one licence area, by `regionId`, `postcode` or coordinates, and agree; ' +
    'only the licence area is kept.',
  fields: (t) => ({
    assetId: t.string({
      required: true,
      description: 'Its id, which no other has: 1–100 letters, digits and -_.:/.',
    }),
    name: t.string({ required: true, description: 'Name for people, 1–255 characters.' }),
    regionId: t.int({ description: 'The licence area it is in, 1–14. Left out: found from the rest.' }),
    postcode: t.string({ description: 'Its postcode, whole or the outward part, such as `EN2`.' }),
    latitude: t.float({ description: 'Latitude, degrees north (WGS 84), together with `longitude`.' }),
    longitude: t.float({ description: 'Longitude, degrees east (WGS 84); west is negative.' }),
    capacityMwh: t.float({ required: true, description: CAPACITY }),
    maxChargeMw: t.float({ required: true, description: CHARGE_POWER }),
    maxDischargeMw: t.float({ required: true, description: DISCHARGE_POWER }),
    efficiencyPct: t.float({ required: true, description: EFFICIENCY }),
    chargeMwh: t.float({ description: `${CHARGE} 0 when left out.` }),
    status: t.field({ type: StorageStatusEnum, description: 'What it does. IDLE when left out.' }),
  }),
});

actionMutation(registerStorageAsset, {
  input: RegisterStorageAssetInput,
  type: StorageAssetType,
  description: 'Registers a storage asset of your operator.',
});

const UpdateStorageAssetInput = builder.inputType('UpdateStorageAssetInput', {
  description:
    'What changes of a storage asset of yours, such as its charge or status; what is left out stays.',
  fields: (t) => ({
    assetId: t.string({ required: true, description: 'Which one.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    name: t.string({ description: `Name for people, 1–255 characters. ${UNCHANGED}` }),
    capacityMwh: t.float({ description: `${CAPACITY} ${UNCHANGED}` }),
    maxChargeMw: t.float({ description: `${CHARGE_POWER} ${UNCHANGED}` }),
    maxDischargeMw: t.float({ description: `${DISCHARGE_POWER} ${UNCHANGED}` }),
    efficiencyPct: t.float({ description: `${EFFICIENCY} ${UNCHANGED}` }),
    chargeMwh: t.float({ description: `${CHARGE} ${UNCHANGED}` }),
    status: t.field({ type: StorageStatusEnum, description: `What it does. ${UNCHANGED}` }),
  }),
});

actionMutation(updateStorageAsset, {
  input: UpdateStorageAssetInput,
  type: StorageAssetType,
  description: 'Changes a storage asset of your operator, or reports what it holds and does.',
});
