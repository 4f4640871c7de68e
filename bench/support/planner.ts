/** One plan in a process of its own, so that its memory is its own. */
import { planContiguous } from '../../src/domain/planner/contiguous.js';
import { planInterruptible } from '../../src/domain/planner/interruptible.js';
import { costOfSchedule, usageOf, type Machines, type Schedule } from '../../src/domain/planner/job.js';
import { plannedJobs, plannedSeries } from './planned-year.js';
import { timed } from './statistics.js';
import { answerCommands } from './worker.js';

export interface PlanAsked {
  readonly jobs: number;
  readonly slots: number;
  readonly machines: number;
}

export interface PlanMeasured {
  readonly seconds: number;
  /** Of the processor, which do not grow when others are at work. */
  readonly cpuSeconds: number;
  /** Job-slots that could be used: arcs of the network, less one a slot. */
  readonly arcs: number;
  /** Job-slots without a place. */
  readonly missed: number;
  /** Machine-slots above the capacity: none, or the plan is no plan. */
  readonly over: number;
  readonly gapPct: number;
  /** Most memory that the process ever held. */
  readonly rssMb: number;
}

function instanceOf({ jobs: count, slots, machines: capacity }: PlanAsked) {
  const jobs = plannedJobs(count, slots);
  const machines: Machines = {
    costPerKw: plannedSeries(slots),
    capacity: new Int32Array(slots).fill(capacity),
  };
  const overOf = (schedule: Schedule): number =>
    usageOf(schedule, slots).reduce((sum, used) => sum + Math.max(0, used - capacity), 0);
  const measured = (
    [ms, cpuSeconds]: readonly [number, number],
    schedule: Schedule,
    missed: number,
    bound: number,
  ): PlanMeasured => ({
    seconds: ms / 1_000,
    cpuSeconds,
    arcs: jobs.reduce((sum, { from, to }) => sum + to - from, 0),
    missed,
    over: overOf(schedule),
    gapPct: (costOfSchedule(jobs, machines, schedule) / bound - 1) * 100,
    rssMb: process.resourceUsage().maxRSS / 1_024,
  });
  return { jobs, machines, measured };
}

export const plannerWorker = {
  async interruptible(asked: PlanAsked): Promise<PlanMeasured> {
    const { jobs, machines, measured } = instanceOf(asked);
    const [times, { schedule, missedSlots, slotPrices }] = await clocked(() =>
      planInterruptible(jobs, machines),
    );
    return measured(
      times,
      schedule,
      missedSlots,
      slotPrices ? dualOf(jobs, machines, slotPrices) : Number.NaN,
    );
  },
  async contiguous(asked: PlanAsked): Promise<PlanMeasured> {
    const { jobs, machines, measured } = instanceOf(asked);
    const [times, { schedule, missedSlots, bound }] = await clocked(() => planContiguous(jobs, machines));
    return measured(times, schedule, missedSlots, bound);
  },
};

async function clocked<Plan>(work: () => Plan): Promise<readonly [readonly [number, number], Plan]> {
  const before = process.cpuUsage();
  const [ms, plan] = await timed(work);
  const { user, system } = process.cpuUsage(before);
  return [[ms, (user + system) / 1e6], plan];
}

/** What the prices prove, reckoned without the planner: no plan can cost less. */
function dualOf(
  jobs: ReturnType<typeof plannedJobs>,
  { costPerKw, capacity }: Machines,
  prices: Float64Array,
): number {
  const taken = prices.reduce((sum, price, slot) => sum + price * capacity[slot]!, 0);
  const own = jobs.reduce(
    (sum, { from, to, duration, powerKw }) =>
      sum +
      Float64Array.from({ length: to - from }, (_, i) => costPerKw[from + i]! * powerKw + prices[from + i]!)
        .sort()
        .subarray(0, duration)
        .reduce((all, value) => all + value, 0),
    0,
  );
  return own - taken;
}

answerCommands(plannerWorker, () => Promise.resolve());
