import { fit, type Overload } from './fit.js';
import { FlowNetwork } from './flow-network.js';
import { refuseImpossible, type Job, type Machines, type Schedule } from './job.js';
import { minCostFlow, type FlowStart } from './min-cost-flow.js';

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
  const network = networkOf(jobs, machines, scale);
  const { flow, potential } = minCostFlow(network, greedyStart(jobs, machines, network));
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
  dearest *= jobs.reduce((most, { powerKw }) => Math.max(most, powerKw), 1);
  const decimals = Math.floor(Math.log10(LARGEST_COST / dearest));
  return 10 ** Math.max(0, Math.min(MOST_DECIMALS, decimals));
}

/** Each job in its cheapest slots that have room, those with the least choice first: near the optimum, which is then soon found. */
function greedyStart(
  jobs: readonly Job[],
  { costPerKw, capacity }: Machines,
  { arcCount, nodeCount }: FlowNetwork,
): FlowStart {
  const slots = costPerKw.length;
  const flow = new Float64Array(arcCount);
  const treeArc = new Int32Array(nodeCount).fill(-1);
  const room = capacity.slice();
  const firstArc = new Int32Array(jobs.length);
  for (let j = 1; j < jobs.length; j += 1)
    firstArc[j] = firstArc[j - 1]! + jobs[j - 1]!.to - jobs[j - 1]!.from;
  const choice = ({ from, to, duration }: Job): number => to - from - duration;
  const chosen = jobs.map((): Set<number> => new Set());
  for (const j of [...jobs.keys()].sort((a, b) => choice(jobs[a]!) - choice(jobs[b]!) || a - b)) {
    const { from, to, duration } = jobs[j]!;
    const cheapest = Int32Array.from({ length: to - from }, (_, i) => from + i)
      .filter((slot) => room[slot]! > 0)
      .sort((a, b) => costPerKw[a]! - costPerKw[b]! || a - b)
      .slice(0, duration);
    for (const slot of cheapest) {
      room[slot]! -= 1;
      chosen[j]?.add(slot);
    }
  }
  const sinkArc = arcCount - slots;
  for (let slot = 0; slot < slots; slot += 1) {
    flow[sinkArc + slot] = capacity[slot]! - room[slot]!;
    if (room[slot]! > 0) treeArc[jobs.length + slot] = sinkArc + slot;
  }
  for (const [j, { from, to, duration }] of jobs.entries()) {
    let next = -1;
    for (let slot = from; slot < to; slot += 1) {
      if (chosen[j]!.has(slot)) flow[firstArc[j]! + slot - from] = 1;
      else if (room[slot]! > 0 && (next < 0 || costPerKw[slot]! < costPerKw[next]!)) next = slot;
    }
    if (next >= 0 && chosen[j]!.size === duration) treeArc[j] = firstArc[j]! + next - from;
  }
  return { flow, treeArc };
}
