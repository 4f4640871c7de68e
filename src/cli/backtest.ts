import { backtest, type Backtest } from '../domain/planner/backtest.js';
import { PylonError } from '../domain/errors.js';
import type { Job } from '../domain/planner/job.js';
import { correctedForJobs } from '../domain/planner/walk-forward.js';
import {
  parseIntensity,
  parseJobs,
  type BacktestLimits,
  type IntensitySeries,
} from '../planning/backtest-csv.js';
import { readText } from './backtest-files.js';

export interface BacktestOptions {
  readonly intensity: string;
  readonly jobs: string;
  readonly capacity?: number;
  readonly interruptible?: true;
  readonly online?: true;
  readonly forecastColumn?: string;
  readonly corrected?: true;
  readonly json?: true;
}

/** Ten years; a hundred thousand jobs that compete for machines take minutes, and half a gigabyte. */
const LIMITS: BacktestLimits = { slots: 175_344, jobs: 100_000, jobSlots: 10_000_000 };

/** `pylon backtest`: plans jobs on a series from files, and prints what that saves against starting each at once. */
export async function runBacktest(options: BacktestOptions): Promise<void> {
  const series = parseIntensity(await readText(options.intensity), options.forecastColumn ?? null, LIMITS);
  const jobs = parseJobs(await readText(options.jobs), series.actual.length, LIMITS);
  const begun = performance.now();
  const { result } = backtest({
    jobs,
    actual: series.actual,
    believed: options.corrected ? correctedBelief(series, jobs, options) : series.believed,
    capacity: options.capacity ?? null,
    isInterruptible: options.interruptible === true,
    isOnline: options.online === true,
  });
  const seconds = Math.round(performance.now() - begun) / 1000;
  // ru_maxrss is in kilobytes.
  const rssMb = Math.round(process.resourceUsage().maxRSS / 102.4) / 10;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...result, corrected: options.corrected === true, seconds, rssMb })}\n`
      : report(result, seconds, rssMb),
  );
}

/** @throws {PylonError} BAD_USER_INPUT where there is nothing to correct, or no telling what hour of the day a slot is. */
function correctedBelief(
  { from, actual, believed }: IntensitySeries,
  jobs: readonly Job[],
  { forecastColumn, intensity }: BacktestOptions,
): Float64Array {
  if (forecastColumn === undefined)
    throw new PylonError('BAD_USER_INPUT', '--corrected corrects a forecast: name its --forecast-column');
  if (from === null)
    throw new PylonError(
      'BAD_USER_INPUT',
      `${intensity}: --corrected needs the start of each half hour in the first column, not a number`,
    );
  return correctedForJobs({ from, forecast: believed, outturn: actual, jobs });
}

function report(result: Backtest, seconds: number, rssMb: number): string {
  const { infeasible } = result;
  const number = (value: number | null, digits = 2): string => value?.toFixed(digits) ?? 'none';
  const lines: [string, string][] = [
    ['jobs, slots, machines', `${result.jobs}, ${result.slots}, ${result.capacity ?? 'no limit'}`],
    ['immediate start', number(result.immediate)],
    ['plan', number(result.plan)],
    ['lower bound', number(result.bound)],
    ['saving', `${number(result.savingPct)} %`],
    ['with perfect foresight', `${number(result.foresight?.savingPct ?? null)} %`],
    ['gap', `${number(result.gapPct, 3)} %`],
    ['missed slots', String(result.missedSlots)],
    ['machines at once', String(result.peakConcurrency)],
    ['took', `${seconds} s, ${rssMb} MB`],
  ];
  if (infeasible) {
    const { from, to, demanded, available, relaxation } = infeasible;
    const later =
      relaxation.slackSlots === null
        ? 'no more time helps'
        : `${relaxation.slackSlots} slots more of slack for each`;
    lines.push(
      ['no plan exists', `slots ${from} to ${to} need ${demanded} machine-slots and have ${available}`],
      ['it would with', `${relaxation.capacity} machines, or ${later}`],
    );
  }
  const width = Math.max(...lines.map(([name]) => name.length));
  return `${lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n(g CO2/kWh × kW, summed over job-slots; a slot is half an hour)\n`;
}
