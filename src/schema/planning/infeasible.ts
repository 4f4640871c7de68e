import { describeRelaxation, LIMIT_WORDS } from '../../planning/reasons.js';
import type { Infeasible, LimitCheck, Relaxation, Unplaced } from '../../domain/planner/places/infeasible.js';
import type { PowerOverload } from '../../domain/planner/places/overload.js';
import { addHalfHours } from '../../domain/half-hour.js';
import { builder } from '../builder.js';

/** An answer with what is needed to say it in instants and ids. */
export interface InfeasibleShown {
  readonly infeasible: Infeasible;
  /** Start of slot 0. */
  readonly from: Date;
  /** In the order of the numbers that the answer gives them. */
  readonly dcIds: readonly string[];
}

export const RelaxationKindEnum = builder.enumType('RelaxationKind', {
  description: 'What would have to change.',
  values: {
    MORE_POWER: { description: 'More facility power at data centres.' },
    LATER_DEADLINE: { description: 'A later deadline.' },
    RELAX_LIMIT: { description: 'Another limit of the work.' },
  },
});

const RelaxationType = builder.objectRef<Relaxation>('Relaxation').implement({
  description:
    'A change that alone would give all workloads a place: the smallest of its kind, tried out and not guessed.',
  fields: (t) => ({
    kind: t.field({ type: RelaxationKindEnum, description: 'What changes.', resolve: ({ kind }) => kind }),
    description: t.string({
      description: 'The change, in words.',
      resolve: (relaxation) => describeRelaxation(relaxation),
    }),
    limit: t.string({
      nullable: true,
      description: 'Of RELAX_LIMIT: the limit, by its name on a workload. Null otherwise.',
      resolve: ({ limit }) => limit && LIMIT_WORDS[limit].name,
    }),
    amount: t.exposeFloat('amount', {
      description:
        'MORE_POWER: kW of facility power more, at each of `dcIds`, in each half hour. LATER_DEADLINE: half hours later. RELAX_LIMIT: the limit that is enough, in its own unit.',
    }),
    changePct: t.exposeFloat('changePct', {
      description:
        'How much that is of what it is now (power, window or limit), percent; the smallest change comes first.',
    }),
    jobIds: t.exposeStringList('jobIds', { description: 'Workloads that it changes or is for.' }),
    dcIds: t.exposeStringList('dcIds', { description: 'Of MORE_POWER: the data centres. Empty otherwise.' }),
  }),
});

const LimitCheckType = builder.objectRef<LimitCheck>('LimitCheck').implement({
  description: 'What one limit of a workload leaves by itself.',
  fields: (t) => ({
    limit: t.string({
      description: 'Its name on a workload.',
      resolve: ({ name }) => LIMIT_WORDS[name].name,
    }),
    value: t.float({ description: 'The limit, in its own unit.', resolve: ({ limit }) => limit }),
    usableHalfHours: t.exposeInt('usableSlots', {
      nullable: true,
      description:
        'Half hours of the window that keep it, at the place with the most of them. Null: a budget, which is for all of them.',
    }),
    unknownHalfHours: t.exposeInt('unknownSlots', {
      nullable: true,
      description:
        'Half hours of the window in which nothing is known of what it limits, so that none of them keeps it, at the place with the fewest of them: beyond the forecast, or no source gives it. Null: a budget.',
    }),
  }),
});

const UnplacedType = builder.objectRef<Unplaced>('UnplacedWorkload').implement({
  description: 'A workload without a place, and what its limits leave it.',
  fields: (t) => ({
    jobId: t.exposeString('jobId', { description: 'Its id.' }),
    neededHalfHours: t.exposeInt('neededSlots', { description: 'Half hours that it takes.' }),
    windowHalfHours: t.exposeInt('windowSlots', {
      description: 'Whole half hours between its earliest start and its deadline.',
    }),
    usableHalfHours: t.exposeInt('usableSlots', {
      description:
        'Of those, how many keep all its limits and have its power left, at the place with the most of them.',
    }),
    limits: t.field({
      type: [LimitCheckType],
      description: 'What each of its limits leaves by itself. Empty: it has none.',
      resolve: ({ limits }) => [...limits],
    }),
  }),
});

const OverloadType = builder
  .objectRef<{ readonly overload: PowerOverload } & Omit<InfeasibleShown, 'infeasible'>>('PowerOverload')
  .implement({
    description: 'Half hours in which more must run than there is power for, whatever the plan.',
    fields: (t) => ({
      from: t.field({
        type: 'DateTime',
        description: 'Start of the first of them.',
        resolve: ({ overload, from }) => addHalfHours(from, overload.from),
      }),
      to: t.field({
        type: 'DateTime',
        description: 'End of the last of them, exclusive.',
        resolve: ({ overload, from }) => addHalfHours(from, overload.to),
      }),
      dcIds: t.stringList({
        description: 'The data centres that are too full.',
        resolve: ({ overload, dcIds }) => overload.centres.map((centre) => dcIds[centre] ?? ''),
      }),
      demandedKwh: t.float({
        description: 'Energy of work that can run nowhere and at no time else, kWh.',
        resolve: ({ overload }) => overload.demandedKwh,
      }),
      availableKwh: t.float({
        description: 'Energy that work can have there then, kWh.',
        resolve: ({ overload }) => overload.availableKwh,
      }),
    }),
  });

export const InfeasibleType = builder.objectRef<InfeasibleShown>('Infeasible').implement({
  description: 'Why not all workloads have a place, and what would give them one.',
  fields: (t) => ({
    isProven: t.boolean({
      description: 'True: no plan exists. False: none was found, and none is known to be impossible.',
      resolve: ({ infeasible }) => infeasible.isProven,
    }),
    unplaced: t.field({
      type: [UnplacedType],
      description: 'The workloads without a place, by their ids.',
      resolve: ({ infeasible }) => [...infeasible.unplaced],
    }),
    overload: t.field({
      type: OverloadType,
      nullable: true,
      description: 'Where power is short. Null: that is not what is wrong, or not all of it.',
      resolve: ({ infeasible, ...rest }) => infeasible.overload && { ...rest, overload: infeasible.overload },
    }),
    relaxations: t.field({
      type: [RelaxationType],
      description: 'Changes each of which alone is enough, the smallest first. Empty: no single change is.',
      resolve: ({ infeasible }) => [...infeasible.relaxations],
    }),
  }),
});
