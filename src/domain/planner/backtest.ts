import { planContiguous } from './contiguous.js';
import { fit, relaxationOf, type Overload, type Relaxation } from './fit.js';
import { planInterruptible } from './interruptible.js';
import { costOfSchedule, startAtOnce, usageOf, type Job, type Schedule } from './job.js';
import { planOnline } from './online.js';

export interface BacktestInput {
  readonly jobs: readonly Job[];
  /** Carbon intensity that really was, gCO2/kWh, one a half hour. */
  readonly actual: Float64Array;
  /** What the plan is made on; the same as `actual`: perfect foresight. */
  readonly believed: Float64Array;
  /** Machines in every half hour; null: as many as there are jobs. */
  readonly capacity: number | null;
  readonly isInterruptible: boolean;
  /** Whether a job is known only once its window begins. */
  readonly isOnline: boolean;
}

/** What a plan made with perfect foresight would have cost and saved: the most that a better forecast could be worth. */
export interface Foresight {
  readonly plan: number;
  readonly savingPct: number | null;
  readonly gapPct: number | null;
  readonly missedSlots: number;
  readonly peakConcurrency: number;
}

/** What a plan would have saved. Sums are over job-slots of intensity × power. */
export interface Backtest {
  readonly jobs: number;
  readonly slots: number;
  readonly capacity: number | null;
  readonly interruptible: boolean;
  readonly online: boolean;
  /** Every job from its first slot on, whatever the capacity. */
  readonly immediate: number;
  /** By the plan, under what really was. Null: no plan exists. */
  readonly plan: number | null;
  /** No plan made with perfect foresight costs less. Null: none exists. */
  readonly bound: number | null;
  readonly savingPct: number | null;
  /** How far the plan may be from the best one: (plan − bound) / bound. */
  readonly gapPct: number | null;
  /** Job-slots that the plan found no place for. */
  readonly missedSlots: number;
  readonly peakConcurrency: number;
  /** Why no plan exists, and what would make one; null when nothing proves that. Slots, the last one outside. */
  readonly infeasible:
    | (Overload & {
        readonly relaxation: { readonly capacity: number; readonly slackSlots: number | null };
      })
    | null;
  /** Null: no plan exists. */
  readonly foresight: Foresight | null;
}

export interface BacktestPlan {
  readonly result: Backtest;
  /** Of the jobs in their order; where no plan exists, as much of them as fits. */
  readonly schedule: Schedule;
  /** The same with perfect foresight. */
  readonly foreseen: Schedule;
}

/** Plans jobs on a series that is known by now, and compares with what starting each at once would have cost. */
export function backtest(input: BacktestInput): BacktestPlan {
  const { jobs, actual, believed, isInterruptible, isOnline } = input;
  const machines = new Int32Array(actual.length).fill(input.capacity ?? jobs.length);
  const truly = { costPerKw: actual, capacity: machines };
  const common = {
    jobs: jobs.length,
    slots: actual.length,
    capacity: input.capacity,
    interruptible: isInterruptible,
    online: isOnline,
    immediate: costOfSchedule(jobs, truly, startAtOnce(jobs)),
  };
  const { overload, schedule: most } = fit(jobs, machines);
  if (overload) {
    const result = {
      ...common,
      plan: null,
      bound: null,
      savingPct: null,
      gapPct: null,
      missedSlots: missedOf(jobs, most),
      peakConcurrency: peakOf(most, actual.length),
      infeasible: {
        ...overload,
        relaxation: asked(relaxationOf(jobs, machines), input.capacity ?? jobs.length),
      },
      foresight: null,
    };
    return { result, schedule: most, foreseen: most };
  }
  const best = isInterruptible ? planInterruptible(jobs, truly) : planContiguous(jobs, truly);
  const bound = 'bound' in best ? best.bound : costOfSchedule(jobs, truly, best.schedule);
  const believedMachines = { costPerKw: believed, capacity: machines };
  const schedule = isOnline
    ? planOnline(jobs, believedMachines, { isInterruptible })
    : believed === actual
      ? best.schedule
      : (isInterruptible ? planInterruptible : planContiguous)(jobs, believedMachines).schedule;
  const judged = (own: Schedule): Foresight => {
    const plan = costOfSchedule(jobs, truly, own);
    return {
      plan,
      savingPct: common.immediate === 0 ? null : (1 - plan / common.immediate) * 100,
      gapPct: bound === 0 ? null : Math.max(0, (plan / bound - 1) * 100),
      missedSlots: missedOf(jobs, own),
      peakConcurrency: peakOf(own, actual.length),
    };
  };
  const result = {
    ...common,
    ...judged(schedule),
    bound,
    infeasible: null,
    foresight: judged(best.schedule),
  };
  return { result, schedule, foreseen: best.schedule };
}

const missedOf = (jobs: readonly Job[], schedule: Schedule): number =>
  jobs.reduce((sum, { duration }, j) => sum + duration - (schedule[j]?.length ?? 0), 0);

const peakOf = (schedule: Schedule, slots: number): number =>
  usageOf(schedule, slots).reduce((most, used) => Math.max(most, used), 0);

const asked = ({ moreMachines, moreSlackSlots }: Relaxation, capacity: number) => ({
  capacity: capacity + moreMachines,
  slackSlots: moreSlackSlots,
});
