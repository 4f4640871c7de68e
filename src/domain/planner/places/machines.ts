import { minCostFlow } from '../min-cost-flow.js';
import type { Field, Job } from './field.js';
import { flowOfWork, type Units } from './flow-of-work.js';
import { Room, type Choice } from './room.js';

/** An exact plan of all works, with the proof that none is cheaper. */
export interface MachinePlan {
  readonly choices: readonly Choice[];
  readonly certificate: Certificate;
}

/**
 * The dual of the plan: what one place more at a data centre in a slot would save, in cost units. For any prices ≥ 0, the
 * sum over the works of their cheapest slots under cost + price, less places × prices, is no more than any plan costs; with
 * these, it is what this one costs.
 */
export interface Certificate {
  /** By data centre, in the order of their ids, and slot. */
  readonly prices: readonly Float64Array[];
  /** Cost units were rounded to so many parts of one. */
  readonly scale: number;
}

const LARGEST_COST = 2e10;
const FINEST = 1_000;

/**
 * Whether the works are like unit machines, free to move between their places, with nothing but the places' limits in
 * common: then their plan is a flow. Work with one place, or of one slot, has no need to move.
 */
export function areMachines(field: Field): boolean {
  const { jobs } = field;
  const room = new Room(field);
  return jobs.every(
    ({ work, sites }) =>
      work.powerW === jobs[0]!.work.powerW &&
      (work.slots === 1 ||
        work.manner === 'MOVING' ||
        (work.manner === 'INTERRUPTIBLE' && sites.length <= 1)) &&
      work.limits.carbonBudgetG === null &&
      work.limits.maxCostGbp === null &&
      sites.every(({ centre }) => !room.hasRamp(centre)),
  );
}

/** A unit is a machine: one work in one slot. */
export const machineUnits = ({ jobs, centres }: Field): Units => {
  const takenW = new Map(
    jobs.flatMap(({ sites }) => sites.map(({ centre, facilityW }) => [centre, facilityW])),
  );
  return {
    ofWork: () => 1,
    ofCentre: (centre, slot) => {
      const facilityW = takenW.get(centre);
      return facilityW === undefined ? 0 : Math.max(0, Math.floor(centres[centre]!.roomW[slot]! / facilityW));
    },
  };
};

/** The cheapest plan of works that are machines (`areMachines`). @returns null when they do not all fit. */
export function planMachines(field: Field): MachinePlan | null {
  const { jobs, centres, slots } = field;
  const scale = scaleOf(jobs);
  const { network, arcs, cellNode, sink } = flowOfWork(field, machineUnits(field), (job, site, slot) =>
    machineCost(job, site, slot, scale),
  );
  const { unsent, flow, potential } = minCostFlow(network);
  if (unsent > 0) return null;
  const found = jobs.map(() => ({ slots: [] as number[], sites: [] as number[] }));
  for (const { arc, job, slot, site } of arcs) {
    if (flow[arc] !== 1) continue;
    found[job]!.slots.push(slot);
    found[job]!.sites.push(site);
  }
  const prices = centres.map((_, centre) =>
    Float64Array.from({ length: slots }, (_, slot) => {
      const node = cellNode[centre]![slot]!;
      return node < 0 ? 0 : Math.max(0, potential[sink]! - potential[node]!) / scale;
    }),
  );
  return { choices: found, certificate: { prices, scale } };
}

/** Cost of one slot of a work, whole in parts of a cost unit. */
export const machineCost = ({ sites }: Job, site: number, slot: number, scale: number): number => {
  const { slotKwh, region } = sites[site]!;
  return Math.round(slotKwh * region.unit[slot]! * scale);
};

function scaleOf(jobs: readonly Job[]): number {
  let dearest = 1;
  for (const { sites } of jobs)
    for (const { slotKwh, region } of sites)
      for (const unit of region.unit) dearest = Math.max(dearest, Math.abs(unit) * slotKwh);
  return Math.min(FINEST, 10 ** Math.floor(Math.log10(LARGEST_COST / dearest)));
}
