import { backtest, type Backtest } from './backtest.js';
import { costOfSchedule, startAtOnce, type Job, type Schedule } from './job.js';
import { knownWindows } from './known-windows.js';
import { correctedForJobs } from './walk-forward.js';

export interface BacktestProblem {
  /** Start of the first half hour; null where only their number is known, and then nothing is corrected. */
  readonly from: Date | null;
  /** gCO2/kWh by half hour as it was expected; NaN where it is not known. */
  readonly forecast: Float64Array;
  /** The same as it was. */
  readonly outturn: Float64Array;
  /** How many half hours at the beginning are there only to learn from: slots of jobs are counted from behind them. */
  readonly learnedSlots: number;
  readonly jobs: readonly Job[];
  /** Machines in every half hour; null: as many as there are jobs. */
  readonly capacity: number | null;
  readonly isInterruptible: boolean;
  readonly isOnline: boolean;
  readonly isCorrected: boolean;
}

/** Sums are over the job's slots of intensity × power. */
export interface JobOutcome {
  readonly plan: number;
  readonly savingPct: number | null;
  readonly missedSlots: number;
  /** Where it ran, in rising order. */
  readonly slots: readonly number[];
}

export interface JobReport {
  readonly id: string;
  readonly immediate: number;
  /** What its cheapest slots cost, whoever else wants them. */
  readonly bound: number;
  /** Null where no plan for all exists. */
  readonly underForecast: JobOutcome | null;
  readonly underForesight: JobOutcome | null;
}

export interface BacktestReport {
  /** Null where no job's window is known throughout. */
  readonly total: Backtest | null;
  /** In the order of the jobs; null for one whose window holds a half hour of which nothing is known: it is left out. */
  readonly jobs: readonly (JobReport | null)[];
}

/** A back-test in all and for each job, under the forecast and under perfect foresight. */
export function backtestReport(problem: BacktestProblem): BacktestReport {
  const { jobs, learnedSlots } = problem;
  const later = jobs.map((job) => ({ ...job, from: job.from + learnedSlots, to: job.to + learnedSlots }));
  const known = knownWindows(later, [problem.forecast, problem.outturn]);
  if (known.able.length === 0) return { total: null, jobs: jobs.map(() => null) };
  const able = known.able.map((j) => jobs[j]!);
  const [forecast, actual] = known.series.map((own) => own.subarray(learnedSlots)) as [
    Float64Array,
    Float64Array,
  ];
  const { result, schedule, foreseen } = backtest({
    jobs: able,
    actual,
    believed: problem.isCorrected ? corrected(problem, later) : forecast,
    capacity: problem.capacity,
    isInterruptible: problem.isInterruptible,
    isOnline: problem.isOnline,
  });
  const reports = reportsOf(
    able,
    actual,
    problem.isInterruptible,
    result.infeasible ? null : [schedule, foreseen],
  );
  const reportAt = new Map(known.able.map((j, i) => [j, reports[i]!]));
  return { total: result, jobs: jobs.map((_, j) => reportAt.get(j) ?? null) };
}

/** Jobs that are left out have no say in what was known when; what is absent is 0 once more. */
function corrected(
  { from, forecast, outturn, learnedSlots }: BacktestProblem,
  jobs: readonly Job[],
): Float64Array {
  if (from === null) throw new RangeError('a series without dates cannot be corrected');
  return correctedForJobs({ from, forecast, outturn, jobs })
    .subarray(learnedSlots)
    .map((value) => (Number.isNaN(value) ? 0 : value));
}

function reportsOf(
  jobs: readonly Job[],
  actual: Float64Array,
  isInterruptible: boolean,
  schedules: readonly [Schedule, Schedule] | null,
): JobReport[] {
  const truly = { costPerKw: actual, capacity: new Int32Array(0) };
  const atOnce = startAtOnce(jobs);
  return jobs.map((job, j) => {
    const costOf = (slots: readonly number[]): number => costOfSchedule([job], truly, [slots]);
    const immediate = costOf(atOnce[j]!);
    const outcome = (slots: readonly number[]): JobOutcome => {
      const plan = costOf(slots);
      return {
        plan,
        savingPct: immediate === 0 ? null : (1 - plan / immediate) * 100,
        missedSlots: job.duration - slots.length,
        slots,
      };
    };
    return {
      id: job.id,
      immediate,
      bound: ownBound(job, actual, isInterruptible),
      underForecast: schedules && outcome(schedules[0][j] ?? []),
      underForesight: schedules && outcome(schedules[1][j] ?? []),
    };
  });
}

function ownBound(
  { from, to, duration, powerKw }: Job,
  actual: Float64Array,
  isInterruptible: boolean,
): number {
  const window = actual.subarray(from, to);
  const sum = (slots: Float64Array): number => slots.reduce((all, value) => all + value, 0);
  if (isInterruptible) return powerKw * sum(window.toSorted().subarray(0, duration));
  let least = Infinity;
  for (let start = 0; start + duration <= window.length; start += 1)
    least = Math.min(least, sum(window.subarray(start, start + duration)));
  return powerKw * least;
}
