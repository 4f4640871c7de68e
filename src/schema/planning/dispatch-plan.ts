import {
  LONGEST_DISPATCH_DAYS,
  dispatchPlan,
  type DispatchPlanAnswer,
} from '../../resolvers/planning/dispatch-plan.js';
import { builder } from '../builder.js';
import { StorageAssetType } from '../compute/storage-asset.js';
import { OBJECTIVE, PlanObjectiveInput } from './limits.js';
import { DispatchStepType, stepsOf } from './plan.js';
import { addHalfHours } from '../../domain/half-hour.js';

const DispatchPlanType = builder.objectRef<DispatchPlanAnswer>('StorageDispatchPlan').implement({
  description:
    "What a storage asset would best do by itself for its operator's confirmed work in its region: exact for the forecast. At the end it holds at least what it held before.",
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'Start of the first half hour looked at.' }),
    to: t.expose('to', { type: 'DateTime', description: 'End of the last one, exclusive.' }),
    steps: t.field({
      type: [DispatchStepType],
      description:
        'The half hours in which it charges or discharges, oldest first. Empty: `idleReason` says why.',
      resolve: ({ dispatch, from }) => stepsOf(dispatch, (slot) => addHalfHours(from, slot)),
    }),
    loadKwh: t.exposeFloat('loadKwh', {
      description: "Facility energy of its operator's confirmed and running work in its region then, kWh.",
    }),
    carbonSavedGco2: t.exposeFloat('carbonSavedG', {
      nullable: true,
      description: 'Carbon that it saves, gCO2. Null: not forecast.',
    }),
    costSavedGbp: t.exposeFloat('costSavedGbp', {
      nullable: true,
      description:
        'Money that it saves at the price of Great Britain, GBP; below 0 where cleaner is dearer. Null: not known.',
    }),
    idleReason: t.exposeString('idleReason', {
      nullable: true,
      description: 'Why it does nothing. Null: it does something.',
    }),
    isSynthetic: t.exposeBoolean('isSynthetic', {
      description:
        'True where any value of its half hours was made up by a model, because a publisher could not be reached.',
    }),
  }),
});

builder.prismaObjectField(StorageAssetType, 'dispatchPlan', (t) =>
  t.field({
    type: DispatchPlanType,
    nullable: true,
    args: {
      from: t.arg({ type: 'DateTime', description: 'Not before; now when left out, and never before now.' }),
      to: t.arg({
        type: 'DateTime',
        description: `Until then; 24 hours after \`from\` when left out, at most ${LONGEST_DISPATCH_DAYS} days after it. Only whole half hours are used.`,
      }),
      objective: t.arg({ type: PlanObjectiveInput, description: OBJECTIVE }),
    },
    select: {
      assetId: true,
      operatorId: true,
      regionId: true,
      status: true,
      capacityMwh: true,
      chargeMwh: true,
      maxChargeMw: true,
      maxDischargeMw: true,
      efficiencyPct: true,
    },
    complexity: { field: 200, multiplier: 1 },
    description:
      'What it would best do in the next hours. It only feeds work that is confirmed or runs, each asset as if it were the only one. Null to all but its operator, whose placements it shows.',
    resolve: (asset, args, context) => dispatchPlan(asset, args, context),
  }),
);
