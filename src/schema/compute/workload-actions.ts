import { amendWorkload } from '../../actions/work/amend-workload.js';
import { cancelWorkload } from '../../actions/work/cancel-workload.js';
import { completeWorkload } from '../../actions/work/complete-workload.js';
import { deferWorkload } from '../../actions/work/defer-workload.js';
import { failWorkload } from '../../actions/work/fail-workload.js';
import { pauseWorkload } from '../../actions/work/pause-workload.js';
import { queueWorkload } from '../../actions/work/queue-workload.js';
import { rejectWorkload } from '../../actions/work/reject-workload.js';
import { resumeWorkload } from '../../actions/work/resume-workload.js';
import { startWorkload } from '../../actions/work/start-workload.js';
import { submitWorkload } from '../../actions/work/submit-workload.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { DeferralReasonEnum, WorkloadTypeEnum, WorkloadUrgencyEnum } from './enums.js';
import { WorkloadType } from './workload.js';

const EXPECTED_VERSION =
  'The `version` it was read at: VERSION_CONFLICT if it changed since. Not compared when left out.';
const REASON = 'Why, for people, 1–1,000 characters.';

type FieldsOf = Parameters<typeof builder.inputType>[1]['fields'];
type Fields = Parameters<FieldsOf>[0];

/** What says how much work there is; the same words in both inputs. */
const workFields = (t: Fields, rest: string) => ({
  estimatedEnergyKwh: t.float({
    description: `Energy that the work itself is expected to take, kWh. ${rest}`,
  }),
  powerKw: t.float({ description: `Mean power of the work itself while it runs, kW. ${rest}` }),
  durationMinutes: t.int({ description: `How long it runs, whole minutes, at most 366 days. ${rest}` }),
});

/** What may be left out of either input. */
const limitFields = (t: Fields, none: string) => ({
  requiredGpuMinutes: t.float({ description: `Minutes of one GPU that it needs. ${none}` }),
  requiredCpuCores: t.int({ description: `CPU cores that it needs at once. ${none}` }),
  requiredMemoryGb: t.float({ description: `Memory that it needs at once, GB. ${none}` }),
  deferralWindowMinutes: t.int({ description: `How long to have it wait at most, minutes. ${none}` }),
  maxCarbonIntensityGco2PerKwh: t.float({
    description: `Run only in half hours at most so dirty, gCO2/kWh. ${none}`,
  }),
  carbonBudgetGco2: t.float({ description: `Cause at most so much in all, gCO2. ${none}` }),
  maxPriceGbpPerMwh: t.float({ description: `Run only in half hours at most so dear, GBP/MWh. ${none}` }),
  maxCostGbp: t.float({ description: `Cost at most so much in all, GBP. ${none}` }),
  minRenewablePct: t.float({
    description: `Run only in half hours with so much wind, solar and hydro at least, percent. ${none}`,
  }),
  maxGridStress: t.float({ description: `Run only in half hours at most so stressed, 0–1. ${none}` }),
});

const factFields = (
  t: Fields,
  otherwise: (value: string) => string,
  otherwiseAny: (value: string) => string = otherwise,
) => ({
  urgency: t.field({
    type: WorkloadUrgencyEnum,
    description: `How urgent it is. ${otherwise('MEDIUM')}`,
  }),
  priority: t.int({ description: `Which goes first, 0 (last) to 100 (first). ${otherwise('50')}` }),
  isInterruptible: t.boolean({
    description: `Whether it can be paused and resumed. ${otherwise('false')}`,
  }),
  isDeferrable: t.boolean({
    description: `Whether it may wait for a better grid. ${otherwise('true')}`,
  }),
  earliestStart: t.field({
    type: 'DateTime',
    description: `It may not begin before. ${otherwise('now')}`,
  }),
  allowedRegionIds: t.intList({
    description: `Licence areas, 1–14, that it may run in; empty: any. ${otherwiseAny('any')}`,
  }),
  allowedDcIds: t.stringList({
    description: `Ids of at most 100 data centres that it may run at, in the allowed regions; empty: any. ${otherwiseAny('any')}`,
  }),
});

const jobFields = (t: Fields) => ({
  jobId: t.string({ required: true, description: "Its id, of the caller's own operator." }),
  expectedVersion: t.int({ description: EXPECTED_VERSION }),
});

const whenLeftOut = (value: string): string => `When left out: ${value}.`;
const asBefore = (): string => 'As before when left out or null.';
const CLEARED = 'As before when left out, cleared when null.';

actionMutation(submitWorkload, {
  input: builder.inputType('SubmitWorkloadInput', {
    description: 'New work.',
    fields: (t) => ({
      jobId: t.string({
        description:
          'Its id, 1–100 letters, digits or `-_.:/`, which no other workload of the operator has. Made up when left out.',
      }),
      name: t.string({ required: true, description: 'Name for people, 1–255 characters.' }),
      type: t.field({ type: WorkloadTypeEnum, required: true, description: 'What kind of work it is.' }),
      userEmail: t.string({
        description:
          "On whose behalf: the address of a user of the caller's operator. Nobody's when left out.",
      }),
      ...workFields(t, 'Two of energy, power and duration give the third; all three must agree within 1 %.'),
      deadline: t.field({
        type: 'DateTime',
        required: true,
        description:
          'It must be done by then: after earliestStart, and from the later of that and now far enough for the duration.',
      }),
      ...factFields(t, whenLeftOut),
      ...limitFields(t, 'No such limit, or not known, when left out.'),
    }),
  }),
  type: WorkloadType,
  description: 'Submits work: PENDING from then on.',
});

