import type { Context } from '../../context.js';
import type { MonthlyOwner, MonthlySum } from '../../database/monthly-sums.js';
import { PylonError } from '../../domain/errors.js';
import { floorToHalfHour } from '../../domain/half-hour.js';
import { londonDayOn } from '../../domain/london-day.js';
import { settlementPeriodOf } from '../../domain/settlement-period.js';
import { timeRange, type TimeRangeArgs } from './time-range.js';

const MONTHS = 12;
const LONGEST_YEARS = 10;
const YEAR_MS = 366 * 24 * 3_600_000;

/**
 * Answers `months` of an operator or a user: those in which work was completed, in order.
 *
 * @throws {PylonError} BAD_USER_INPUT
 */
export function months(
  owner: MonthlyOwner,
  ownerId: number,
  args: TimeRangeArgs,
  { loaders, now }: Pick<Context, 'loaders' | 'now'>,
): Promise<readonly MonthlySum[]> {
  const to = args.to ?? now;
  const from = args.from ?? startOfMonth(to, MONTHS - 1);
  timeRange({ from, to });
  if (to.getTime() - from.getTime() > LONGEST_YEARS * YEAR_MS)
    throw new PylonError('BAD_USER_INPUT', `from: must be at most ${LONGEST_YEARS} years before to`);
  return loaders.monthlySums.load({ owner, ownerId, from, to });
}

/** Beyond every completion: one workload is completed once. */
const ALWAYS = { from: new Date(0), to: new Date('2100-01-01T00:00:00Z') };

/** Answers what a workload saved. Null: it is not completed. */
export async function savedBy(
  workloadId: number,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<Pick<MonthlySum, 'carbonSaved' | 'costSaved'> | null> {
  const [sum] = await loaders.monthlySums.load({ owner: 'workload', ownerId: workloadId, ...ALWAYS });
  return sum ?? null;
}

/** The start of the London month that lies so many before that of an instant. */
function startOfMonth(at: Date, before: number): Date {
  const [year = 0, month = 1] = settlementPeriodOf(floorToHalfHour(at)).settlementDate.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 - before, 1)).toISOString().slice(0, 10);
  return new Date(londonDayOn(first).startMs);
}
