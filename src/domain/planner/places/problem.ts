/** Names the meaning of every member below, and of the plan that follows from them. A change of meaning takes a new name. */
export const PROBLEM_FORM = 'pylon.problem/1';

/**
 * All that a plan follows from: work, places with what is left of their power, and the outlook. Half hours are slots, numbered
 * from 0. Plain JSON, so that a decision can keep it and be made again from it.
 */
export interface PlanningProblem {
  readonly form: typeof PROBLEM_FORM;
  /** Start of slot 0, ISO 8601, UTC. */
  readonly from: string;
  readonly slots: number;
  readonly regions: readonly RegionOutlook[];
  /** How errors of the intensity at slots so many apart go together, from lag 0 on, where it is 1; further apart they do not. */
  readonly errorCorrelation: readonly number[];
  /** Price of Great Britain by slot, GBP/MWh. Null: unknown. */
  readonly gbpPerMwh: readonly (number | null)[];
  /** Stress of Great Britain by slot, 0–1. Null: unknown. */
  readonly gridStress: readonly (number | null)[];
  readonly centres: readonly Centre[];
  readonly works: readonly Work[];
  readonly storage: readonly Storage[];
  readonly objective: Objective;
}

/** What is minimised: carbon × kg CO2 + cost × GBP. */
export interface Objective {
  readonly carbon: number;
  readonly cost: number;
}

/** By slot. Null: unknown, and then no slot for work that is limited by it or planned by it. */
export interface RegionOutlook {
  readonly regionId: number;
  readonly gco2PerKwh: readonly (number | null)[];
  /** Standard deviation of what the intensity may still err by. */
  readonly errorGco2PerKwh: readonly (number | null)[];
  readonly renewablePct: readonly (number | null)[];
}

/** A data centre. Power is the facility's: that of the work × PUE. */
export interface Centre {
  readonly dcId: string;
  readonly regionId: number;
  readonly pue: number;
  /** Power that is left for this plan, W, by slot. */
  readonly roomW: readonly number[];
  /** Power that stands there already, W, by slot: what ramps start from. */
  readonly standingW: readonly number[];
  /** How much its load may change from one half hour to the next, W. Null: however much. */
  readonly rampW: number | null;
}

/** How work may run: in one piece; with breaks, in one place; or with breaks, each half hour in another place. */
export type Manner = 'CONTIGUOUS' | 'INTERRUPTIBLE' | 'MOVING';

export interface Work {
  readonly jobId: string;
  /** Of the work itself; spread evenly over its slots. */
  readonly energyKwh: number;
  readonly powerW: number;
  /** Half hours it takes. */
  readonly slots: number;
  /** The first slot it may run in, and the one before which it must be done. */
  readonly from: number;
  readonly to: number;
  readonly manner: Manner;
  /** Which of the problem's data centres it may run in. */
  readonly dcIds: readonly string[];
  readonly limits: WorkLimits;
  /** What is left out first when not everything fits: the least, 0–100. */
  readonly priority: number;
}

/** Null: no such limit. */
export interface WorkLimits {
  readonly maxGco2PerKwh: number | null;
  /** How sure it must be that the intensity keeps below its limit, 0.5–0.999. Null: the forecast is believed. */
  readonly confidence: number | null;
  readonly maxGbpPerMwh: number | null;
  readonly minRenewablePct: number | null;
  readonly maxGridStress: number | null;
  /** Of the facility, for all of the work. */
  readonly carbonBudgetG: number | null;
  readonly maxCostGbp: number | null;
}

/** A storage asset that may charge, and feed planned work in its region. Power and energy at its terminals. */
export interface Storage {
  readonly assetId: string;
  readonly regionId: number;
  /** The first slot that it may do anything in. */
  readonly from: number;
  readonly capacityWh: number;
  readonly chargeWh: number;
  readonly maxChargeW: number;
  readonly maxDischargeW: number;
  /** Of what goes in, the part that comes out, 0–1. */
  readonly efficiency: number;
}

export const MOST_SLOTS = 1_488;
export const MOST_WORKS = 500;
export const MOST_CENTRES = 200;
/** Works × centres × slots: what bounds the time of a plan. */
export const MOST_CHOICES = 4_000_000;

/** What a problem cannot be planned for, by its numbers alone. Empty: nothing. */
export function faultsOf(problem: PlanningProblem): string[] {
  const { slots, works, centres, regions } = problem;
  const faults: string[] = [];
  const most = (what: string, count: number, limit: number): void => {
    if (count > limit) faults.push(`${count} ${what} are more than the ${limit} of one plan`);
  };
  most('half hours', slots, MOST_SLOTS);
  most('workloads', works.length, MOST_WORKS);
  most('data centres', centres.length, MOST_CENTRES);
  most('workloads × data centres × half hours', works.length * centres.length * slots, MOST_CHOICES);
  const known = new Set(regions.map(({ regionId }) => regionId));
  for (const { dcId, regionId, pue, roomW, standingW } of centres) {
    if (!known.has(regionId))
      faults.push(`data centre ${dcId} is in region ${regionId}, of which there is no outlook`);
    if (!(pue >= 1 && Number.isFinite(pue))) faults.push(`data centre ${dcId} has a PUE of ${pue}`);
    if (roomW.length !== slots || standingW.length !== slots)
      faults.push(`data centre ${dcId} does not say its power for each of ${slots} slots`);
  }
  for (const { jobId, energyKwh, powerW, slots: need, from, to } of works) {
    if (![need, from, to].every(Number.isSafeInteger) || need < 1 || from < 0 || to > slots)
      faults.push(
        `workload ${jobId} takes ${need} slots from ${from} and before ${to}, of ${slots} slots from 0`,
      );
    if (!(powerW > 0 && Number.isFinite(powerW) && energyKwh > 0 && Number.isFinite(energyKwh)))
      faults.push(`workload ${jobId} takes ${powerW} W and ${energyKwh} kWh`);
  }
  for (const list of [works.map(({ jobId }) => jobId), centres.map(({ dcId }) => dcId)]) {
    const twice = list.find((id, i) => list.indexOf(id) !== i);
    if (twice !== undefined) faults.push(`${twice} is named twice`);
  }
  return faults;
}
