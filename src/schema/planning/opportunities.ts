import { addHalfHours } from '../../domain/half-hour.js';
import type { Excess } from '../../domain/planner/places/excess.js';
import { LIMIT_WORDS } from '../../planning/reasons.js';
import { difference } from '../../planning/spread.js';
import type { EarnedOf } from '../../resolvers/planning/flexibility-earned.js';
import {
  MOST_EXAMINED,
  flexibilityOpportunities,
  type OpportunityAnswer,
  type OpportunityPage,
} from '../../resolvers/planning/opportunities.js';
import { builder } from '../builder.js';
import { DataCentreType } from '../compute/data-centre.js';
import { FlexibilityWindowType } from '../compute/flexibility-window.js';
import { WorkloadType } from '../compute/workload.js';
import { pageArgs, pageCost } from '../page.js';
import { OBJECTIVE, PlanObjectiveInput } from './limits.js';
import { OutcomeType } from './outcome.js';
import { PlannedPlaceType, PlannedWorkloadType, placesOf } from './plan.js';

const LimitExcessType = builder
  .objectRef<{ readonly excess: Excess; readonly of: OpportunityAnswer }>('LimitExcess')
  .implement({
    description: 'A limit that a workload goes over as things stand, where it does so the most.',
    fields: (t) => ({
      name: t.string({
        description: 'Its name on a workload.',
        resolve: ({ excess }) => LIMIT_WORDS[excess.limit].name,
      }),
      unit: t.string({
        description: 'The unit of both values.',
        resolve: ({ excess }) => LIMIT_WORDS[excess.limit].unit,
      }),
      limit: t.float({ description: 'The limit.', resolve: ({ excess }) => excess.cap }),
      value: t.float({ description: 'What it comes to instead.', resolve: ({ excess }) => excess.value }),
      dataCentre: t.field({
        type: DataCentreType,
        description: 'Where. Of a budget, the first data centre.',
        resolve: ({ excess, of }, _args, { loaders }) =>
          loaders.dataCentre.load(
            of.plan.answer().evidence.centres.find(({ dcId }) => dcId === excess.dcId)!.dataCentreId,
          ),
      }),
      from: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Start of the half hour. Null: a budget, which is for all of them.',
        resolve: ({ excess: { slot }, of }) =>
          slot === null ? null : addHalfHours(new Date(of.plan.answer().evidence.problem.from), slot),
      }),
    }),
  });

const EarningType = builder.objectRef<EarnedOf>('FlexibilityEarning').implement({
  description: 'What one flexibility window pays for work that is moved out of it.',
  fields: (t) => ({
    window: t.expose('window', { type: FlexibilityWindowType, description: 'The window.' }),
    energyMwh: t.exposeFloat('mwh', {
      description: 'Facility energy that leaves its area in its half hours: MW × hours, MWh.',
    }),
    revenueGbp: t.exposeFloat('gbp', { description: 'That × its price, GBP.' }),
  }),
});

const OpportunityType = builder.objectRef<OpportunityAnswer>('FlexibilityOpportunity').implement({
  description: 'Deferrable work that another time or place would be better for.',
  fields: (t) => ({
    workload: t.field({
      type: WorkloadType,
      description: 'The work.',
      resolve: ({ workload }) => workload,
    }),
    isConfirmed: t.exposeBoolean('isConfirmed', {
      description:
        'Whether it stands where it does by a confirmed placement. False: it has none, and would run from its first half hour on, at its host or else where that is best.',
    }),
    standsAt: t.field({
      type: [PlannedPlaceType],
      description:
        'Where and when it runs as things stand. Empty: no data centre has room at once, or the one that it has is not ACTIVE.',
      resolve: ({ plan, found }) => placesOf(plan, found.stands?.places ?? []),
    }),
    asItStands: t.field({
      type: OutcomeType,
      nullable: true,
      description: 'What that is expected to come to. Null: as `standsAt` is empty.',
      resolve: ({ found }) => found.stands?.outcome ?? null,
    }),
    over: t.field({
      type: [LimitExcessType],
      description: 'Limits of its own that it goes over as things stand. Empty: none; it would only save.',
      resolve: (of) => of.found.over.map((excess) => ({ excess, of })),
    }),
    plan: t.field({
      type: PlannedWorkloadType,
      description:
        "The planner's place for it, together with all others of the page. Its own `saved` is against starting at once.",
      resolve: ({ plan }) => plan,
    }),
    carbonSavedGco2: t.float({
      nullable: true,
      description: 'Carbon that the plan saves against what stands, gCO2. Null: one of them is not known.',
      resolve: ({ found, plan }) => {
        const placed = plan.planned.placed;
        return placed && difference(found.stands?.outcome.carbonG, placed.outcome.carbonG);
      },
    }),
    costSavedGbp: t.float({
      nullable: true,
      description:
        'Money that the plan saves against what stands, GBP, without flexibility revenue; below 0 where cleaner is dearer. Null: one of them is not known.',
      resolve: ({ found, plan }) => {
        const placed = plan.planned.placed;
        return placed && difference(found.stands?.outcome.costGbp, placed.outcome.costGbp);
      },
    }),
    flexibilityRevenueGbp: t.float({
      description:
        'What open windows that ask for less demand (DECREASE_DEMAND) pay for what the plan moves out of them, GBP: facility MW × hours × GBP/MWh, each MWh sold once, and no more than the volume of a window, which goes to the first of the page.',
      resolve: ({ earnings }) => earnings.reduce((sum, { gbp }) => sum + gbp, 0),
    }),
    flexibilityWindows: t.field({
      type: [EarningType],
      description: 'The windows that pay, what pays the most for a MWh first.',
      resolve: ({ earnings }) => [...earnings],
    }),
  }),
});

// The plugin knows no more of a connection than its edges.
const pageOfThis = (page: object): OpportunityPage => page as OpportunityPage;

const OpportunityConnection = builder.connectionObject(
  {
    type: OpportunityType,
    name: 'FlexibilityOpportunityConnection',
    description: 'A page of opportunities, what saves the most first.',
    fields: (t) => ({
      examinedCount: t.int({
        description: 'Workloads that were looked at.',
        resolve: (page) => pageOfThis(page).examined,
      }),
      unexaminedCount: t.int({
        description: `Workloads that were not: no more than ${MOST_EXAMINED} are, those that must be done first.`,
        resolve: (page) => pageOfThis(page).unexamined,
      }),
    }),
  },
  { description: 'An opportunity and its place in the connection.' },
);

builder.queryField('flexibilityOpportunities', (t) =>
  t.field({
    type: OpportunityConnection,
    args: {
      regionIds: t.arg.intList({
        description:
          'Only work that runs in one of these as things stand, 1–18, with all that lies in it; anywhere when left out.',
      }),
      objective: t.arg({ type: PlanObjectiveInput, description: OBJECTIVE }),
      ...pageArgs,
    },
    complexity: (args) => ({ ...pageCost(args), field: 200 }),
    description: `Your own deferrable workloads that have not begun, and go over a limit of theirs as things stand or would save something elsewhere or later: with the better plan, and what flexibility windows pay for the move. Ranked by what the best place of each would save if it had that for itself; a page is planned as one, so that its workloads share power. Power that they have confirmed counts as taken: each can move whether or not the others do. Needs an API key. At most ${MOST_EXAMINED} workloads are looked at; forecasts of 7 days.`,
    resolve: (_root, args, context) => flexibilityOpportunities(args, context),
  }),
);
