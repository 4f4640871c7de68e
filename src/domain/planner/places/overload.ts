import { minCostFlow } from '../min-cost-flow.js';
import type { Field } from './field.js';
import { flowOfWork, type Units } from './flow-of-work.js';

/** Slots in which more must run than there is power for, whatever the plan. */
export interface PowerOverload {
  /** The first of the slots, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Numbers of the data centres. */
  readonly centres: readonly number[];
  /** Work that can run nowhere and at no time else, and the room there is, kWh of the work itself. */
  readonly demandedKwh: number;
  readonly availableKwh: number;
}

/** Watts of the work itself; a whole number of them, so that power may be shared out as finely as that. */
export const wattUnits = ({ centres }: Field): Units => ({
  ofWork: ({ work }) => Math.max(1, Math.round(work.powerW)),
  ofCentre: (centre, slot) => Math.max(0, Math.floor(centres[centre]!.roomW[slot]! / centres[centre]!.pue)),
});

/**
 * Whether the works fit if each may break, move and be shared out: where even that fails, no plan exists, and the places and
 * slots that were reached prove it (Hall's condition).
 *
 * @param unitW what one of the units is, W of the work itself.
 */
export function overloadOf(field: Field, units: Units, unitW: number): PowerOverload | null {
  const { jobs, centres, slots } = field;
  const { network, arcs, cellNode } = flowOfWork(field, units, () => 0);
  const { unsent, flow } = minCostFlow(network);
  if (unsent === 0) return null;
  const reached = reachable(network, flow, jobs.length);
  const cells = centres.map((_, centre) =>
    Uint8Array.from({ length: slots }, (_, slot) => {
      const node = cellNode[centre]![slot]!;
      return node >= 0 && reached[node] === 1 ? 1 : 0;
    }),
  );
  /** Slots of each work with a place outside the cells given. */
  const outside = (inside: (centre: number, slot: number) => boolean): number[] => {
    const seen = jobs.map(() => new Set<number>());
    for (const { job, slot, site } of arcs)
      if (!inside(jobs[job]!.sites[site]!.centre, slot)) seen[job]!.add(slot);
    return seen.map(({ size }) => size);
  };
  const within = (from: number, to: number): PowerOverload => {
    const inside = (centre: number, slot: number): boolean =>
      slot >= from && slot < to && cells[centre]![slot] === 1;
    const free = outside(inside);
    let demanded = 0;
    for (const [j, job] of jobs.entries())
      demanded += Math.max(0, job.work.slots - free[j]!) * units.ofWork(job);
    let available = 0;
    const named: number[] = [];
    for (let centre = 0; centre < centres.length; centre += 1) {
      let isInside = false;
      for (let slot = from; slot < to; slot += 1) {
        if (!inside(centre, slot)) continue;
        isInside = true;
        available += units.ofCentre(centre, slot);
      }
      if (isInside) named.push(centre);
    }
    const kwh = (count: number): number => (count * unitW) / 2000;
    return { from, to, centres: named, demandedKwh: kwh(demanded), availableKwh: kwh(available) };
  };
  const any = Array.from({ length: slots }, (_, slot) => cells.some((own) => own[slot] === 1));
  const proofs = runsOf(any)
    .map(([from, to]) => within(from, to))
    .filter(({ demandedKwh, availableKwh }) => demandedKwh > availableKwh)
    .sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const first = any.indexOf(true);
  return proofs[0] ?? (first < 0 ? within(0, slots) : within(first, any.lastIndexOf(true) + 1));
}

/** Nodes that works with something left to send could still reach. */
function reachable(
  network: {
    readonly nodeCount: number;
    readonly supply: Float64Array;
    readonly from: Int32Array;
    readonly to: Int32Array;
    readonly capacity: Float64Array;
  },
  flow: Float64Array,
  works: number,
): Uint8Array {
  const { nodeCount, supply, from, to, capacity } = network;
  const left = supply.slice(0, works);
  const leaving: number[][] = Array.from({ length: nodeCount }, () => []);
  for (const [arc, source] of from.entries()) {
    if (source < works) left[source]! -= flow[arc]!;
    if (flow[arc]! < capacity[arc]!) leaving[source]!.push(to[arc]!);
    if (flow[arc]! > 0) leaving[to[arc]!]!.push(source);
  }
  const reached = new Uint8Array(nodeCount);
  const queue: number[] = [];
  for (const [work, units] of left.entries())
    if (units > 0) {
      reached[work] = 1;
      queue.push(work);
    }
  for (let node = queue.pop(); node !== undefined; node = queue.pop())
    for (const next of leaving[node]!)
      if (reached[next] === 0) {
        reached[next] = 1;
        queue.push(next);
      }
  return reached;
}

/** Unbroken runs of what is true, as from and to. */
function runsOf(flags: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const [i, flag] of flags.entries()) {
    const last = runs.at(-1);
    if (flag && last?.[1] === i) last[1] = i + 1;
    else if (flag) runs.push([i, i + 1]);
  }
  return runs;
}
