import { registerDataCentre } from '../../actions/registry/register-data-centre.js';
import { updateDataCentre } from '../../actions/registry/update-data-centre.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { DataCentreType } from './data-centre.js';
import { DataCentreStatusEnum } from './enums.js';
import { CLEARABLE, EXPECTED_VERSION, UNCHANGED } from './registry-words.js';

const ZONE_ID = "Code of the marketplace's zone it belongs to, as in `gridZones`.";
const ZONE_NAME = 'Name of the area within that zone; needed where several areas share the code.';
const PUE = 'Power usage effectiveness, 1–3.';
const CAPACITY_MW = 'The most that the facility may draw, cooling and losses included, MW, 0–2000.';
const CAPACITY_TFLOPS = 'What it can compute, 10¹² floating-point operations a second.';
const FLEXIBILITY = 'How much of its load could be moved: 0 none, 1 all.';
const MIN_LOAD = 'Load that it does not go below while it is on, percent of `capacityMw`.';
const RAMP_RATE = 'How fast its load can change, MW a minute, above 0.';
const CURRENT_LOAD = 'Load it has now, percent of `capacityMw`.';

const RegisterDataCentreInput = builder.inputType('RegisterDataCentreInput', {
  description:
    'A new data centre. What is said of its place must name one licence area, by `regionId`, `postcode` or coordinates, and agree.',
  fields: (t) => ({
    dcId: t.string({
      required: true,
      description: 'Its id, which no other has: 1–100 letters, digits and -_.:/.',
    }),
    name: t.string({ required: true, description: 'Name for people, 1–255 characters.' }),
    regionId: t.int({ description: 'The licence area it is in, 1–14. Left out: found from the rest.' }),
    postcode: t.string({ description: 'Its postcode, whole or the outward part, such as `EN2`.' }),
    latitude: t.float({ description: 'Latitude, degrees north (WGS 84), together with `longitude`.' }),
    longitude: t.float({ description: 'Longitude, degrees east (WGS 84); west is negative.' }),
    zoneId: t.string({ description: ZONE_ID }),
    zoneName: t.string({ description: ZONE_NAME }),
    pue: t.float({ required: true, description: PUE }),
    capacityMw: t.float({ required: true, description: CAPACITY_MW }),
    capacityTflops: t.float({ description: CAPACITY_TFLOPS }),
    flexibilityRating: t.float({ description: `${FLEXIBILITY} 0 when left out.` }),
    minLoadPct: t.float({ description: `${MIN_LOAD} 0 when left out.` }),
    rampRateMwPerMin: t.float({ description: `${RAMP_RATE} No limit when left out.` }),
    currentLoadPct: t.float({ description: CURRENT_LOAD }),
    status: t.field({
      type: DataCentreStatusEnum,
      description: 'Whether it takes work. ACTIVE when left out.',
    }),
  }),
});

actionMutation(registerDataCentre, {
  input: RegisterDataCentreInput,
  type: DataCentreType,
  description: 'Registers a data centre of your operator.',
});

const UpdateDataCentreInput = builder.inputType('UpdateDataCentreInput', {
  description: `What changes of a data centre of yours, such as its load or status; what is left out stays. It does not move: register another one.`,
  fields: (t) => ({
    dcId: t.string({ required: true, description: 'Which one.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    name: t.string({ description: `Name for people, 1–255 characters. ${UNCHANGED}` }),
    zoneId: t.string({ description: `${ZONE_ID} ${CLEARABLE}` }),
    zoneName: t.string({ description: ZONE_NAME }),
    pue: t.float({ description: `${PUE} It holds for new placements. ${UNCHANGED}` }),
    capacityMw: t.float({
      description: `${CAPACITY_MW} Placements there stand, even above it. ${UNCHANGED}`,
    }),
    capacityTflops: t.float({ description: `${CAPACITY_TFLOPS} ${CLEARABLE}` }),
    flexibilityRating: t.float({ description: `${FLEXIBILITY} ${UNCHANGED}` }),
    minLoadPct: t.float({ description: `${MIN_LOAD} ${UNCHANGED}` }),
    rampRateMwPerMin: t.float({ description: `${RAMP_RATE} ${CLEARABLE}` }),
    currentLoadPct: t.float({ description: `${CURRENT_LOAD} ${CLEARABLE}` }),
    status: t.field({ type: DataCentreStatusEnum, description: `Whether it takes work. ${UNCHANGED}` }),
  }),
});

actionMutation(updateDataCentre, {
  input: UpdateDataCentreInput,
  type: DataCentreType,
  description: 'Changes a data centre of your operator, or reports its load.',
});
