import { choose } from './choice.js';
import type { Field } from './field.js';
import { areMachines, planMachines, type Certificate } from './machines.js';
import { Room, type Choice } from './room.js';
import { searchPlan } from './search.js';

/** How a plan was found, and so what its bound is worth. */
export type Method =
  /** Each work has the place that is best for it alone: nothing is in another's way. */
  | 'INDEPENDENT'
  /** Minimum-cost flow: exact. */
  | 'MIN_COST_FLOW'
  /** Prices of power and repair: as good as its gap. */
  | 'SEARCH';

export interface Placing {
  /** In the order of the jobs. Null: no place was found. */
  readonly choices: readonly (Choice | null)[];
  /** No plan of all works costs less, in cost units. Null: the works do not all fit, or it is not known whether they do. */
  readonly bound: number | null;
  readonly method: Method;
  readonly certificate: Certificate | null;
}

/** Places all works, by the exact method where there is one. @param effort see `searchPlan`. */
export function placeAll(field: Field, effort = 1): Placing {
  const alone = placeIndependent(field);
  if (alone) return alone;
  if (areMachines(field)) {
    const plan = planMachines(field);
    if (plan) {
      const bound = plan.choices.reduce((sum, choice, j) => sum + costOf(field, j, choice), 0);
      return { choices: plan.choices, bound, method: 'MIN_COST_FLOW', certificate: plan.certificate };
    }
  }
  const { choices, bound } = searchPlan(field, effort);
  const isWhole = choices.every((choice) => choice !== null);
  return { choices, bound: isWhole ? bound : null, method: 'SEARCH', certificate: null };
}

/**
 * Each work in the place that is best for it, one after the other: optimal when none had to give way, which is so of a work by
 * itself. Null: some had to.
 */
function placeIndependent(field: Field): Placing | null {
  const { jobs, centres, slots } = field;
  const alone = new Room(field, { hasRamps: false });
  const room = new Room(field);
  const choices: Choice[] = [];
  let bound = 0;
  for (const job of jobs) {
    const best = choose(field, job, { prices: null, room: alone, isBound: true });
    const found = choose(field, job, { prices: null, room });
    if (!best || !found || (found.cost > best.cost && jobs.length > 1)) return null;
    bound += best.cost;
    room.put(job, found);
    choices.push(found);
  }
  if (centres.some(({ standingW }, centre) => !room.keepsRamp(centre, standingW))) return null;
  const prices = centres.map(() => new Float64Array(slots));
  return { choices, bound, method: 'INDEPENDENT', certificate: { prices, scale: 1 } };
}

const costOf = ({ jobs }: Field, j: number, { slots, sites }: Choice): number =>
  slots.reduce((sum, slot, i) => {
    const { slotKwh, region } = jobs[j]!.sites[sites[i]!]!;
    return sum + slotKwh * region.unit[slot]!;
  }, 0);
