import { fit, type Overload } from './fit.js';
import { FlowNetwork } from './flow-network.js';
import { refuseImpossible, type Job, type Machines, type Schedule } from './job.js';
import { minCostFlow } from './min-cost-flow.js';

export interface InterruptiblePlan {
  /** The cheapest; where not everything fits, as much as does, whatever it costs. */
  readonly schedule: Schedule;
  /** Job-slots without a place; 0 exactly when a plan exists. */
  readonly missedSlots: number;
  /** Why no plan exists; null when one does. */
  readonly overload: Overload | null;
  /**
   * The proof of the optimum, in units of cost: what a machine more would save in each slot. Null without a plan.
   * The sum over the jobs of their cheapest slots under cost + price, less capacity × prices, is the cost of the plan.
   */
  readonly slotPrices: Float64Array | null;
}

/** Costs are made whole by this many decimals, or fewer where they would grow too large to be exact. */
const MOST_DECIMALS = 6;
const LARGEST_COST = 2e10;

/**
 * The cheapest plan of jobs that may be interrupted, on machines that are alike: exact, by minimum-cost flow. Exact to the
 * decimals that costs are rounded to (six, fewer where a job's slot costs more than 20,000).
 *
 * @throws {RangeError} for a job that cannot fit its own window.
 */
export function planInterruptible(jobs: readonly Job[], machines: Machines): InterruptiblePlan {
  const { costPerKw, capacity } = machines;
  const slots = costPerKw.length;
  refuseImpossible(jobs, slots);
  const fitted = fit(jobs, capacity);
  if (fitted.overload) {
    const missedSlots = jobs.reduce(
      (sum, { duration }, j) => sum + duration - (fitted.schedule[j]?.length ?? 0),
      0,
    );
    return { schedule: fitted.schedule, missedSlots, overload: fitted.overload, slotPrices: null };
  }
  const scale = scaleOf(jobs, costPerKw);
  const { flow, potential } = minCostFlow(networkOf(jobs, machines, scale));
  const schedule = jobs.map((): number[] => []);
  let arc = 0;
  for (const [j, { from, to }] of jobs.entries())
    for (let slot = from; slot < to; slot += 1, arc += 1) if (flow[arc] === 1) schedule[j]?.push(slot);
  const sink = potential[jobs.length + slots] ?? 0;
  const slotPrices = Float64Array.from(
    { length: slots },
    (_, slot) => Math.max(0, sink - (potential[jobs.length + slot] ?? 0)) / scale,
  );
  return { schedule, missedSlots: 0, overload: null, slotPrices };
}

/** A node a job, a node a slot, a sink; an arc from each job to each slot of its window, in that order. */
function networkOf(jobs: readonly Job[], { costPerKw, capacity }: Machines, scale: number): FlowNetwork {
  const slots = costPerKw.length;
  const sink = jobs.length + slots;
  const network = new FlowNetwork(
    sink + 1,
    jobs.reduce((sum, { from, to }) => sum + to - from, slots),
  );
  for (const [j, { from, to, duration, powerKw }] of jobs.entries()) {
    network.supply[j] = duration;
    network.supply[sink]! -= duration;
    for (let slot = from; slot < to; slot += 1)
      network.addArc(j, jobs.length + slot, 1, Math.round(costPerKw[slot]! * powerKw * scale));
  }
  for (let slot = 0; slot < slots; slot += 1) network.addArc(jobs.length + slot, sink, capacity[slot]!, 0);
  return network;
}

function scaleOf(jobs: readonly Job[], costPerKw: Float64Array): number {
  let dearest = 1;
  for (const cost of costPerKw) dearest = Math.max(dearest, Math.abs(cost));
  dearest *= Math.max(1, ...jobs.map(({ powerKw }) => powerKw));
  const decimals = Math.floor(Math.log10(LARGEST_COST / dearest));
  return 10 ** Math.max(0, Math.min(MOST_DECIMALS, decimals));
}
