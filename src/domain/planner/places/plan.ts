import { alternativesOf, hourMore, startAtOnce, type Alternative, type HourMore } from './alternatives.js';
import { dispatchBound, dispatchStorage, type Dispatch } from './dispatch.js';
import { byText, COST_UNIT, fieldOf, type Field } from './field.js';
import { whyInfeasible, type Infeasible } from './infeasible.js';
import { carbonDeviationG, outcomeOf, type Outcome } from './measure.js';
import { placeAll, type Method } from './place-all.js';
import { faultsOf, type PlanningProblem } from './problem.js';
import { Room, type Choice } from './room.js';

/** Names the policy that makes plans, as decisions name it. A change of what it answers takes a new version. */
export const PLANNER = { name: 'pylon.planner', version: '1' } as const;

export interface Plan {
  readonly method: Method;
  /** Carbon × its weight + cost × its weight of works and storage together, in kg and GBP. */
  readonly objective: number;
  /** No plan is less. Null: not all works have a place. */
  readonly bound: number | null;
  /** By how much the plan may be above the best there is, percent of the bound. 0: it is the best. */
  readonly gapPct: number | null;
  /** In the order of their ids. */
  readonly works: readonly PlannedWork[];
  readonly dispatches: readonly Dispatch[];
  /** Null: every work has its place. */
  readonly infeasible: Infeasible | null;
}

export interface PlannedWork {
  readonly jobId: string;
  /** Null: it has no place. */
  readonly placed: Placed | null;
}

export interface Placed {
  readonly places: readonly { readonly dcId: string; readonly slot: number }[];
  readonly outcome: Outcome;
  /** Standard deviation of the carbon, g. Null: how far the forecast may err is not known. */
  readonly carbonDeviationG: number | null;
  /** What it would come to from its first slot on. Null: no place has room at once. */
  readonly atOnce: Outcome | null;
  /** Standard deviation of what is saved against that, g. */
  readonly savingDeviationG: number | null;
  readonly alternatives: readonly PlannedAlternative[];
  readonly hourMore: HourMore | null;
}

export interface PlannedAlternative extends Omit<Alternative, 'choice'> {
  readonly places: readonly { readonly dcId: string; readonly slot: number }[];
}

/** What of a plan is wanted besides the places. */
export interface PlanDetail {
  /** Alternatives and the worth of an hour for each work, and why something does not fit. */
  readonly isExplained: boolean;
}

/**
 * Where and when: a plan for all works of a problem. No limit, no window and no power is ever exceeded; the same problem, in
 * whatever order, gives the same plan to the last bit.
 *
 * @throws {RangeError} for a problem that is too large or contradicts itself, with all that is wrong with it.
 */
export function makePlan(
  problem: PlanningProblem,
  { isExplained }: PlanDetail = { isExplained: true },
): Plan {
  const faults = faultsOf(problem);
  if (faults.length > 0) throw new RangeError(faults.join('; '));
  const field = fieldOf(problem);
  const { choices, bound, method } = placeAll(field);
  const room = new Room(field);
  for (const [j, job] of field.jobs.entries()) if (choices[j]) room.put(job, choices[j]);
  const works = field.jobs.map((job, j): PlannedWork => {
    const choice = choices[j] ?? null;
    return { jobId: job.work.jobId, placed: choice && placedOf(field, j, choice, room, isExplained) };
  });
  const { dispatches, bound: storageBound } = dispatchAll(field, choices);
  const objective =
    works.reduce((sum, { placed }) => sum + (placed?.outcome.objective ?? 0), 0) +
    dispatches.reduce((sum, { cost }) => sum + cost, 0) / COST_UNIT;
  const whole = choices.every((choice) => choice !== null);
  const least = bound === null ? null : (bound + storageBound) / COST_UNIT;
  return {
    method,
    objective,
    bound: least,
    gapPct: least === null ? null : gapOf(objective, least),
    works,
    dispatches,
    infeasible: whole || !isExplained ? null : whyInfeasible(field, choices),
  };
}

/** Costs a kWh are rounded to millionths: less of a gap than that is none. */
const ROUNDING = 1e-6;

function gapOf(objective: number, bound: number): number | null {
  const gap = objective - bound;
  if (gap <= ROUNDING * Math.max(1, Math.abs(bound))) return 0;
  return bound === 0 ? null : (gap * 100) / Math.abs(bound);
}

function placedOf(field: Field, j: number, choice: Choice, room: Room, isExplained: boolean): Placed {
  const job = field.jobs[j]!;
  const placesOf = ({ slots, sites }: Choice): PlannedAlternative['places'] =>
    slots.map((slot, i) => ({ dcId: field.centres[job.sites[sites[i]!]!.centre]!.dcId, slot }));
  room.take(job, choice);
  const first = startAtOnce(field, job, room);
  const placed: Placed = {
    places: placesOf(choice),
    outcome: outcomeOf(field, job, choice),
    carbonDeviationG: carbonDeviationG(field, job, choice),
    atOnce: first && outcomeOf(field, job, first),
    savingDeviationG: first && carbonDeviationG(field, job, choice, first),
    alternatives: isExplained
      ? alternativesOf(field, job, choice, room).map(({ choice: other, ...rest }) => ({
          ...rest,
          places: placesOf(other),
        }))
      : [],
    hourMore: isExplained ? hourMore(field, job, choice, room) : null,
  };
  room.put(job, choice);
  return placed;
}

/** Storage of each region feeds the planned work there, one asset after the other. */
function dispatchAll(
  { problem, jobs, slots, outlooks }: Field,
  choices: readonly (Choice | null)[],
): { readonly dispatches: Dispatch[]; readonly bound: number } {
  const loadWh = new Map<number, Float64Array>();
  for (const [j, { sites }] of jobs.entries()) {
    const choice = choices[j];
    for (const [i, slot] of (choice?.slots ?? []).entries()) {
      const { region, slotKwh } = sites[choice!.sites[i]!]!;
      const load = loadWh.get(region.regionId) ?? new Float64Array(slots);
      load[slot]! += slotKwh * 1000;
      loadWh.set(region.regionId, load);
    }
  }
  const reachable = new Set(jobs.flatMap(({ sites }) => sites.map(({ region }) => region.regionId)));
  let bound = 0;
  const dispatches = [...problem.storage]
    .sort((a, b) => byText(a.assetId, b.assetId))
    .flatMap((storage): Dispatch[] => {
      const outlook = outlooks.get(storage.regionId);
      if (outlook && reachable.has(storage.regionId)) bound += dispatchBound(storage, outlook);
      const load = loadWh.get(storage.regionId);
      if (!outlook || !load) return [];
      const dispatch = dispatchStorage(storage, outlook, [...load]);
      for (const [slot, fed] of dispatch.dischargeWh.entries()) load[slot]! -= fed;
      return [dispatch];
    });
  return { dispatches, bound };
}
