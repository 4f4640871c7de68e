import type { Field, Job, Site } from './field.js';
import type { Choice, Room } from './room.js';

/** What power costs besides, in cost units a W, by data centre and slot: what keeps works out of each other's way. */
export interface Prices {
  readonly perW: readonly Float64Array[];
  /** Sums before each slot. */
  readonly before: readonly Float64Array[];
}

export interface Wanted {
  readonly prices: Prices | null;
  /** Null: there is room for everything. */
  readonly room: Room | null;
  /** Only at this one of the work's sites. */
  readonly site?: number;
  /** Budgets may be broken by work that has breaks: then no choice that keeps them costs less. */
  readonly isBound?: boolean;
}

/** A choice with what it costs, in cost units, and with prices. */
export interface Priced extends Choice {
  readonly cost: number;
  readonly value: number;
}

/**
 * The cheapest place and time of one work, by cost and prices, where there is room: the exact best of contiguous work, and of
 * other work without budgets and without ramps that bind. Of equals the earliest, then the first data centre by id.
 *
 * @returns null where there is none.
 */
export function choose(field: Field, job: Job, wanted: Wanted): Priced | null {
  const { manner } = job.work;
  if (manner === 'MOVING') return chooseApart(field, job, wanted, [...job.sites.keys()]);
  let best = null as Priced | null;
  for (const site of job.sites.keys()) {
    if (wanted.site !== undefined && wanted.site !== site) continue;
    const found: Priced | null =
      manner === 'CONTIGUOUS'
        ? chooseStretch(field, job, wanted, site)
        : chooseApart(field, job, wanted, [site], best?.value);
    if (found && isBetter(found, best)) best = found;
  }
  return best;
}

const isBetter = (one: Priced, other: Priced | null): boolean =>
  !other || one.value < other.value || (one.value === other.value && one.slots[0]! < other.slots[0]!);

/** The cheapest start at one site. */
function chooseStretch(
  { gbpBefore }: Field,
  { work, sites }: Job,
  { prices, room }: Wanted,
  s: number,
): Priced | null {
  const { centre, facilityW, slotKwh, region, usable } = sites[s]!;
  const { slots: need, from, to, limits } = work;
  const left = room?.left(centre);
  const priceBefore = prices?.before[centre];
  const { unitBefore, gco2Before } = region;
  const mostGrams = limits.carbonBudgetG ?? Infinity;
  const mostGbp = limits.maxCostGbp ?? Infinity;
  const ramps = room?.hasRamp(centre) ?? false;
  let best = -1;
  let least = Infinity;
  let free = 0;
  for (let slot = from; slot < to; slot += 1) {
    free = usable[slot] === 1 && (!left || left[slot]! >= facilityW) ? free + 1 : 0;
    if (free < need) continue;
    const start = slot - need + 1;
    const value =
      slotKwh * (unitBefore[slot + 1]! - unitBefore[start]!) +
      (priceBefore ? facilityW * (priceBefore[slot + 1]! - priceBefore[start]!) : 0);
    if (value >= least) continue;
    if (slotKwh * (gco2Before[slot + 1]! - gco2Before[start]!) > mostGrams) continue;
    if ((slotKwh * (gbpBefore[slot + 1]! - gbpBefore[start]!)) / 1000 > mostGbp) continue;
    if (ramps && !room!.rampsOver(centre, facilityW, start, slot + 1)) continue;
    least = value;
    best = start;
  }
  if (best < 0) return null;
  return {
    slots: stretch(best, need),
    sites: Array.from({ length: need }, () => s),
    cost: slotKwh * (unitBefore[best + need]! - unitBefore[best]!),
    value: least,
  };
}

const stretch = (start: number, length: number): number[] => Array.from({ length }, (_, i) => start + i);

/** One slot that a work may run in, at the site that is cheapest then. */
interface Cell {
  readonly slot: number;
  readonly site: number;
  readonly value: number;
}

/** The cheapest slots among some sites, one site a slot. */
/** @param most what it must not cost more than to be of use. */
function chooseApart(
  field: Field,
  job: Job,
  wanted: Wanted,
  among: readonly number[],
  most = Infinity,
): Priced | null {
  const excluded = new Set<string>();
  for (let tries = 0; ; tries += 1) {
    const cellsWith = (extra: Extra): Cell[] | null =>
      cheapestCells(field, job, wanted, among, excluded, extra);
    const found = wanted.isBound ? cellsWith(NOTHING_EXTRA) : withinBudgets(field, job, cellsWith, most);
    if (!found || !wanted.room) return found && pricedOf(job, found);
    const steep = steepCell(job, found, wanted.room);
    if (!steep) return pricedOf(job, found);
    if (tries >= job.work.slots * 4) return null;
    excluded.add(`${steep.site} ${steep.slot}`);
  }
}

/** What a slot costs besides, for its carbon and its money, in cost units a gram and a GBP. */
interface Extra {
  readonly perGram: number;
  readonly perGbp: number;
}
const NOTHING_EXTRA: Extra = { perGram: 0, perGbp: 0 };

