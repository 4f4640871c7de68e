import type { Field, Job } from './field.js';
import type { LimitName } from './infeasible.js';
import { outcomeOf } from './measure.js';
import type { Choice } from './room.js';

/** A limit of a work that a choice goes over, where it does so the most. Values are in the limit's own unit. */
export interface Excess {
  readonly limit: LimitName;
  readonly cap: number;
  readonly value: number;
  /** Of a budget, the first data centre. */
  readonly dcId: string;
  /** Null: a budget, which is for all of them. */
  readonly slot: number | null;
}

/** The limits of a work that a choice goes over. What is unknown goes over none. */
export function excessesOf(field: Field, job: Job, choice: Choice): Excess[] {
  const { limits } = job.work;
  const { gbpPerMwh, gridStress } = field.problem;
  const cells = choice.slots.map((slot, i) => {
    const { centre, region } = job.sites[choice.sites[i]!]!;
    return { slot, dcId: field.centres[centre]!.dcId, of: region.of };
  });
  const [first] = cells;
  if (!first) return [];
  type Cell = (typeof cells)[number];
  const found: Excess[] = [];
  /** @param sign -1 where a limit is a floor. */
  const worst = (limit: LimitName, valueOf: (cell: Cell) => number | null | undefined, sign = 1): void => {
    const cap = limits[limit];
    if (cap === null) return;
    let most: Excess | null = null;
    for (const cell of cells) {
      const value = valueOf(cell) ?? null;
      if (value === null || value * sign <= (most?.value ?? cap) * sign) continue;
      most = { limit, cap, value, dcId: cell.dcId, slot: cell.slot };
    }
    if (most) found.push(most);
  };
  const budget = (limit: LimitName, value: number | null): void => {
    const cap = limits[limit];
    if (cap !== null && value !== null && value > cap)
      found.push({ limit, cap, value, dcId: first.dcId, slot: null });
  };
  const { carbonG, costGbp } = outcomeOf(field, job, choice);
  worst('maxGco2PerKwh', ({ of, slot }) => of.gco2PerKwh[slot]);
  worst('maxGbpPerMwh', ({ slot }) => gbpPerMwh[slot]);
  worst('minRenewablePct', ({ of, slot }) => of.renewablePct[slot], -1);
  worst('maxGridStress', ({ slot }) => gridStress[slot]);
  budget('carbonBudgetG', carbonG);
  budget('maxCostGbp', costGbp);
  return found;
}
