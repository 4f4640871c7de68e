import type {
  OperatorSummary,
  WorkloadStatistics,
  WorkloadStatusCount,
} from '../../database/registry-summaries.js';
import { builder } from '../builder.js';
import { WorkloadStatusEnum } from './enums.js';

/** What lists by status are taken to hold, for the limit on complexity: there are 13 statuses. */
const STATUSES = { field: 1, multiplier: 13 } as const;

const WorkloadStatusCountType = builder.objectRef<WorkloadStatusCount>('WorkloadStatusCount').implement({
  description: 'How many workloads are in a status.',
  fields: (t) => ({
    status: t.expose('status', { type: WorkloadStatusEnum, description: 'The status.' }),
    count: t.exposeInt('count', { description: 'How many workloads are in it.' }),
  }),
});

export const OperatorSummaryType = builder.objectRef<OperatorSummary>('OperatorSummary').implement({
  description: 'What belongs to an operator, counted now.',
  fields: (t) => ({
    userCount: t.exposeInt('userCount', {
      nullable: true,
      description: 'Its users. Null for everyone but itself and administrators.',
    }),
    dataCentreCount: t.exposeInt('dataCentreCount', { description: 'Its data centres, in any status.' }),
    storageAssetCount: t.exposeInt('storageAssetCount', { description: 'Its storage assets.' }),
    agentCount: t.exposeInt('agentCount', { description: 'Its agents.' }),
    totalCapacityMw: t.exposeFloat('totalCapacityMw', {
      description: 'Capacity of all its data centres together, MW.',
    }),
    workloadsByStatus: t.field({
      type: [WorkloadStatusCountType],
      nullable: true,
      complexity: STATUSES,
      description:
        'Its workloads by status; a status that none is in is left out. Null for everyone but itself and administrators.',
      resolve: ({ workloadsByStatus }) => workloadsByStatus && [...workloadsByStatus],
    }),
  }),
});

export const WorkloadStatisticsType = builder.objectRef<WorkloadStatistics>('WorkloadStatistics').implement({
  description: 'What came of the workloads submitted for a user.',
  fields: (t) => ({
    workloadCount: t.exposeInt('workloadCount', { description: 'How many there are.' }),
    byStatus: t.field({
      type: [WorkloadStatusCountType],
      complexity: STATUSES,
      description: 'How many are in each status; a status that none is in is left out.',
      resolve: ({ byStatus }) => [...byStatus],
    }),
    totalEstimatedEnergyKwh: t.exposeFloat('totalEstimatedEnergyKwh', {
      description: 'Energy that all of them were expected to use, kWh.',
    }),
    totalActualEnergyKwh: t.exposeFloat('totalActualEnergyKwh', {
      nullable: true,
      description: 'Energy that was measured, kWh. Null: none was yet.',
    }),
    totalActualCarbonGco2: t.exposeFloat('totalActualCarbonGco2', {
      nullable: true,
      description:
        'Carbon dioxide of those for which it is known, grams: all completed ones but `unknownCarbonCount`. Null: of none.',
    }),
    totalActualCostGbp: t.exposeFloat('totalActualCostGbp', {
      nullable: true,
      description:
        'Cost of those for which it is known, GBP: all completed ones but `unknownCostCount`. Null: of none.',
    }),
    unknownCarbonCount: t.exposeInt('unknownCarbonCount', {
      description: 'Completed ones whose carbon is not known; each says why.',
    }),
    unknownCostCount: t.exposeInt('unknownCostCount', {
      description: 'Completed ones whose cost is not known; each says why.',
    }),
  }),
});
