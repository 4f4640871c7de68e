import { elexonFuelOf } from '../domain/elexon-fuels.js';
import { bmUnits, bmUnitsById, type KnownBmUnit } from '../resolvers/bm-units.js';
import { builder } from './builder.js';
import { IngestRunType } from './ingest-run.js';
import { pageArgs, pageCost } from './page.js';

const BmUnitType = builder.objectRef<KnownBmUnit>('BmUnit');

builder.node(BmUnitType, {
  description:
    'A unit of the Balancing Mechanism, as Elexon lists it: what is metered, dispatched and settled as one. The newest that is known; ' +
    'a unit that is no longer listed keeps its last values.',
  id: { resolve: ({ elexonBmUnit }) => elexonBmUnit },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'elexonBmUnit' in value,
  loadManyWithoutCache: bmUnitsById,
  fields: (t) => ({
    elexonBmUnit: t.exposeString('elexonBmUnit', { description: "Elexon's id, such as `T_DRAXX-1`." }),
    nationalGridBmUnit: t.exposeString('nationalGridBmUnit', {
      nullable: true,
      description: "The system operator's id, such as `DRAXX-1`. Null: not stated.",
    }),
    name: t.exposeString('name', { nullable: true, description: 'Name for people. Null: not stated.' }),
    fuelType: t.exposeString('fuelType', {
      nullable: true,
      description:
        "Elexon's code of the fuel, such as `CCGT`. Null: not stated, as of most units beyond the transmission system.",
    }),
    fuelName: t.string({
      nullable: true,
      description: 'The fuel for people, such as `Gas, combined cycle`. Null: no fuel is stated.',
      resolve: ({ fuelType }) => (fuelType === null ? null : elexonFuelOf(fuelType).name),
    }),
    unitType: t.exposeString('unitType', {
      nullable: true,
      description:
        'T on the transmission system, E embedded, I interconnector, G and S supply, V secondary. Null: not stated.',
    }),
    leadPartyId: t.exposeString('leadPartyId', {
      nullable: true,
      description: 'Id of the party that answers for it. Null: not stated.',
    }),
    leadPartyName: t.exposeString('leadPartyName', {
      nullable: true,
      description: 'Name of the party that answers for it. Null: not stated.',
    }),
    generationCapacityMw: t.exposeFloat('generationCapacityMw', {
      nullable: true,
      description: 'Most that it may send out, MW, as its lead party declares. Null: not stated.',
    }),
    demandCapacityMw: t.exposeFloat('demandCapacityMw', {
      nullable: true,
      description:
        'Most that it may take in, MW, zero or negative, as its lead party declares. Null: not stated.',
    }),
    productionOrConsumption: t.exposeString('productionOrConsumption', {
      nullable: true,
      description: 'P where it is settled as production, C as consumption. Null: not stated.',
    }),
    transmissionLossFactor: t.exposeFloat('transmissionLossFactor', {
      nullable: true,
      description: 'Share of its energy that losses add or take in settlement, −1 to 1. Null: not stated.',
    }),
    gspGroupId: t.exposeString('gspGroupId', {
      nullable: true,
      description:
        'Letter of the grid supply point group it is in, such as `_C`: that of `Region.gspGroup`. Null: not in one, or not stated.',
    }),
    gspGroupName: t.exposeString('gspGroupName', {
      nullable: true,
      description: 'Name of that group. Null: not in one, or not stated.',
    }),
    interconnectorId: t.exposeString('interconnectorId', {
      nullable: true,
      description: 'The interconnector it trades over. Null: none.',
    }),
    eic: t.exposeString('eic', {
      nullable: true,
      description: 'Energy Identification Code. Null: not stated.',
    }),
    knownAt: t.expose('knownAt', {
      type: 'DateTime',
      description: 'When Pylon received these values; they have not changed since.',
    }),
    ingestRun: t.field({
      type: IngestRunType,
      description: 'The run that brought them.',
      resolve: ({ ingestRunId }, _args, { loaders }) => loaders.ingestRun.load(ingestRunId),
    }),
  }),
});

const BmUnitConnection = builder.connectionObject(
  { type: BmUnitType, name: 'BmUnitConnection', description: "A page of BM units, by Elexon's id." },
  { description: 'A BM unit and its place in the connection.' },
);

builder.queryField('bmUnits', (t) =>
  t.field({
    type: BmUnitConnection,
    args: {
      fuelType: t.arg.string({
        description: "Only units of this fuel, by Elexon's code, such as `WIND`; all when left out.",
      }),
      leadParty: t.arg.string({
        description: 'Only units of this party, by its id or name, in any case; all when left out.',
      }),
      search: t.arg.string({
        description: 'Only units with this in an id or in the name, in any case; all when left out.',
      }),
      ...pageArgs,
    },
    complexity: pageCost,
    description: "Units of the Balancing Mechanism, by Elexon's id. Empty until they were published once.",
    resolve: (_root, args, context) => bmUnits(args, context),
  }),
);
