import {
  LONGEST_WINDOW_DAYS,
  MOST_WINDOWS,
  greenWindowsAnswer,
  type GreenWindowAnswer,
  type GreenWindowsAnswer,
} from '../../resolvers/planning/green-windows.js';
import { difference, savedPct, spreadOf } from '../../planning/spread.js';
import { addHalfHours } from '../../domain/half-hour.js';
import { AS_OF } from '../as-of.js';
import { builder } from '../builder.js';
import { RegionType } from '../region.js';
import { CORRECTED, OBJECTIVE, PlanObjectiveInput, limitFields } from './limits.js';
import { InfeasibleType } from './infeasible.js';
import { OutcomeType, SpreadType } from './outcome.js';

const GreenWindowType = builder.objectRef<GreenWindowAnswer>('GreenWindow').implement({
  description: 'A time to run in one region.',
  fields: (t) => ({
    region: t.field({
      type: RegionType,
      description: 'The region.',
      resolve: ({ regionId }, _args, { loaders }) => loaders.region.load(regionId),
    }),
    from: t.field({
      type: 'DateTime',
      description: 'Start of its first half hour; before now where that is running.',
      resolve: ({ halfHours }) => halfHours[0]!,
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of its last half hour, exclusive.',
      resolve: ({ halfHours }) => addHalfHours(halfHours.at(-1)!, 1),
    }),
    halfHours: t.field({
      type: ['DateTime'],
      description:
        'Start of each of its half hours; with breaks between them only where `interruptible` was asked for.',
      resolve: ({ halfHours }) => [...halfHours],
    }),
    outcome: t.expose('outcome', {
      type: OutcomeType,
      description: 'What running then is expected to come to.',
    }),
    carbon: t.field({
      type: SpreadType,
      nullable: true,
      description: 'Its carbon, with its bounds. Null: how far the forecast may err is not known.',
      resolve: ({ outcome, carbonDeviationG }) => spreadOf(outcome.carbonG, carbonDeviationG),
    }),
    atOnce: t.expose('atOnce', {
      type: OutcomeType,
      nullable: true,
      description:
        'What it would come to in the same region from the first half hour on, whatever the limits. Null: not all of that is forecast.',
    }),
    saved: t.field({
      type: SpreadType,
      nullable: true,
      description: 'Carbon that it saves against that, with its bounds. Null: one of them is not known.',
      resolve: ({ outcome, atOnce, savingDeviationG }) =>
        spreadOf(difference(atOnce?.carbonG, outcome.carbonG), savingDeviationG),
    }),
    savedPct: t.float({
      nullable: true,
      description: 'The same, percent. Null: one of them is not known, or nothing can be saved of nothing.',
      resolve: ({ outcome, atOnce }) => savedPct(atOnce?.carbonG, outcome.carbonG),
    }),
    savedGbp: t.float({
      nullable: true,
      description: 'Money that it saves against that, GBP. Null: one of them is not known.',
      resolve: ({ outcome, atOnce }) => difference(atOnce?.costGbp, outcome.costGbp),
    }),
    isSynthetic: t.exposeBoolean('isSynthetic', {
      description:
        'True where any of its values was made up by a model, because a publisher could not be reached.',
    }),
  }),
});

const UsableType = builder.objectRef<GreenWindowsAnswer['usable'][number]>('UsableHalfHours').implement({
  description: 'How much of the time asked for one region leaves.',
  fields: (t) => ({
    region: t.field({
      type: RegionType,
      description: 'The region.',
      resolve: ({ regionId }, _args, { loaders }) => loaders.region.load(regionId),
    }),
    halfHours: t.exposeInt('halfHours', { description: 'Half hours that keep all limits.' }),
  }),
});

const GreenWindowsType = builder.objectRef<GreenWindowsAnswer>('GreenWindows').implement({
  description: 'The best times to run.',
  fields: (t) => ({
    windows: t.field({
      type: [GreenWindowType],
      description: 'The best first. Those of one region share no half hour. Empty: `infeasible` says why.',
      resolve: ({ windows }) => [...windows],
    }),
    halfHoursNeeded: t.exposeInt('halfHoursNeeded', { description: 'Half hours that a window has.' }),
    usable: t.field({
      type: [UsableType],
      description: 'What the limits leave, by region.',
      resolve: ({ usable }) => [...usable],
    }),
    infeasible: t.field({
      type: InfeasibleType,
      nullable: true,
      description: 'Why there is none, and what would give one. Null: there is one.',
      resolve: ({ infeasible, problem }) =>
        infeasible && {
          infeasible,
          from: new Date(problem.from),
          dcIds: problem.centres.map(({ dcId }) => dcId),
        },
    }),
    asOf: t.expose('asOf', { type: 'DateTime', description: 'What was known at this instant was used.' }),
  }),
});

const GreenWindowsInput = builder.inputType('GreenWindowsInput', {
  description: 'What is to run, when and where it may, and within which limits.',
  fields: (t) => ({
    durationMinutes: t.int({
      description:
        'How long it runs, minutes; a half hour that is begun counts whole. Two of duration, energy and power give the third; a duration alone is of 1 kW.',
    }),
    energyKwh: t.float({ description: 'Energy that it takes, kWh.' }),
    powerKw: t.float({ description: 'Mean power while it runs, kW.' }),
    from: t.field({
      type: 'DateTime',
      description:
        'Not before; now when left out, and never before now: the half hour that runs is used where what is left of it, and of its others, is enough.',
    }),
    to: t.field({
      type: 'DateTime',
      description: `Done by then; 48 hours after \`from\` when left out, at most ${LONGEST_WINDOW_DAYS} days after it.`,
    }),
    regionIds: t.intList({
      description: 'Regions to look at, 1–18; the fourteen licence areas when left out.',
    }),
    interruptible: t.boolean({ description: 'Whether it may have breaks. False when left out.' }),
    ...limitFields(t),
    objective: t.field({ type: PlanObjectiveInput, description: OBJECTIVE }),
    corrected: t.boolean({ description: CORRECTED }),
    first: t.int({ description: `How many windows, 1–${MOST_WINDOWS}; 10 when left out.` }),
    asOf: t.field({ type: 'DateTime', description: AS_OF }),
  }),
});

builder.queryField('greenWindows', (t) =>
  t.field({
    type: GreenWindowsType,
    args: { input: t.arg({ type: GreenWindowsInput, required: true, description: 'What is wanted.' }) },
    complexity: ({ input }) => ({
      field: 100,
      multiplier: Math.max(1, Math.min(input.first ?? 10, MOST_WINDOWS)),
    }),
    description:
      'The best times to run, over regions: where power is cleanest (or cheapest) for long enough, within limits. Asks nothing of data centres: `planWorkload` does.',
    resolve: (_root, { input }, context) => greenWindowsAnswer(input, context),
  }),
);
