import { clip, convolve, cornersOf, flat, valueAt, type Convex, type Segment } from '../convex.js';
import type { Outlook } from './field.js';
import type { Storage } from './problem.js';

/** What a storage asset does, by slot, Wh. */
export interface Dispatch {
  readonly assetId: string;
  /** Taken from the grid. */
  readonly chargeWh: readonly number[];
  /** Given to planned work of its region. */
  readonly dischargeWh: readonly number[];
  /** What it holds when the slot ends. */
  readonly heldWh: readonly number[];
  /** What it adds to the cost of the work, in cost units: 0 or less. */
  readonly cost: number;
}

/**
 * The best use of a lossy store for work that is planned: it charges when power is clean and cheap, feeds the work when it is
 * not, gives nothing to the grid, and holds at the end at least what it held before. Exact by convex cost-to-go functions; in
 * slots of negative cost, where it would pay to waste, it only charges.
 *
 * @param loadWh planned work of the region by slot that no other asset feeds.
 */
export function dispatchStorage(storage: Storage, outlook: Outlook, loadWh: readonly number[]): Dispatch {
  const slots = loadWh.length;
  const steps = loadWh.map((load, slot) => stepOf(storage, outlook, slot, load));
  const toGo = costToGo(
    storage,
    steps.map(({ moves }) => moves),
  );
  const chargeWh: number[] = [];
  const dischargeWh: number[] = [];
  const heldWh: number[] = [];
  let held = storage.chargeWh;
  for (let slot = 0; slot < slots; slot += 1) {
    const { moves, most, least } = steps[slot]!;
    const after = toGo[slot + 1]!;
    const [low, high] = [held - most, held - least];
    const candidates = [held, low, high, ...cornersOf(after)]
      .filter((to) => to >= low && to <= high && to >= 0 && to <= storage.capacityWh)
      .sort((a, b) => Math.abs(a - held) - Math.abs(b - held) || a - b);
    let [best, cost] = [held, Infinity];
    for (const to of candidates) {
      const value = valueAt(moves, held - to) + valueAt(after, to);
      if (value < cost - 1e-6) [best, cost] = [to, value];
    }
    chargeWh.push(best > held ? (best - held) / storage.efficiency : 0);
    dischargeWh.push(best < held ? held - best : 0);
    held = best;
    heldWh.push(held);
  }
  const cost = chargeWh.reduce(
    (sum, taken, slot) => sum + ((taken - dischargeWh[slot]!) / 1000) * outlook.unit[slot]!,
    0,
  );
  return { assetId: storage.assetId, chargeWh, dischargeWh, heldWh, cost };
}

/** No use of a store saves more, in cost units, however much work there were to feed: 0 or less. */
export function dispatchBound(storage: Storage, outlook: Outlook): number {
  const moves = Array.from({ length: outlook.unit.length }, (_, slot) =>
    relaxedMoves(storage, outlook, slot),
  );
  return Math.min(0, valueAt(costToGo(storage, moves)[0]!, storage.chargeWh));
}

interface Step {
  /** Cost of letting so much out, Wh of what is held; below 0, of taking in. */
  readonly moves: Convex;
  readonly least: number;
  readonly most: number;
}

function stepOf(storage: Storage, { unit, hasUnit }: Outlook, slot: number, loadWh: number): Step {
  const isKnown = slot >= storage.from && hasUnit[slot] === 1;
  const costPerWh = unit[slot]! / 1000;
  const into = isKnown ? (storage.maxChargeW / 2) * storage.efficiency : 0;
  const out = isKnown && costPerWh >= 0 ? Math.min(storage.maxDischargeW / 2, Math.max(0, loadWh)) : 0;
  return { moves: movesOf(storage, costPerWh, into, out), least: -into, most: out };
}

function movesOf({ efficiency }: Storage, costPerWh: number, into: number, out: number): Convex {
  const segments: Segment[] = [];
  if (into > 0) segments.push({ slope: -costPerWh / efficiency, length: into });
  if (out > 0) segments.push({ slope: -costPerWh, length: out });
  return { left: -into, value: (into * costPerWh) / efficiency, segments };
}

/** The same without a limit by work, and convex where costs are negative, by a line below it. */
function relaxedMoves(storage: Storage, { unit, hasUnit }: Outlook, slot: number): Convex {
  if (slot < storage.from || hasUnit[slot] !== 1) return flat(0, 0);
  const costPerWh = unit[slot]! / 1000;
  const into = (storage.maxChargeW / 2) * storage.efficiency;
  const out = storage.maxDischargeW / 2;
  if (costPerWh >= 0 || into + out === 0) return movesOf(storage, costPerWh, into, out);
  const value = (into * costPerWh) / storage.efficiency;
  return {
    left: -into,
    value,
    segments: [{ slope: (-costPerWh * out - value) / (into + out), length: into + out }],
  };
}

/** By slot the least that the rest costs, by what is held then; the last holds at least what was held at first. */
function costToGo({ capacityWh, chargeWh }: Storage, moves: readonly Convex[]): Convex[] {
  const toGo: Convex[] = Array.from({ length: moves.length + 1 });
  toGo[moves.length] = flat(chargeWh, capacityWh);
  for (let slot = moves.length - 1; slot >= 0; slot -= 1)
    toGo[slot] = clip(convolve(toGo[slot + 1]!, moves[slot]!), 0, capacityWh)!;
  return toGo;
}