function cheapestCells(
  { gbpPerMwh }: Field,
  { work, sites }: Job,
  { prices, room }: Wanted,
  among: readonly number[],
  excluded: ReadonlySet<string>,
  { perGram, perGbp }: Extra,
): Cell[] | null {
  const cells: Cell[] = [];
  const values = new Float64Array(Math.max(0, work.to - work.from));
  for (let slot = work.from; slot < work.to; slot += 1) {
    let best = -1;
    let lowest = Infinity;
    for (const s of among) {
      const { centre, facilityW, slotKwh, region, usable } = sites[s]!;
      if (usable[slot] !== 1 || (room && room.left(centre)[slot]! < facilityW)) continue;
      if (excluded.size > 0 && excluded.has(`${s} ${slot}`)) continue;
      const value =
        slotKwh * (region.unit[slot]! + perGram * region.gco2[slot]! + (perGbp * gbpPerMwh[slot]!) / 1000) +
        (prices ? facilityW * prices.perW[centre]![slot]! : 0);
      if (value < lowest) {
        lowest = value;
        best = s;
      }
    }
    if (best < 0) continue;
    values[cells.length] = lowest;
    cells.push({ slot, site: best, value: lowest });
  }
  return cells.length < work.slots ? null : least(cells, values.subarray(0, cells.length).sort(), work.slots);
}

/** So many of the least, in the order of their slots; of equal ones the earliest. @param sorted all their values. */
function least(cells: readonly Cell[], sorted: Float64Array, count: number): Cell[] {
  const last = sorted[count - 1]!;
  let equal = 0;
  for (let i = count - 1; i >= 0 && sorted[i] === last; i -= 1) equal += 1;
  return cells.filter(({ value }) => value < last || (value === last && equal-- > 0));
}

const HALVINGS = 24;
/** A weight beside which nothing else tells: where even this keeps no budget, nothing does. */
const ALL_THAT_COUNTS = 64 ** 9;
/** How a second budget is weighed against the first, where both bind. */
const MIXES = [0.5, 0, 1, 0.25, 0.75] as const;

/**
 * The cheapest cells that keep to carbon and cost budgets: the budgets are given a price, the lowest that is enough. Near the
 * optimum, and never over a budget.
 */
function withinBudgets(
  field: Field,
  job: Job,
  cellsWith: (extra: Extra) => Cell[] | null,
  most: number,
): readonly Cell[] | null {
  const { carbonBudgetG, maxCostGbp } = job.work.limits;
  const free = cellsWith(NOTHING_EXTRA);
  if (!free || keepsBudgets(field, job, free)) return free;
  if (valueOf(free) > most) return null; // and what keeps the budgets costs no less
  const mixes = carbonBudgetG !== null && maxCostGbp !== null ? MIXES : [carbonBudgetG !== null ? 1 : 0];
  let best: readonly Cell[] | null = null;
  let lowest = Infinity;
  for (const mix of mixes) {
    const at = (weight: number): Cell[] | null =>
      cellsWith({
        perGram: (weight * mix) / Math.max(1, carbonBudgetG ?? 1),
        perGbp: (weight * (1 - mix)) / Math.max(1, Math.abs(maxCostGbp ?? 1)),
      });
    let high = ALL_THAT_COUNTS;
    let found = at(high);
    if (!found || !keepsBudgets(field, job, found)) continue;
    for (let next = high / 64; next >= 1; next /= 64) {
      const cells = at(next);
      if (!cells || !keepsBudgets(field, job, cells)) break;
      [high, found] = [next, cells];
    }
    let low = high / 64;
    for (let i = 0; i < HALVINGS; i += 1) {
      const middle = (low + high) / 2;
      const cells = at(middle);
      if (cells && keepsBudgets(field, job, cells)) {
        found = cells;
        high = middle;
      } else low = middle;
    }
    const cost = costOf(job, found);
    if (cost < lowest) {
      lowest = cost;
      best = found;
    }
  }
  return best;
}

function keepsBudgets({ gbpPerMwh }: Field, { work, sites }: Job, cells: readonly Cell[]): boolean {
  const { carbonBudgetG, maxCostGbp } = work.limits;
  let grams = 0;
  let gbp = 0;
  for (const { slot, site } of cells) {
    const { slotKwh, region } = sites[site]!;
    grams += slotKwh * region.gco2[slot]!;
    gbp += (slotKwh * gbpPerMwh[slot]!) / 1000;
  }
  return grams <= (carbonBudgetG ?? Infinity) && gbp <= (maxCostGbp ?? Infinity);
}

const costOf = ({ sites }: Job, cells: readonly { readonly slot: number; readonly site: number }[]): number =>
  cells.reduce((sum, { slot, site }) => sum + sites[site]!.slotKwh * sites[site]!.region.unit[slot]!, 0);

function steepCell(job: Job, cells: readonly Cell[], room: Room): Cell | null {
  for (const s of new Set(cells.map(({ site }) => site))) {
    const { centre, facilityW }: Site = job.sites[s]!;
    const own = cells.filter(({ site }) => site === s);
    const steep = room.steepWith(
      centre,
      facilityW,
      own.map(({ slot }) => slot),
    );
    if (steep !== null) return own.find(({ slot }) => slot === steep) ?? null;
  }
  return null;
}

const pricedOf = (job: Job, cells: readonly Cell[]): Priced => ({
  slots: cells.map(({ slot }) => slot),
  sites: cells.map(({ site }) => site),
  cost: costOf(job, cells),
  value: valueOf(cells),
});

const valueOf = (cells: readonly Cell[]): number => cells.reduce((sum, { value }) => sum + value, 0);

/** What a choice costs, in cost units. */
export const costOfChoice = (job: Job, { slots, sites }: Choice): number =>
  costOf(
    job,
    slots.map((slot, i) => ({ slot, site: sites[i]! })),
  );
