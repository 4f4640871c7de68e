import { MOST_WORKS } from '../../domain/planner/places/problem.js';
import { planWorkload, planWorkloads } from '../../resolvers/planning/plans.js';
import { LONGEST_PLAN_DAYS } from '../../resolvers/planning/work-asked.js';
import { AS_OF } from '../as-of.js';
import { builder } from '../builder.js';
import { CORRECTED, OBJECTIVE, PlanObjectiveInput, limitFields } from './limits.js';
import { PlanType, PlannedWorkloadType } from './plan.js';

const PlannedWorkInput = builder.inputType('WorkToPlanInput', {
  description: 'Work that is described and not stored.',
  fields: (t) => ({
    jobId: t.string({ description: 'What to call it in the answer; made up when left out.' }),
    estimatedEnergyKwh: t.float({
      description:
        'Energy of the work itself, kWh. Two of energy, power and duration give the third; all three must agree within 1 %.',
    }),
    powerKw: t.float({ description: 'Mean power of the work itself while it runs, kW.' }),
    durationMinutes: t.int({
      description: `How long it runs, minutes, at most ${LONGEST_PLAN_DAYS} days; a half hour that is begun counts whole.`,
    }),
    isInterruptible: t.boolean({ description: 'Whether it may have breaks. False when left out.' }),
    mayMove: t.boolean({
      description: 'Whether work with breaks may go on in another data centre. False when left out.',
    }),
    isDeferrable: t.boolean({ description: 'Whether it may wait for a better grid. True when left out.' }),
    earliestStart: t.field({
      type: 'DateTime',
      description:
        'Not before; now when left out. The half hour that runs is used where what is left of it, and of its others, is enough.',
    }),
    deadline: t.field({
      type: 'DateTime',
      required: true,
      description: `Done by then, at most ${LONGEST_PLAN_DAYS} days ahead. Only whole half hours before it are used.`,
    }),
    priority: t.int({
      description:
        'What has its place first where not all have one, 0 (last) to 100 (first); 50 when left out.',
    }),
    allowedRegionIds: t.intList({
      description: 'Licence areas, 1–14, that it may run in; any when left out or empty.',
    }),
    allowedDcIds: t.stringList({
      description: 'Data centres that it may run at; any when left out or empty.',
    }),
    ...limitFields(t),
  }),
});

const howArgs = builder.args((t) => ({
  objective: t.field({ type: PlanObjectiveInput, description: OBJECTIVE }),
  corrected: t.boolean({ description: CORRECTED }),
  storage: t.boolean({
    description:
      'Whether your own storage feeds the work where it stands in its region: it charges when power is clean. False when left out; needs an API key.',
  }),
  asOf: t.field({ type: 'DateTime', description: `${AS_OF} Room at data centres is that of now.` }),
}));

const PLANNED =
  'Where and when, at ACTIVE data centres with room, within all limits, and why; or why there is no such plan, and the smallest change that makes one. Holds nothing: `placeWorkload` does.';

builder.queryField('planWorkload', (t) =>
  t.field({
    type: PlannedWorkloadType,
    args: {
      jobId: t.arg.string({ description: 'A workload of your own operator; or `work`.' }),
      work: t.arg({ type: PlannedWorkInput, description: 'The work, described; or `jobId`.' }),
      ...howArgs,
    },
    complexity: { field: 200, multiplier: 1 },
    description: `Plans one workload. ${PLANNED}`,
    resolve: (_root, args, context) => planWorkload(args, context),
  }),
);

builder.queryField('planWorkloads', (t) =>
  t.field({
    type: PlanType,
    args: {
      jobIds: t.arg.stringList({
        description: `Workloads of your own operator; with \`works\` at most ${MOST_WORKS}.`,
      }),
      works: t.arg({ type: [PlannedWorkInput], description: 'Work, described.' }),
      ...howArgs,
    },
    complexity: ({ jobIds, works }) => ({
      field: 200,
      multiplier: Math.max(1, Math.min(MOST_WORKS, (jobIds?.length ?? 0) + (works?.length ?? 0))),
    }),
    description: `Plans workloads together, so that they share what power there is. ${PLANNED} PLANNER_BUSY when too many plans wait; PLANNER_TIMEOUT after 30 seconds.`,
    resolve: (_root, args, context) => planWorkloads(args, context),
  }),
);
