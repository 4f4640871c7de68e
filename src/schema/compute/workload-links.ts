/** What workloads link to, and what links to them. */
import { addHalfHours } from '../../domain/half-hour.js';
import type { Consumption } from '../../domain/compute/actuals.js';
import { signalsConsumed, workloads, workloadsConsuming } from '../../resolvers/compute/workloads.js';
import { nodeOf } from '../../resolvers/signal-node.js';
import { builder } from '../builder.js';
import { MarketEnum, ObservationKindEnum } from '../enums.js';
import { ownStatementCost, pageArgs } from '../page.js';
import { ProvenanceType } from '../provenance.js';
import { RegionType } from '../region.js';
import { GridSignalType } from '../signal-ref.js';
import { DataCentreType } from './data-centre.js';
import { OperatorType } from './operator.js';
import { WorkloadConnection, WorkloadType, workloadFilterArgs, workloadPageArgs } from './workload.js';

const MOST_RUNS = 100;

export const WorkloadRunType = builder.prismaObject('WorkloadRun', {
  description: 'A time in which a workload ran without a pause.',
  fields: (t) => ({
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began, inclusive.' }),
    stoppedAt: t.expose('stoppedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, exclusive. Null: it is under way.',
    }),
    dataCentre: t.relation('dataCentre', { description: 'Where it ran.' }),
    workload: t.relation('workload', { description: 'What ran.' }),
  }),
});

builder.prismaObjectField(WorkloadType, 'runs', (t) =>
  t.relation('runs', {
    query: { orderBy: { workloadRunId: 'desc' }, take: MOST_RUNS },
    complexity: { field: 1, multiplier: 10 },
    description: `When it really ran, newest first, at most ${MOST_RUNS}: a pause ends one run, and the next begins another.`,
  }),
);

export const ConsumedSignalType = builder.objectRef<Consumption>('ConsumedSignal').implement({
  description:
    'What a completed workload drew in one half hour at one data centre, and what that half hour was like, as its actual carbon and cost ' +
    'were computed from: kept as it was then.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'Start of the half hour, inclusive.' }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the half hour, exclusive.',
      resolve: ({ from }) => addHalfHours(from, 1),
    }),
    energyKwh: t.exposeFloat('energyKwh', {
      description: 'Its share of the measured energy of the work itself, by time, kWh.',
    }),
    facilityEnergyKwh: t.exposeFloat('facilityEnergyKwh', {
      description: 'That × PUE of the data centre: what the facility drew for it, kWh.',
    }),
    carbonIntensityGco2PerKwh: t.float({
      nullable: true,
      description: 'Carbon intensity that it was counted with, gCO2/kWh. Null: none was known.',
      resolve: ({ carbon }) => carbon?.gco2PerKwh,
    }),
    carbonIntensityKind: t.field({
      type: ObservationKindEnum,
      nullable: true,
      description:
        'OUTTURN, or ESTIMATE: the last forecast, as always outside Great Britain as a whole. Null: none was known.',
      resolve: ({ carbon }) => carbon?.kind,
    }),
    carbonIntensityProvenance: t.field({
      type: ProvenanceType,
      nullable: true,
      description: 'Where the carbon intensity comes from. Null: none was known.',
      resolve: ({ carbon }) => carbon?.provenance,
    }),
    carbonGco2: t.float({
      nullable: true,
      description: 'Facility energy × carbon intensity, gCO2. Null: no carbon intensity was known.',
      resolve: ({ carbon, facilityEnergyKwh }) => carbon && facilityEnergyKwh * carbon.gco2PerKwh,
    }),
    gbpPerMwh: t.float({
      nullable: true,
      description: 'Price of Great Britain that it was counted with, GBP/MWh. Null: none was known.',
      resolve: ({ price }) => price?.gbpPerMwh,
    }),
    market: t.field({
      type: MarketEnum,
      nullable: true,
      description: 'MARKET_INDEX, or FORECAST for an expected price. Null: no price was known.',
      resolve: ({ price }) => price?.market,
    }),
    costGbp: t.float({
      nullable: true,
      description: 'Facility energy × price, GBP. Null: no price was known.',
      resolve: ({ price, facilityEnergyKwh }) => price && (facilityEnergyKwh * price.gbpPerMwh) / 1000,
    }),
    region: t.field({
      type: RegionType,
      description: 'The region of the data centre.',
      resolve: ({ regionId }, _args, { loaders }) => loaders.region.load(regionId),
    }),
    dataCentre: t.field({
      type: DataCentreType,
      description: 'Where it ran.',
      resolve: ({ dataCentreId }, _args, { loaders }) => loaders.dataCentre.load(dataCentreId),
    }),
    signal: t.field({
      type: GridSignalType,
      nullable: true,
      description: 'The signal of the region and half hour as it is known now. Null: nothing is known of it.',
      resolve: async ({ regionId, from }, _args, { loaders }) => {
        const signal = await loaders.signal.load({ regionId, from, asOf: null });
        return signal && nodeOf(signal, null);
      },
    }),
  }),
});

const ConsumedSignalConnection = builder.connectionObject(
  {
    type: ConsumedSignalType,
    name: 'ConsumedSignalConnection',
    description: 'A page of what a workload drew, by half hour and data centre.',
  },
  { description: 'What a workload drew in a half hour, and its place in the connection.' },
);

builder.prismaObjectField(WorkloadType, 'signalsConsumed', (t) =>
  t.field({
    type: ConsumedSignalConnection,
    args: pageArgs,
    complexity: ownStatementCost,
    description: 'The half hours that it ran in, once it is completed, oldest first. Empty until then.',
    resolve: (row, args, context) => signalsConsumed(row, args, context),
  }),
);

const linkArgs = { ...workloadFilterArgs, ...workloadPageArgs };

builder.prismaObjectField(DataCentreType, 'workloads', (t) =>
  t.field({
    type: WorkloadConnection,
    args: linkArgs,
    complexity: ownStatementCost,
    description:
      "Workloads of the caller's operator that are scheduled here, run here or last ran here, newest first. Nobody sees another's.",
    resolve: ({ dataCentreId }, args, context) =>
      workloads(args, context, { hostDataCentreId: dataCentreId }),
  }),
);

builder.prismaObjectField(OperatorType, 'workloads', (t) =>
  t.field({
    type: WorkloadConnection,
    args: linkArgs,
    complexity: ownStatementCost,
    description: 'Its workloads, newest first. Empty for everyone but itself and administrators.',
    resolve: ({ operatorId }, args, context) => workloads(args, context, { operatorId }),
  }),
);

builder.objectField(GridSignalType, 'workloadsConsuming', (t) =>
  t.field({
    type: WorkloadConnection,
    args: workloadPageArgs,
    complexity: ownStatementCost,
    description:
      "Workloads of the caller's operator that ran in the region, or in a part of it, in this half hour, newest first.",
    resolve: (signal, args, context) => workloadsConsuming(signal, args, context),
  }),
);
