import { backtest, type Backtest } from '../domain/planner/backtest.js';
import { readIntensity, readJobs } from './backtest-files.js';

export interface BacktestOptions {
  readonly intensity: string;
  readonly jobs: string;
  readonly capacity?: number;
  readonly interruptible?: true;
  readonly online?: true;
  readonly forecastColumn?: string;
  readonly json?: true;
}

/** `pylon backtest`: plans jobs on a series from files, and prints what that saves against starting each at once. */
export async function runBacktest(options: BacktestOptions): Promise<void> {
  const { actual, believed } = await readIntensity(options.intensity, options.forecastColumn ?? null);
  const jobs = await readJobs(options.jobs, actual.length);
  const begun = performance.now();
  const result = backtest({
    jobs,
    actual,
    believed,
    capacity: options.capacity ?? null,
    isInterruptible: options.interruptible === true,
    isOnline: options.online === true,
  });
  const seconds = Math.round(performance.now() - begun) / 1000;
  // ru_maxrss is in kilobytes.
  const rssMb = Math.round(process.resourceUsage().maxRSS / 102.4) / 10;
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...result, seconds, rssMb })}\n` : report(result, seconds, rssMb),
  );
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
