import { WORKLOAD_MOVES } from '../../domain/compute/workload-states.js';
import { workload, workloads, WORKLOAD_ORDERS } from '../../resolvers/compute/workloads.js';
import { builder } from '../builder.js';
import { ownStatementCost } from '../page.js';
import { WorkloadStatusEnum, WorkloadTypeEnum, WorkloadUrgencyEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { orderedPageArgs } from './order-args.js';

const NO_LIMIT = 'Null: no such limit.';
const NOT_YET = 'Null: not completed.';

export const WorkloadType = builder.prismaNode('Workload', {
  id: { resolve: ({ workloadId }) => workloadId },
  findUnique: (id) => ({ workloadId: rowNumberOf(id) }),
  nullable: true,
  description: "Work that wants to run: how much, until when, within which limits. Its operator's own.",
  fields: (t) => ({
    jobId: t.exposeString('jobId', { description: 'Its id, which no other workload of its operator has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    type: t.expose('type', { type: WorkloadTypeEnum, description: 'What kind of work it is.' }),
    urgency: t.expose('urgency', {
      type: WorkloadUrgencyEnum,
      description: 'How urgent its owner says it is.',
    }),
    priority: t.exposeInt('priority', {
      description: 'Which goes first where urgency is the same, 0 (last) to 100 (first).',
    }),
    requiredGpuMinutes: t.exposeFloat('requiredGpuMinutes', {
      nullable: true,
      description: 'Minutes of one GPU that it needs. Null: not stated.',
    }),
    requiredCpuCores: t.exposeInt('requiredCpuCores', {
      nullable: true,
      description: 'CPU cores that it needs at once. Null: not stated.',
    }),
    requiredMemoryGb: t.exposeFloat('requiredMemoryGb', {
      nullable: true,
      description: 'Memory that it needs at once, GB. Null: not stated.',
    }),
    estimatedEnergyKwh: t.exposeFloat('estimatedEnergyKwh', {
      description: 'Energy that the work itself is expected to take, kWh; the facility draws × PUE.',
    }),
    powerKw: t.exposeFloat('powerKw', { description: 'Mean power of the work itself while it runs, kW.' }),
    durationMinutes: t.exposeInt('durationMinutes', {
      description: 'How long it runs, pauses left out, minutes.',
    }),
    isInterruptible: t.exposeBoolean('isInterruptible', {
      description: 'Whether it can be paused and resumed.',
    }),
    isDeferrable: t.exposeBoolean('isDeferrable', { description: 'Whether it may wait for a better grid.' }),
    earliestStart: t.expose('earliestStart', { type: 'DateTime', description: 'It may not begin before.' }),
    deadline: t.expose('deadline', { type: 'DateTime', description: 'It must be done by then.' }),
    deferralWindowMinutes: t.exposeInt('deferralWindowMinutes', {
      nullable: true,
      description:
        'How long its owner would have it wait at most, minutes. Null: until the deadline allows no more.',
    }),
    maxCarbonIntensityGco2PerKwh: t.exposeFloat('maxCarbonIntensityGco2PerKwh', {
      nullable: true,
      description: `It may run only in half hours at most so dirty, gCO2/kWh. ${NO_LIMIT}`,
    }),
    carbonBudgetGco2: t.exposeFloat('carbonBudgetGco2', {
      nullable: true,
      description: `All of it may cause at most so much, gCO2. ${NO_LIMIT}`,
    }),
    maxPriceGbpPerMwh: t.exposeFloat('maxPriceGbpPerMwh', {
      nullable: true,
      description: `It may run only in half hours at most so dear, GBP/MWh. ${NO_LIMIT}`,
    }),
    maxCostGbp: t.exposeFloat('maxCostGbp', {
      nullable: true,
      description: `All of it may cost at most so much, GBP. ${NO_LIMIT}`,
    }),
    minRenewablePct: t.exposeFloat('minRenewablePct', {
      nullable: true,
      description: `It may run only in half hours with so much wind, solar and hydro at least, percent. ${NO_LIMIT}`,
    }),
    maxGridStress: t.exposeFloat('maxGridStress', {
      nullable: true,
      description: `It may run only in half hours at most so stressed, 0–1. ${NO_LIMIT}`,
    }),
    allowedRegionIds: t.exposeIntList('allowedRegionIds', {
      description: 'Ids of the licence areas, 1–14, that it may run in. Empty: any.',
    }),
    allowedDcIds: t.exposeStringList('allowedDcIds', {
      description: 'Ids of the data centres that it may run at. Empty: any.',
    }),
    status: t.expose('status', { type: WorkloadStatusEnum, description: 'Where it is in its life.' }),
    statusReason: t.exposeString('statusReason', {
      nullable: true,
      description: 'Why it is in that state, in the words of who moved it. Null: nobody said.',
    }),
    possibleStatuses: t.field({
      type: [WorkloadStatusEnum],
      complexity: 1,
      description: 'States that it could be moved to from here. Empty: its state is final.',
      resolve: ({ status }) => [...WORKLOAD_MOVES[status]],
    }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it first began to run. Null: it has not.',
    }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was completed, or failed. Null: neither.',
    }),
    actualEnergyKwh: t.exposeFloat('actualEnergyKwh', {
      nullable: true,
      description: `Energy that was measured of the work itself, kWh. ${NOT_YET}`,
    }),
    actualCarbonGco2: t.exposeFloat('actualCarbonGco2', {
      nullable: true,
      description:
        'Measured energy × PUE of the data centre × carbon intensity of its region, over the half hours it really ran in, gCO2. ' +
        'Null: not completed, or some of those half hours has no carbon intensity; `actualsNote` says which.',
    }),
    actualCostGbp: t.exposeFloat('actualCostGbp', {
      nullable: true,
      description:
        'Measured energy × PUE of the data centre × price of Great Britain, over the half hours it really ran in, GBP. ' +
        'Null: not completed, or some of those half hours has no price; `actualsNote` says which.',
    }),
    actualsNote: t.exposeString('actualsNote', {
      nullable: true,
      description:
        'Which half hours the actual carbon and cost lack, and which are by a forecast. Null: not completed, or nothing is to be said.',
    }),
    flexibilityRevenueGbp: t.exposeFloat('flexibilityRevenueGbp', {
      nullable: true,
      description:
        'What it earned by its flexibility, as reported when it was completed, GBP. Null: not reported.',
    }),
    isSynthetic: t.exposeBoolean('isSynthetic', { description: 'True: made up for the demo.' }),
    version: t.exposeInt('version', {
      description: 'Grows with every change: what `expectedVersion` is compared with.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was submitted.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
    operator: t.relation('operator', { description: 'Whose it is.' }),
    user: t.relation('user', {
      nullable: true,
      description: 'On whose behalf it was submitted. Null: nobody in particular.',
    }),
    host: t.relation('host', {
      nullable: true,
      description: 'The data centre that it is scheduled at, runs at or last ran at. Null: it has none.',
    }),
  }),
});

export const workloadPageArgs = orderedPageArgs('WorkloadOrder', 'workloads', WORKLOAD_ORDERS);

export const WorkloadConnection = builder.connectionObject(
  {
    type: WorkloadType,
    name: 'WorkloadConnection',
    description: 'A page of workloads, in the order asked for.',
  },
  { description: 'A workload and its place in the connection.' },
);

export const workloadFilterArgs = builder.args((t) => ({
  status: t.field({
    type: [WorkloadStatusEnum],
    description: 'Only in one of these states; in any when left out.',
  }),
  type: t.field({ type: WorkloadTypeEnum, description: 'Only of this type; of all when left out.' }),
  urgency: t.field({ type: WorkloadUrgencyEnum, description: 'Only of this urgency; of all when left out.' }),
  userEmail: t.string({ description: 'Only submitted on behalf of the user with this address.' }),
  dcId: t.string({ description: 'Only scheduled at this data centre, running there, or last run there.' }),
  regionId: t.int({ description: 'Only whose data centre, as in `host`, is in this licence area, 1–14.' }),
  deadlineBefore: t.field({ type: 'DateTime', description: 'Only to be done before this instant.' }),
  overCapNow: t.boolean({
    description:
      'True: only deferrable work that waits and whose `maxCarbonIntensityGco2PerKwh` is below the carbon intensity now: of the region of ' +
      'its host, else of the one region it may run in, else of Great Britain. False: only the rest.',
  }),
}));

builder.queryFields((t) => ({
  workloads: t.field({
    type: WorkloadConnection,
    args: { ...workloadFilterArgs, ...workloadPageArgs },
    complexity: ownStatementCost,
    description: "Workloads of the caller's operator, newest first; none without a key, all for an ADMIN.",
    resolve: (_root, args, context) => workloads(args, context),
  }),
  workload: t.field({
    type: WorkloadType,
    nullable: true,
    args: { jobId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: "One workload of the caller's own operator. Null: it has none of that id.",
    resolve: (_root, { jobId }, context) => workload(jobId, context),
  }),
}));
