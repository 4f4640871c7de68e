import { addHalfHours } from '../../domain/half-hour.js';
import type { Dispatch } from '../../domain/planner/places/dispatch.js';
import type { HourMore } from '../../domain/planner/places/alternatives.js';
import { facilityPowerW } from '../../domain/planner/places/field.js';
import type { PlannedAlternative } from '../../domain/planner/places/plan.js';
import { difference, savedPct, spreadOf } from '../../planning/spread.js';
import { reasonsOf, whyNot } from '../../planning/reasons.js';
import type { PlanAnswer, PlannedAnswer } from '../../resolvers/planning/plans.js';
import { builder } from '../builder.js';
import { DataCentreType } from '../compute/data-centre.js';
import { InfeasibleType } from './infeasible.js';
import { OutcomeType, SpreadType } from './outcome.js';

/** The half hours of a plan in one data centre. */
export interface PlannedPlace {
  readonly dataCentreId: number;
  readonly halfHours: readonly Date[];
  readonly powerKw: number;
  readonly facilityKw: number;
}

type Places = PlannedAlternative['places'];

export function placesOf({ asked, answer }: PlannedAnswer, places: Places): PlannedPlace[] {
  const { evidence } = answer();
  return [...new Set(places.map(({ dcId }) => dcId))].map((dcId) => {
    const centre = evidence.centres.find((one) => one.dcId === dcId)!;
    return {
      dataCentreId: centre.dataCentreId,
      halfHours: places.filter((place) => place.dcId === dcId).map(({ slot }) => evidence.at(slot)),
      powerKw: asked.powerKw,
      facilityKw: facilityPowerW(asked.powerKw * 1000, centre.pue) / 1000,
    };
  });
}

export const PlannedPlaceType = builder.objectRef<PlannedPlace>('PlannedPlace').implement({
  description: 'Half hours at one data centre: what `holdPlacement` takes.',
  fields: (t) => ({
    dataCentre: t.field({
      type: DataCentreType,
      description: 'The data centre.',
      resolve: ({ dataCentreId }, _args, { loaders }) => loaders.dataCentre.load(dataCentreId),
    }),
    from: t.field({
      type: 'DateTime',
      description: 'Start of the first.',
      resolve: ({ halfHours }) => halfHours[0]!,
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the last, exclusive.',
      resolve: ({ halfHours }) => addHalfHours(halfHours.at(-1)!, 1),
    }),
    halfHours: t.field({
      type: ['DateTime'],
      description: 'Start of each.',
      resolve: ({ halfHours }) => [...halfHours],
    }),
    powerKw: t.exposeFloat('powerKw', { description: 'Power of the work itself, kW.' }),
    facilityKw: t.exposeFloat('facilityKw', { description: 'What that takes of the facility, × PUE, kW.' }),
  }),
});

const AlternativeKindEnum = builder.enumType('AlternativeKind', {
  description: 'What is other about an alternative.',
  values: {
    START_AT_ONCE: { description: 'From the first half hour on, where that is best, whatever the limits.' },
    OTHER_TIME: { description: 'The best that shares no half hour with the plan.' },
    OTHER_DATA_CENTRE: { description: 'The best at another data centre.' },
  },
});

interface AlternativeShown {
  readonly work: PlannedAnswer;
  readonly alternative: PlannedAlternative;
}

const AlternativeType = builder.objectRef<AlternativeShown>('PlanAlternative').implement({
  description: 'What else could be done with a workload, the plan of the others standing.',
  fields: (t) => ({
    kind: t.field({
      type: AlternativeKindEnum,
      description: 'What is other.',
      resolve: ({ alternative }) => alternative.kind,
    }),
    places: t.field({
      type: [PlannedPlaceType],
      description: 'Where and when.',
      resolve: ({ work, alternative }) => placesOf(work, alternative.places),
    }),
    outcome: t.field({
      type: OutcomeType,
      description: 'What it is expected to come to.',
      resolve: ({ alternative }) => alternative.outcome,
    }),
    whyNot: t.string({
      description: 'Why it was not taken.',
      resolve: ({ work, alternative }) => whyNot(alternative, work.planned.placed!.outcome),
    }),
  }),
});

