import { PylonError } from '../domain/errors.js';
import type { Job } from '../domain/planner/job.js';
import {
  parseIntensity,
  parseJobs,
  refuseWideWindows,
  type BacktestLimits,
} from '../planning/backtest-csv.js';
import { halfHourRange } from './half-hour-range.js';
import { requireRegion } from './regions.js';
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import { GREAT_BRITAIN } from '../domain/regions.js';

/** What a back-test may hold, so that it is planned in seconds. */
export const BACKTEST_LIMITS = {
  jobs: 1_000,
  days: 366,
  slots: 17_568,
  jobSlots: 200_000,
} as const satisfies BacktestLimits & { days: number };

export interface BacktestJob {
  readonly job: string;
  readonly startSlot: number;
  readonly durationSlots: number;
  readonly slackSlots: number;
  readonly powerKw?: number | null | undefined;
}

export interface BacktestArgs {
  readonly jobs?: readonly BacktestJob[] | null | undefined;
  readonly jobsCsv?: string | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
  readonly regionId?: number | null | undefined;
  readonly seriesCsv?: string | null | undefined;
  readonly forecastColumn?: string | null | undefined;
  readonly capacity?: number | null | undefined;
  readonly interruptible?: boolean | null | undefined;
  readonly online?: boolean | null | undefined;
  readonly corrected?: boolean | null | undefined;
}

/** Where the series comes from: half hours that we stored, or text of the caller's. */
export type SeriesAsked =
  | { readonly regionId: number; readonly from: Date; readonly slots: number }
  | {
      readonly regionId: null;
      readonly from: Date | null;
      readonly slots: number;
      readonly forecast: Float64Array;
      readonly outturn: Float64Array;
    };

export interface BacktestAsked {
  readonly series: SeriesAsked;
  readonly jobs: readonly Job[];
  readonly capacity: number | null;
  readonly isInterruptible: boolean;
  readonly isOnline: boolean;
  readonly isCorrected: boolean;
}

/** @throws {PylonError} BAD_USER_INPUT naming the argument or the limit; REGION_NOT_FOUND */
export function backtestAsked(args: BacktestArgs): BacktestAsked {
  const series = args.seriesCsv == null ? storedSeries(args) : givenSeries(args, args.seriesCsv);
  const { capacity = null } = args;
  if (capacity !== null && (capacity < 0 || capacity > 1_000_000))
    throw wrong(`capacity: ${capacity} is not 0 to 1000000`);
  const isCorrected = args.corrected ?? false;
  if (isCorrected) refuseUncorrectable(series, args);
  return {
    series,
    jobs: jobsOf(args, series.slots),
    capacity,
    isInterruptible: args.interruptible ?? false,
    isOnline: args.online ?? false,
    isCorrected,
  };
}

function storedSeries({ from, to, regionId, forecastColumn }: BacktestArgs): SeriesAsked {
  if (!from || !to) throw wrong('name a span by from and to, or give seriesCsv');
  if (forecastColumn != null) throw wrong('forecastColumn names a column of seriesCsv, which is not given');
  const range = halfHourRange(from, to, BACKTEST_LIMITS.days);
  const slots = (range.to.getTime() - range.from.getTime()) / HALF_HOUR_MS;
  return { regionId: requireRegion(regionId ?? GREAT_BRITAIN).regionId, from: range.from, slots };
}

function givenSeries({ from, to, regionId, forecastColumn }: BacktestArgs, text: string): SeriesAsked {
  if (from != null || to != null || regionId != null)
    throw wrong('seriesCsv is a series of its own: leave out from, to and regionId');
  const {
    from: start,
    actual,
    believed,
  } = parseIntensity({ title: 'seriesCsv', text }, forecastColumn ?? null, BACKTEST_LIMITS);
  return { regionId: null, from: start, slots: actual.length, forecast: believed, outturn: actual };
}

function refuseUncorrectable({ regionId, from }: SeriesAsked, { forecastColumn }: BacktestArgs): void {
  if (regionId === null && forecastColumn == null)
    throw wrong('corrected: seriesCsv has no forecast to correct; name its forecastColumn');
  if (from === null)
    throw wrong('corrected: seriesCsv needs the start of each half hour in its first column, not a number');
  if (regionId !== null && regionId !== GREAT_BRITAIN)
    throw wrong(
      `corrected: no outturn of region ${regionId} is published to learn from; only of ${GREAT_BRITAIN}, Great Britain`,
    );
}

function jobsOf({ jobs, jobsCsv }: BacktestArgs, slots: number): readonly Job[] {
  if ((jobs == null) === (jobsCsv == null)) throw wrong('give jobs, or jobsCsv, and not both');
  if (jobs && jobs.length > BACKTEST_LIMITS.jobs) throw tooMany(jobs.length);
  if (!jobs) return parseJobs({ title: 'jobsCsv', text: jobsCsv ?? '' }, slots, BACKTEST_LIMITS);
  const all = jobs.map((job) => jobOf(job, slots));
  if (all.length === 0) throw wrong('jobs: there is none');
  refuseWideWindows('jobs', all, BACKTEST_LIMITS);
  return all;
}

function jobOf({ job, startSlot, durationSlots, slackSlots, powerKw }: BacktestJob, slots: number): Job {
  const named = `job ${JSON.stringify(job.slice(0, 60))}`;
  if (startSlot < 0 || durationSlots < 1 || slackSlots < 0)
    throw wrong(`${named}: startSlot and slackSlots are 0 or more, durationSlots 1 or more`);
  const to = startSlot + durationSlots + slackSlots;
  if (to > slots) throw wrong(`${named} ends at slot ${to}, and the series at ${slots}: it fits nowhere`);
  const power = powerKw ?? 1;
  if (!(power > 0 && power <= 1e6))
    throw wrong(`${named}: powerKw ${power} is not above 0 and at most 1000000`);
  return { id: job, from: startSlot, to, duration: durationSlots, powerKw: power };
}

const tooMany = (count: number): PylonError =>
  wrong(`jobs: ${count} are too many; at most ${BACKTEST_LIMITS.jobs} at a time`);

const wrong = (message: string): PylonError => new PylonError('BAD_USER_INPUT', message);
