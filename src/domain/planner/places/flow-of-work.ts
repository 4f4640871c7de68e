import { FlowNetwork } from '../flow-network.js';
import type { Field, Job } from './field.js';

/** Power as whole units, in which a flow is counted. */
export interface Units {
  /** What a work sends in each of its slots, at most. */
  readonly ofWork: (job: Job) => number;
  /** What a data centre takes in a slot. */
  readonly ofCentre: (centre: number, slot: number) => number;
}

/** An arc into one data centre in one slot, with the work's site. */
export interface WorkArc {
  readonly arc: number;
  readonly job: number;
  readonly slot: number;
  readonly site: number;
}

export interface WorkFlow {
  readonly network: FlowNetwork;
  readonly arcs: readonly WorkArc[];
  /** Node of a data centre in a slot; −1 where no work may run. */
  readonly cellNode: readonly Int32Array[];
  readonly sink: number;
}

/**
 * Works that may be interrupted, and move, as a flow: work → work in a slot → data centre in a slot → sink. Work in a slot is
 * a node of its own only where it has a choice of data centres, and then runs in one of them at a time.
 *
 * @param cost of one unit of a work at a site in a slot, whole.
 */
export function flowOfWork(
  { jobs, centres, slots }: Field,
  units: Units,
  cost: (job: Job, site: number, slot: number) => number,
): WorkFlow {
  const cellNode = centres.map(() => new Int32Array(slots).fill(-1));
  let nodes = jobs.length;
  const choices: {
    readonly job: number;
    readonly slot: number;
    readonly among: number[];
    readonly node: number;
  }[] = [];
  for (const [j, { work, sites }] of jobs.entries())
    for (let slot = work.from; slot < work.to; slot += 1) {
      const among: number[] = [];
      for (const [s, { usable, centre }] of sites.entries()) {
        if (usable[slot] !== 1 || units.ofCentre(centre, slot) <= 0) continue;
        among.push(s);
        if (cellNode[centre]![slot]! < 0) cellNode[centre]![slot] = nodes++;
      }
      if (among.length > 0) choices.push({ job: j, slot, among, node: among.length > 1 ? nodes++ : -1 });
    }
  const sink = nodes;
  const network = new FlowNetwork(sink + 1, choices.length * 2);
  for (const [j, job] of jobs.entries()) {
    network.supply[j] = job.work.slots * units.ofWork(job);
    network.supply[sink]! -= job.work.slots * units.ofWork(job);
  }
  const arcs: WorkArc[] = [];
  for (const { job: j, slot, among, node } of choices) {
    const job = jobs[j]!;
    const most = units.ofWork(job);
    if (node >= 0) network.addArc(j, node, most, 0);
    for (const site of among) {
      const cell = cellNode[job.sites[site]!.centre]![slot]!;
      arcs.push({
        arc: network.addArc(node >= 0 ? node : j, cell, most, cost(job, site, slot)),
        job: j,
        slot,
        site,
      });
    }
  }
  for (const [centre, nodesOf] of cellNode.entries())
    for (let slot = 0; slot < slots; slot += 1)
      if (nodesOf[slot]! >= 0) network.addArc(nodesOf[slot]!, sink, units.ofCentre(centre, slot), 0);
  return { network, arcs, cellNode, sink };
}