const HourMoreType = builder.objectRef<HourMore>('SlackValue').implement({
  description: 'What one more hour until the deadline would save, the plan of the others standing.',
  fields: (t) => ({
    carbonGco2: t.exposeFloat('carbonG', {
      nullable: true,
      description: 'Carbon, gCO2. Null: not forecast.',
    }),
    costGbp: t.exposeFloat('costGbp', {
      nullable: true,
      description: 'Money, GBP; below 0 where cleaner is dearer. Null: not known.',
    }),
  }),
});

/** What a store does in the half hours in which it does something. */
export const stepsOf = ({ chargeWh, dischargeWh, heldWh }: Dispatch, at: (slot: number) => Date) =>
  heldWh.flatMap((held, slot) =>
    chargeWh[slot] === 0 && dischargeWh[slot] === 0
      ? []
      : {
          from: at(slot),
          chargeKwh: chargeWh[slot]! / 1000,
          dischargeKwh: dischargeWh[slot]! / 1000,
          heldKwh: held / 1000,
        },
  );

export const DispatchStepType = builder
  .objectRef<{
    readonly from: Date;
    readonly chargeKwh: number;
    readonly dischargeKwh: number;
    readonly heldKwh: number;
  }>('StorageStep')
  .implement({
    description: 'What a storage asset does in one half hour.',
    fields: (t) => ({
      from: t.expose('from', { type: 'DateTime', description: 'Start of the half hour.' }),
      chargeKwh: t.exposeFloat('chargeKwh', { description: 'Energy taken from the grid, kWh.' }),
      dischargeKwh: t.exposeFloat('dischargeKwh', {
        description: 'Energy given to planned work of its region, kWh.',
      }),
      heldKwh: t.exposeFloat('heldKwh', { description: 'What it holds when the half hour ends, kWh.' }),
    }),
  });

const DispatchType = builder
  .objectRef<{ readonly dispatch: Dispatch; readonly answer: PlanAnswer }>('StorageDispatch')
  .implement({
    description: 'What a storage asset does for the plan: at its end it holds at least what it held before.',
    fields: (t) => ({
      assetId: t.string({ description: 'Its id.', resolve: ({ dispatch }) => dispatch.assetId }),
      steps: t.field({
        type: [DispatchStepType],
        description: 'The half hours in which it charges or discharges, oldest first.',
        resolve: ({ dispatch, answer }) => stepsOf(dispatch, answer.evidence.at),
      }),
    }),
  });

const MethodEnum = builder.enumType('PlanMethod', {
  description: 'How a plan was found.',
  values: {
    INDEPENDENT: {
      description:
        'Each workload has the place that is best for it alone: nothing is in another’s way. Exact.',
    },
    MIN_COST_FLOW: { description: 'As a flow of least cost: exact, with a proof.' },
    SEARCH: { description: 'By prices of power and repair: as good as `gapPct` says.' },
  },
});

