import type { MonthlySum, Savings } from '../../database/monthly-sums.js';
import { months, savedBy } from '../../resolvers/compute/months.js';
import { builder } from '../builder.js';
import { OperatorType } from './operator.js';
import { UserType } from './user.js';
import { WorkloadType } from './workload.js';

/** @param word the unit as names end in it. */
const savings = (name: string, unit: string, word: 'Gco2' | 'Gbp') =>
  builder.objectRef<Savings>(name).implement({
    description:
      'What decisions said they would save, beside what they did. Of each workload, the newest decision about it that stands and predicts it counts.',
    fields: (t) => ({
      [`predicted${word}`]: t.exposeFloat('predicted', {
        nullable: true,
        description: `What was predicted to be saved, ${unit}. Null: nothing was predicted.`,
      }),
      [`realised${word}`]: t.exposeFloat('realised', {
        nullable: true,
        description: `What was really saved, by the newest outcome of the same decisions, ${unit}; negative: it took more. Null: of none is it known.`,
      }),
      [`predicted${word}PerKwh`]: t.exposeFloat('predictedPerKwh', {
        nullable: true,
        description: `The predicted saving by the measured energy of the workloads it is of, ${unit}/kWh. Null: nothing was predicted, or they used none.`,
      }),
      [`realised${word}PerKwh`]: t.exposeFloat('realisedPerKwh', {
        nullable: true,
        description: `The realised saving by the measured energy of the workloads it is of, ${unit}/kWh. Null: of none is it known, or they used none.`,
      }),
      predictedCount: t.exposeInt('predictedCount', {
        description: 'Workloads of which a saving was predicted.',
      }),
      realisedCount: t.exposeInt('realisedCount', {
        description: 'Workloads of which the saving became known.',
      }),
    }),
  });

const CarbonSavingsType = savings('CarbonSavings', 'gCO2', 'Gco2');
const CostSavingsType = savings('CostSavings', 'GBP', 'Gbp');

const MonthlySumType = builder.objectRef<MonthlySum>('MonthlySum').implement({
  description: 'What came of the workloads that were completed in one calendar month of London.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'The month, as YYYY-MM.' }),
    from: t.expose('from', { type: 'DateTime', description: 'When it began on London clocks.' }),
    to: t.expose('to', { type: 'DateTime', description: 'When it ended, outside.' }),
    workloadCount: t.exposeInt('workloadCount', { description: 'How many workloads were completed.' }),
    energyKwh: t.exposeFloat('energyKwh', {
      description: 'Energy that was measured of the work itself, kWh: without the overhead of the facility.',
    }),
    carbonGco2: t.exposeFloat('carbonGco2', {
      nullable: true,
      description:
        'Carbon of those for which it is known, gCO2: all but `unknownCarbonCount`, with the overhead of the facility. Null: of none.',
    }),
    costGbp: t.exposeFloat('costGbp', {
      nullable: true,
      description:
        'Cost of those for which it is known, GBP: all but `unknownCostCount`, with the overhead of the facility. Null: of none.',
    }),
    carbonGco2PerKwh: t.exposeFloat('carbonGco2PerKwh', {
      nullable: true,
      description:
        'That carbon by the measured energy of the same workloads, gCO2/kWh. Null: of none, or they used none.',
    }),
    costGbpPerKwh: t.exposeFloat('costGbpPerKwh', {
      nullable: true,
      description:
        'That cost by the measured energy of the same workloads, GBP/kWh. Null: of none, or they used none.',
    }),
    unknownCarbonCount: t.exposeInt('unknownCarbonCount', {
      description: 'Workloads whose carbon is not known; each says why.',
    }),
    unknownCostCount: t.exposeInt('unknownCostCount', {
      description: 'Workloads whose cost is not known; each says why.',
    }),
    carbonSaved: t.expose('carbonSaved', {
      type: CarbonSavingsType,
      description: 'Carbon that decisions saved.',
    }),
    costSaved: t.expose('costSaved', { type: CostSavingsType, description: 'Cost that decisions saved.' }),
  }),
});

const spanArgs = builder.args((t) => ({
  from: t.field({
    type: 'DateTime',
    description:
      'Only of work completed at this instant or later. When left out: from the start of the month that lies 11 before that of `to`.',
  }),
  to: t.field({
    type: 'DateTime',
    description:
      'Only of work completed before this instant: now when left out. At most 10 years after `from`.',
  }),
}));

/** A year of months, of a statement of its own. */
const COST = { field: 20, multiplier: 12 } as const;

builder.prismaObjectField(OperatorType, 'months', (t) =>
  t.field({
    type: [MonthlySumType],
    args: spanArgs,
    complexity: COST,
    description:
      'What came of its workloads, by the month in which they were completed; a month in which none was is left out. Empty for everyone but itself and administrators.',
    resolve: async ({ operatorId }, args, context) => [
      ...(await months('operator', operatorId, args, context)),
    ],
  }),
);

builder.prismaObjectField(UserType, 'months', (t) =>
  t.field({
    type: [MonthlySumType],
    args: spanArgs,
    complexity: COST,
    description:
      'What came of the workloads submitted for it, by the month in which they were completed; a month in which none was is left out.',
    resolve: async ({ userId }, args, context) => [...(await months('user', userId, args, context))],
  }),
);

builder.prismaObjectField(WorkloadType, 'carbonSaved', (t) =>
  t.field({
    type: CarbonSavingsType,
    nullable: true,
    select: { workloadId: true },
    complexity: 20,
    description:
      'Carbon that the standing decision about it said it would save, beside what it did, in all and by the measured energy. Null: it is not completed.',
    resolve: async ({ workloadId }, _args, context) =>
      (await savedBy(workloadId, context))?.carbonSaved ?? null,
  }),
);

builder.prismaObjectField(WorkloadType, 'costSaved', (t) =>
  t.field({
    type: CostSavingsType,
    nullable: true,
    select: { workloadId: true },
    complexity: 20,
    description: 'The same of its cost. Null: it is not completed.',
    resolve: async ({ workloadId }, _args, context) =>
      (await savedBy(workloadId, context))?.costSaved ?? null,
  }),
);
