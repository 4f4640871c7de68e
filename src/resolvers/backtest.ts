import type { Context } from '../context.js';
import { readCarbonHistory } from '../database/carbon-history.js';
import { PylonError } from '../domain/errors.js';
import { addHalfHours } from '../domain/half-hour.js';
import type { Quality } from '../domain/codes.js';
import type { Backtest } from '../domain/planner/backtest.js';
import type { BacktestProblem, JobReport } from '../domain/planner/backtest-report.js';
import { HISTORY_DAYS } from '../domain/planner/known-errors.js';
import type { Job } from '../domain/planner/job.js';
import { firstChoices } from '../domain/planner/walk-forward.js';
import { backtestAsked, type BacktestArgs, type BacktestAsked } from './backtest-input.js';

const HALF_HOURS_A_DAY = 48;

/** A back-test as the graph answers it. Sums of `total` and of reports are over slots of intensity × kW: half of them are grams. */
export interface BacktestAnswer {
  readonly asked: BacktestAsked;
  readonly total: Backtest;
  readonly jobs: readonly { readonly job: Job; readonly report: JobReport | null }[];
  /** Whether a forecast was used that was known only later; null where nothing says so. */
  readonly hindsight: boolean | null;
  /** Null: the caller's own series. */
  readonly quality: Quality | null;
}

/** A series, and what is known of it. */
interface Evidence extends Pick<BacktestProblem, 'from' | 'forecast' | 'outturn' | 'learnedSlots'> {
  readonly hindsight: Uint8Array | null;
  readonly quality: Quality | null;
}

/**
 * Answers `backtest`: plans jobs on the past and says what that would have saved, on a thread of the planner.
 *
 * @throws {PylonError} BAD_USER_INPUT, REGION_NOT_FOUND, DATA_MISSING, DATA_ARCHIVED, PLANNER_BUSY, PLANNER_TIMEOUT
 */
export async function backtestAnswer(args: BacktestArgs, context: Context): Promise<BacktestAnswer> {
  const asked = backtestAsked(args);
  const evidence = await evidenceOf(asked, context);
  const { jobs, capacity, isInterruptible, isOnline, isCorrected } = asked;
  const { from, forecast, outturn, learnedSlots } = evidence;
  const { total, jobs: reports } = await context.planner.run('backtest', {
    ...{ from, forecast, outturn, learnedSlots },
    ...{ jobs, capacity, isInterruptible, isOnline, isCorrected },
  });
  if (!total)
    throw new PylonError(
      'DATA_MISSING',
      `no job has a window of which forecast and truth are known throughout${asked.series.regionId === null ? '' : ` for region ${asked.series.regionId}`}`,
    );
  const answers = jobs.map((job, j) => ({ job, report: reports[j] ?? null }));
  const isLate = ({ from: start, to }: Job): boolean =>
    evidence.hindsight?.subarray(start + learnedSlots, to + learnedSlots).includes(1) ?? false;
  return {
    asked,
    total,
    jobs: answers,
    hindsight: evidence.hindsight && answers.some(({ job, report }) => report !== null && isLate(job)),
    quality: evidence.quality,
  };
}

async function evidenceOf(
  { series, jobs, isCorrected }: BacktestAsked,
  { database, now }: Context,
): Promise<Evidence> {
  if (series.regionId === null) {
    const { from, forecast, outturn } = series;
    return { from, forecast, outturn, learnedSlots: 0, hindsight: null, quality: null };
  }
  const learnedSlots = isCorrected ? HISTORY_DAYS * HALF_HOURS_A_DAY : 0;
  const from = addHalfHours(series.from, -learnedSlots);
  const choices = firstChoices(jobs, series.slots);
  // A half hour that no job may run in is forecast in time for its own beginning.
  const neededBy = Array.from({ length: learnedSlots + series.slots }, (_, slot) =>
    addHalfHours(from, Math.min(slot, (choices[slot - learnedSlots] ?? Infinity) + learnedSlots)),
  );
  const { forecast, outturn, hindsight, holdsSynthetic } = await readCarbonHistory(database.reader, {
    regionId: series.regionId,
    from,
    neededBy,
    now,
  });
  return { from, forecast, outturn, learnedSlots, hindsight, quality: holdsSynthetic ? 'SYNTHETIC' : 'REAL' };
}