export const PlanType = builder.objectRef<PlanAnswer>('Plan').implement({
  description:
    'Where and when for some workloads: no limit, no window and no capacity is exceeded. The same inputs give the same plan.',
});
export const PlannedWorkloadType = builder.objectRef<PlannedAnswer>('PlannedWorkload').implement({
  description: 'Where and when for one workload, why, and what else there was.',
  fields: (t) => ({
    jobId: t.string({
      description: 'Its id, or the one it was given for the plan.',
      resolve: ({ asked }) => asked.jobId,
    }),
    isPlaced: t.boolean({
      description: 'Whether it has a place. False: `plan.infeasible` says why.',
      resolve: ({ planned }) => planned.placed !== null,
    }),
    places: t.field({
      type: [PlannedPlaceType],
      description: 'Where and when. Empty: it has no place.',
      resolve: (work) => placesOf(work, work.planned.placed?.places ?? []),
    }),
    outcome: t.field({
      type: OutcomeType,
      nullable: true,
      description: 'What that is expected to come to, before storage. Null: it has no place.',
      resolve: ({ planned }) => planned.placed?.outcome ?? null,
    }),
    carbon: t.field({
      type: SpreadType,
      nullable: true,
      description:
        'Its carbon, with its bounds. Null: it has no place, or how far the forecast may err is not known.',
      resolve: ({ planned: { placed } }) =>
        placed && spreadOf(placed.outcome.carbonG, placed.carbonDeviationG),
    }),
    atOnce: t.field({
      type: OutcomeType,
      nullable: true,
      description:
        'What it would come to from its first half hour on, where that is best, whatever its limits. Null: no data centre has room at once, or it has no place.',
      resolve: ({ planned }) => planned.placed?.atOnce ?? null,
    }),
    saved: t.field({
      type: SpreadType,
      nullable: true,
      description:
        'Carbon that the plan saves against that, with its bounds. Null: one of them is not known.',
      resolve: ({ planned: { placed } }) =>
        placed &&
        spreadOf(difference(placed.atOnce?.carbonG, placed.outcome.carbonG), placed.savingDeviationG),
    }),
    savedPct: t.float({
      nullable: true,
      description: 'The same, percent. Null: one of them is not known.',
      resolve: ({ planned: { placed } }) =>
        placed && savedPct(placed.atOnce?.carbonG, placed.outcome.carbonG),
    }),
    savedGbp: t.float({
      nullable: true,
      description:
        'Money that the plan saves against that, GBP; below 0 where cleaner is dearer. Null: one of them is not known.',
      resolve: ({ planned: { placed } }) =>
        placed && difference(placed.atOnce?.costGbp, placed.outcome.costGbp),
    }),
    slackValue: t.field({
      type: HourMoreType,
      nullable: true,
      description:
        'What one more hour until the deadline would save. Null: it has no place, or the outlook ends before that.',
      resolve: ({ planned }) => planned.placed?.hourMore ?? null,
    }),
    alternatives: t.field({
      type: [AlternativeType],
      description: 'What else there was, at most five.',
      resolve: (work) =>
        (work.planned.placed?.alternatives ?? []).map((alternative) => ({ work, alternative })),
    }),
    reasons: t.stringList({
      description: 'Why there and then, in words with their numbers. Empty: it has no place.',
      resolve: ({ planned: { placed }, answer }) => (placed ? reasonsOf(placed, answer().evidence.at) : []),
    }),
    isSynthetic: t.boolean({
      description:
        'True where any value of its half hours was made up by a model, because a publisher could not be reached.',
      resolve: ({ planned: { placed }, answer }) => {
        const { centres, isSynthetic } = answer().evidence;
        return (placed?.places ?? []).some(({ dcId, slot }) =>
          isSynthetic(centres.find((centre) => centre.dcId === dcId)?.regionId ?? 0, slot),
        );
      },
    }),
    plan: t.field({
      type: PlanType,
      description: 'The plan that it is a part of.',
      resolve: ({ answer }) => answer(),
    }),
  }),
});

builder.objectFields(PlanType, (t) => ({
  works: t.field({
    type: [PlannedWorkloadType],
    description: 'The workloads, in the order asked for.',
    resolve: ({ works }) => [...works],
  }),
  method: t.field({ type: MethodEnum, description: 'How it was found.', resolve: ({ plan }) => plan.method }),
  objective: t.float({
    description:
      'What was minimised, in its own measure: carbonWeight × kg CO2 + costWeight × GBP, with storage.',
    resolve: ({ plan }) => plan.objective,
  }),
  bound: t.float({
    nullable: true,
    description: 'No plan is less than that. Null: not all workloads have a place.',
    resolve: ({ plan }) => plan.bound,
  }),
  gapPct: t.float({
    nullable: true,
    description:
      'By how much it may be above the best there is, percent; 0: it is the best. Null: as `bound`.',
    resolve: ({ plan }) => plan.gapPct,
  }),
  storage: t.field({
    type: [DispatchType],
    description:
      'What your storage does for it, where `storage` was asked for and planned work runs in its region.',
    resolve: (answer) => answer.plan.dispatches.map((dispatch) => ({ dispatch, answer })),
  }),
  infeasible: t.field({
    type: InfeasibleType,
    nullable: true,
    description: 'Why not all workloads have a place, and what would give them one. Null: all have.',
    resolve: ({ plan: { infeasible }, evidence: { problem, centres } }) =>
      infeasible && { infeasible, from: new Date(problem.from), dcIds: centres.map(({ dcId }) => dcId) },
  }),
  policy: t.string({
    description: 'Name and version of the planner: it makes the same plan of the same inputs.',
    resolve: ({ policy }) => `${policy.name} ${policy.version}`,
  }),
  asOf: t.expose('asOf', {
    type: 'DateTime',
    description: 'The grid as it was known at this instant was used; room is that of now.',
  }),
}));
