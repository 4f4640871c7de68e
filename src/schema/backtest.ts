import type { Backtest } from '../domain/planner/backtest.js';
import type { JobOutcome } from '../domain/planner/backtest-report.js';
import { addHalfHours } from '../domain/half-hour.js';
import { backtestAnswer, type BacktestAnswer } from '../resolvers/backtest.js';
import { BacktestInput } from './backtest-input.js';
import { builder } from './builder.js';
import { QualityEnum } from './enums.js';
import { RegionType } from './region.js';

/** Of a sum over half hours of intensity × kW, g CO2. */
const grams = (sum: number): number => sum / 2;

const SAVED =
  'Saved against starting each job at once, % of that; below 0, it would have cost more. Null: that costs nothing.';

const PlanType = builder
  .objectRef<
    Pick<Backtest, 'savingPct' | 'gapPct' | 'missedSlots' | 'peakConcurrency'> & { readonly plan: number }
  >('BacktestPlan')
  .implement({
    description: 'What a plan of all jobs would have cost, by what really was.',
    fields: (t) => ({
      carbonGco2: t.float({ description: 'Carbon dioxide, grams.', resolve: ({ plan }) => grams(plan) }),
      savingPct: t.exposeFloat('savingPct', { nullable: true, description: SAVED }),
      gapPct: t.exposeFloat('gapPct', {
        nullable: true,
        description: 'How far it is above the bound, % of that, at most. Null: the bound is 0.',
      }),
      missedSlotCount: t.exposeInt('missedSlots', {
        description: 'Half hours of jobs that found no place; the carbon is without them.',
      }),
      peakMachineCount: t.exposeInt('peakConcurrency', { description: 'Machines at work at once, at most.' }),
    }),
  });

const JobOutcomeType = builder.objectRef<JobOutcome>('BacktestJobOutcome').implement({
  description: 'What a plan would have made of one job, by what really was.',
  fields: (t) => ({
    carbonGco2: t.float({ description: 'Carbon dioxide, grams.', resolve: ({ plan }) => grams(plan) }),
    savingPct: t.exposeFloat('savingPct', { nullable: true, description: SAVED }),
    missedSlotCount: t.exposeInt('missedSlots', { description: 'Half hours of it that found no place.' }),
    slots: t.intList({
      description: 'Half hours it runs in, counted from 0 at the beginning of the series.',
      resolve: ({ slots }) => [...slots],
    }),
  }),
});

const JobType = builder.objectRef<BacktestAnswer['jobs'][number]>('BacktestJob').implement({
  description:
    'One job of a back-test. All but its name is null where its window holds a half hour of which nothing is known: it is left out.',
  fields: (t) => ({
    job: t.string({ description: 'Its name, as given.', resolve: ({ job }) => job.id }),
    immediateGco2: t.float({
      nullable: true,
      description: 'Carbon dioxide when started at once, grams. Null: left out.',
      resolve: ({ report }) => report && grams(report.immediate),
    }),
    boundGco2: t.float({
      nullable: true,
      description:
        'Carbon dioxide in its cheapest half hours, whoever else wants them, grams. Null: left out.',
      resolve: ({ report }) => report && grams(report.bound),
    }),
    underForecast: t.field({
      type: JobOutcomeType,
      nullable: true,
      description: 'Planned on the forecast. Null: left out, or no plan exists.',
      resolve: ({ report }) => report?.underForecast,
    }),
    underForesight: t.field({
      type: JobOutcomeType,
      nullable: true,
      description: 'Planned on what was. Null: left out, or no plan exists.',
      resolve: ({ report }) => report?.underForesight,
    }),
  }),
});

const InfeasibleType = builder
  .objectRef<NonNullable<Backtest['infeasible']>>('BacktestInfeasible')
  .implement({
    description: 'Why no plan exists, and what would make one.',
    fields: (t) => ({
      fromSlot: t.exposeInt('from', {
        description: 'First half hour of those that are overloaded, inclusive.',
      }),
      toSlot: t.exposeInt('to', { description: 'The half hour after the last of them.' }),
      demandedMachineSlotCount: t.exposeInt('demanded', {
        description: 'Half hours of machines that jobs need there.',
      }),
      availableMachineSlotCount: t.exposeInt('available', {
        description: 'Half hours of machines that there are.',
      }),
      enoughMachineCount: t.int({
        description: 'The least number of machines with which a plan exists.',
        resolve: ({ relaxation }) => relaxation.capacity,
      }),
      enoughSlackSlotCount: t.int({
        nullable: true,
        description:
          'The least half hours of slack more, for each job, with which one exists. Null: no more time helps.',
        resolve: ({ relaxation }) => relaxation.slackSlots,
      }),
    }),
  });