actionMutation(amendWorkload, {
  input: builder.inputType('AmendWorkloadInput', {
    description: 'Another wish for work that has not run yet.',
    fields: (t) => ({
      ...jobFields(t),
      name: t.string({ description: `Name for people. ${asBefore()}` }),
      type: t.field({ type: WorkloadTypeEnum, description: `What kind of work it is. ${asBefore()}` }),
      userEmail: t.string({ description: "On whose behalf. As before when left out, nobody's when null." }),
      ...workFields(
        t,
        'Two of energy, power and duration give the third. One alone: energy or duration at the same power, power for the same energy.',
      ),
      deadline: t.field({ type: 'DateTime', description: `It must be done by then. ${asBefore()}` }),
      ...factFields(t, asBefore, () => CLEARED),
      ...limitFields(t, CLEARED),
    }),
  }),
  type: WorkloadType,
  description:
    'Amends work that has not run yet. LIMIT_BROKEN while it holds power outside its new limits: release that first.',
});

const plainInput = (name: string, description: string) =>
  builder.inputType(name, { description, fields: jobFields });

const reasonedInput = (name: string, description: string, isRequired: boolean) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      ...jobFields(t),
      reason: t.string({
        required: isRequired,
        description: isRequired ? REASON : `${REASON} May be left out.`,
      }),
    }),
  });

const placedInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      ...jobFields(t),
      dcId: t.string({
        description:
          'Where. When left out: where it has a confirmed placement in the half hour that covers now. Without such a placement there it takes no part of the headroom.',
      }),
    }),
  });

actionMutation(queueWorkload, {
  input: plainInput('QueueWorkloadInput', 'Work that is accepted.'),
  type: WorkloadType,
  description: 'Accepts work, which waits for a place: QUEUED. A confirmed placement is given back.',
});

actionMutation(deferWorkload, {
  input: builder.inputType('DeferWorkloadInput', {
    description: 'Work that is to wait for something.',
    fields: (t) => ({
      ...jobFields(t),
      reason: t.field({ type: DeferralReasonEnum, required: true, description: 'What it waits for.' }),
      note: t.string({ description: `${REASON} May be left out.` }),
    }),
  }),
  type: WorkloadType,
  description: 'Defers deferrable work. A confirmed placement is given back; what it only holds, it keeps.',
});

actionMutation(rejectWorkload, {
  input: reasonedInput('RejectWorkloadInput', 'Work that cannot be run within its limits.', true),
  type: WorkloadType,
  description: 'Rejects work that has not begun: REJECTED, for good. What it holds is given back.',
});

actionMutation(cancelWorkload, {
  input: reasonedInput('CancelWorkloadInput', 'Work that is not wanted any more.', false),
  type: WorkloadType,
  description: 'Calls work off: CANCELLED, for good. What it holds is given back.',
});

actionMutation(startWorkload, {
  input: placedInput('StartWorkloadInput', 'Work that begins.'),
  type: WorkloadType,
  description: 'Work begins to run now: RUNNING, and so is its placement.',
});

actionMutation(pauseWorkload, {
  input: reasonedInput('PauseWorkloadInput', 'Work that is interrupted.', false),
  type: WorkloadType,
  description: 'Interrupts interruptible work: PAUSED. It keeps its power: its placement is CONFIRMED again.',
});

actionMutation(resumeWorkload, {
  input: placedInput('ResumeWorkloadInput', 'Work that goes on.'),
  type: WorkloadType,
  description: 'Paused work goes on: RUNNING.',
});

actionMutation(completeWorkload, {
  input: builder.inputType('CompleteWorkloadInput', {
    description: 'Work that is done.',
    fields: (t) => ({
      ...jobFields(t),
      actualEnergyKwh: t.float({
        required: true,
        description:
          "Energy that was measured of the work itself, at the IT side, without the facility's share, kWh.",
      }),
      completedAt: t.field({
        type: 'DateTime',
        description:
          'When it was done, not in the future and not before it last began to run. Now when left out.',
      }),
      flexibilityRevenueGbp: t.float({
        description: 'What it earned by its flexibility, GBP. Not reported when left out.',
      }),
    }),
  }),
  type: WorkloadType,
  description:
    'Work is done: COMPLETED. The measured energy is shared out over the half hours in which it really ran, by time; facility energy is ' +
    'that × PUE of the data centre; carbon is facility energy × the intensity of its region in that half hour (outturn, else the last ' +
    'forecast, labelled ESTIMATE), cost is facility energy × the price of Great Britain. Its power is given back.',
});

actionMutation(failWorkload, {
  input: reasonedInput('FailWorkloadInput', 'Work that came to nothing.', true),
  type: WorkloadType,
  description: 'Ends work that began without its result: FAILED, for good. Its power is given back.',
});