const BacktestType = builder.objectRef<BacktestAnswer>('Backtest').implement({
  description: 'What planning jobs on the past would have saved. All carbon is by what really was.',
  fields: (t) => ({
    region: t.field({
      type: RegionType,
      nullable: true,
      description: 'Region of the series. Null: a series of your own.',
      resolve: ({ asked: { series } }, _args, { loaders }) =>
        series.regionId === null ? null : loaders.region.load(series.regionId),
    }),
    from: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Start of slot 0, inclusive. Null: the half hours of your series are numbered.',
      resolve: ({ asked }) => asked.series.from,
    }),
    to: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'End of the last half hour, exclusive. Null: the half hours of your series are numbered.',
      resolve: ({ asked: { series } }) => series.from && addHalfHours(series.from, series.slots),
    }),
    slotCount: t.int({
      description: 'Half hours of the series.',
      resolve: ({ asked }) => asked.series.slots,
    }),
    hindsight: t.boolean({
      nullable: true,
      description:
        'Whether a forecast was used that was not known yet when a job was submitted, as in history filled in later: real plans could not have ' +
        'been as good. Null: a series of your own does not say.',
      resolve: ({ hindsight }) => hindsight,
    }),
    quality: t.field({
      type: QualityEnum,
      nullable: true,
      description: 'SYNTHETIC where any value used may be so. Null: a series of your own.',
      resolve: ({ quality }) => quality,
    }),
    leftOutJobCount: t.int({
      description: 'Jobs that are in none of the sums, because of a half hour of which nothing is known.',
      resolve: ({ jobs }) => jobs.filter(({ report }) => report === null).length,
    }),
    immediateGco2: t.float({
      description: 'Carbon dioxide of all jobs started at once, whatever the capacity, grams.',
      resolve: ({ total }) => grams(total.immediate),
    }),
    boundGco2: t.float({
      nullable: true,
      description: 'No plan of all jobs costs less, grams. Null: no plan exists.',
      resolve: ({ total: { bound } }) => (bound === null ? null : grams(bound)),
    }),
    underForecast: t.field({
      type: PlanType,
      nullable: true,
      description: 'Planned on the forecast. Null: no plan exists; `infeasible` says why.',
      resolve: ({ total }) => (total.plan === null ? null : { ...total, plan: total.plan }),
    }),
    underForesight: t.field({
      type: PlanType,
      nullable: true,
      description:
        'Planned on what was, all jobs known from the beginning: the most that better forecasts are worth. Null: no plan exists.',
      resolve: ({ total }) => total.foresight,
    }),
    infeasible: t.field({
      type: InfeasibleType,
      nullable: true,
      description: 'Null: nothing proves that no plan exists.',
      resolve: ({ total }) => total.infeasible,
    }),
    jobs: t.field({
      type: [JobType],
      complexity: { field: 1, multiplier: 100 },
      description: 'The jobs, in their order.',
      resolve: ({ jobs }) => [...jobs],
    }),
  }),
});

builder.queryField('backtest', (t) =>
  t.field({
    type: BacktestType,
    nullable: true,
    args: {
      input: t.arg({
        type: BacktestInput,
        required: true,
        description: 'Jobs, and the series to plan them on.',
      }),
    },
    complexity: { field: 20_000, multiplier: 1 },
    description:
      'What planning your own jobs would have saved against starting each at once, in all and for each job, under the forecast and under ' +
      'perfect foresight. Null only together with an error: DATA_MISSING when no job has a window that is known throughout, PLANNER_BUSY when ' +
      'too many plans wait.',
    resolve: (_root, { input }, context) => backtestAnswer(input, context),
  }),
);
