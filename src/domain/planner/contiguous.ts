import { fit, type Overload } from './fit.js';
import { refuseImpossible, type Job, type Machines, type Schedule } from './job.js';
import { seededRandom } from './random.js';

export interface ContiguousPlan {
  readonly schedule: Schedule;
  /** Job-slots without a place. */
  readonly missedSlots: number;
  /** Proof that no plan exists: not even one with interruptions does. Null: no such proof. */
  readonly overload: Overload | null;
  /** No plan costs less, by Lagrangian duality. */
  readonly bound: number;
}

const PRICE_ROUNDS = 300;
/** How many windows of time are taken apart and put together again, for each job. */
const REPAIRS_A_JOB = 6;
const LEAST_REPAIRS = 200;
const MOST_REPAIRS = 20_000;
/** How often the plan around jobs without a place is taken apart to find them one. */
const TRIES_FOR_PLACES = 2_000;
const SEED = 20_260_101;
/** A share of the bound that rounding accounts for: a plan no dearer than that needs no repair. */
const PROVEN = 1e-12;

/**
 * A plan of jobs that must run without a break, one start each, on machines that are alike. Hard in general: prices of the
 * slots by subgradient steps give a bound, jobs are put in by cost and price, and stretches of the plan are taken apart and
 * put together again while that pays. Deterministic: counted in rounds, never in time.
 *
 * @throws {RangeError} for a job that cannot fit its own window.
 */
export function planContiguous(jobs: readonly Job[], machines: Machines): ContiguousPlan {
  refuseImpossible(jobs, machines.costPerKw.length);
  const search = new Search(jobs, machines);
  const { bound, prices } = search.price();
  const first = search.construct(prices);
  const starts =
    search.costs(first) <= bound + PROVEN * Math.abs(bound) ? first : search.improve(first, prices);
  const schedule = jobs.map(({ duration }, j) =>
    starts[j]! < 0 ? [] : Array.from({ length: duration }, (_, i) => starts[j]! + i),
  );
  const missedSlots = jobs.reduce((sum, { duration }, j) => (starts[j]! < 0 ? sum + duration : sum), 0);
  return {
    schedule,
    missedSlots,
    overload: missedSlots > 0 ? fit(jobs, machines.capacity, schedule).overload : null,
    bound,
  };
}

const NOWHERE = -1;

class Search {
  readonly #jobs: readonly Job[];
  readonly #slots: number;
  readonly #capacity: Int32Array;
  /** Sums of the costs before each slot, so that a stretch is one subtraction. */
  readonly #costBefore: Float64Array;
  readonly #usage: Int32Array;
  readonly #priceBefore: Float64Array;

  constructor(jobs: readonly Job[], { costPerKw, capacity }: Machines) {
    this.#jobs = jobs;
    this.#slots = costPerKw.length;
    this.#capacity = capacity;
    this.#costBefore = sumsBefore(costPerKw);
    this.#usage = new Int32Array(this.#slots);
    this.#priceBefore = new Float64Array(this.#slots + 1);
  }

  /** Prices under which the jobs, each for itself, all but keep to the capacity; and the best bound seen on the way. */
  price(): { readonly bound: number; readonly prices: Float64Array } {
    const prices = new Float64Array(this.#slots);
    let best = prices.slice();
    let bound = -Infinity;
    let reach = 1;
    let sinceBetter = 0;
    const target = this.#dearest();
    for (let round = 0; round < PRICE_ROUNDS; round += 1) {
      const usage = new Int32Array(this.#slots);
      let value = 0;
      this.#setPrices(prices);
      for (const job of this.#jobs) {
        const start = this.#cheapest(job);
        value += this.#costAt(job, start) + this.#priceAt(job, start);
        for (let slot = start; slot < start + job.duration; slot += 1) usage[slot]! += 1;
      }
      let norm = 0;
      for (let slot = 0; slot < this.#slots; slot += 1) {
        value -= this.#capacity[slot]! * prices[slot]!;
        const excess = usage[slot]! - this.#capacity[slot]!;
        if (excess > 0 || prices[slot]! > 0) norm += excess * excess;
      }
      if (value > bound) {
        bound = value;
        best = prices.slice();
        sinceBetter = 0;
      } else if ((sinceBetter += 1) === 12) {
        reach /= 2;
        sinceBetter = 0;
      }
      if (norm === 0) break;
      const step = (reach * Math.max(Math.abs(target) * 0.01, target - value)) / norm;
      for (let slot = 0; slot < this.#slots; slot += 1)
        prices[slot] = Math.max(0, prices[slot]! + step * (usage[slot]! - this.#capacity[slot]!));
    }
    return { bound, prices: best };
  }

  /** A first plan: the jobs with the least choice first, each where cost and price are least among the starts with room. */
  construct(prices: Float64Array): Int32Array {
    this.#setPrices(prices);
    this.#usage.fill(0);
    const starts = new Int32Array(this.#jobs.length).fill(NOWHERE);
    const order = this.#byChoice(this.#jobs.map((_, j) => j));
    for (const j of order) this.#place(starts, j);
    this.#squeezeIn(starts);
    return starts;
  }

  /** What a plan costs; beyond any bound where a job has no place. */
  costs(starts: Int32Array): number {
    return this.#costOf([...this.#jobs.keys()], starts);
  }

  improve(starts: Int32Array, prices: Float64Array): Int32Array {
    this.#polish(starts);
    const repairs = Math.min(MOST_REPAIRS, Math.max(LEAST_REPAIRS, this.#jobs.length * REPAIRS_A_JOB));
    const random = seededRandom(SEED);
    const inSlot = this.#jobsBySlot(starts);
    const noisy = new Float64Array(this.#slots);
    const repairAround = (middle: number, also: readonly number[]): void => {
      const near = neighbours(inSlot, middle, 6 + Math.floor(random() * 18));
      const taken = [...also, ...near];
      if (taken.length < 2) return;
      const before = taken.map((j) => starts[j]!);
      const costBefore = this.#costOf(taken, starts);
      for (const j of taken) this.#take(starts, j);
      const strength = random() * 1.2;
      for (let slot = 0; slot < this.#slots; slot += 1) noisy[slot] = prices[slot]! * strength;
      this.#setPrices(noisy);
      const shuffled = taken
        .map((j) => ({ j, key: this.#choice(j) * (0.3 + random()) }))
        .sort((a, b) => a.key - b.key || a.j - b.j);
      for (const { j } of shuffled) this.#place(starts, j);
      this.#polishSome(starts, taken);
      const gained = costBefore - this.#costOf(taken, starts);
      if (gained >= 0) {
        taken.forEach((j, i) => moveIn(inSlot, j, before[i]!, starts[j]!, this.#jobs[j]!.duration));
        return;
      }
      for (const j of taken) this.#take(starts, j);
      taken.forEach((j, i) => this.#put(starts, j, before[i]!));
    };
    // One that is given a place may take another's: so they take turns.
    for (let tries = 0, j = starts.indexOf(NOWHERE); tries < TRIES_FOR_PLACES && j !== NOWHERE; tries += 1) {
      const { from, to } = this.#jobs[j]!;
      repairAround(from + Math.floor(random() * (to - from)), [j]);
      const next = starts.indexOf(NOWHERE, j + 1);
      j = next === NOWHERE ? starts.indexOf(NOWHERE) : next;
    }
    for (let round = 0; round < repairs; round += 1) repairAround(Math.floor(random() * this.#slots), []);
    this.#polish(starts);
    return starts;
  }

  /** Moves each job to its cheapest start with room, until none moves. */
  #polish(starts: Int32Array): void {
    this.#polishSome(starts, [...this.#jobs.keys()]);
  }

  #polishSome(starts: Int32Array, some: readonly number[]): void {
    this.#priceBefore.fill(0);
    for (let moved = true; moved;) {
      moved = false;
      for (const j of some) {
        const start = starts[j]!;
        this.#take(starts, j);
        const better = this.#cheapestWithRoom(this.#jobs[j]!);
        const isBetter =
          better !== NOWHERE &&
          (start === NOWHERE ||
            this.#costAt(this.#jobs[j]!, better) < this.#costAt(this.#jobs[j]!, start) - 1e-9);
        this.#put(starts, j, isBetter ? better : start);
        moved ||= isBetter;
      }
    }
  }

  /** Places for jobs that found none: others that have more choice give way, as long as ever fewer are without a place. */
  #squeezeIn(starts: Int32Array): void {
    const penalties = new Float64Array(this.#slots);
    const inSlot = this.#jobsBySlot(starts);
    const moveTo = (j: number, start: number): void => {
      moveIn(inSlot, j, starts[j]!, start, this.#jobs[j]!.duration);
      this.#take(starts, j);
      this.#put(starts, j, start);
    };
    const queue = [...starts.keys()].filter((j) => starts[j] === NOWHERE);
    const unit = Math.max(1, this.#dearestStep());
    for (
      let tries = 40 * Math.max(queue.length, 10) + this.#jobs.length;
      queue.length > 0 && tries > 0;
      tries -= 1
    ) {
      const j = queue.shift()!;
      this.#setPrices(penalties);
      moveTo(j, this.#cheapestWithRoom(this.#jobs[j]!));
      if (starts[j] !== NOWHERE) continue;
      const start = this.#leastFull(this.#jobs[j]!, penalties);
      moveTo(j, start);
      for (let slot = start; slot < start + this.#jobs[j]!.duration; slot += 1) {
        if (this.#usage[slot]! <= this.#capacity[slot]!) continue;
        penalties[slot]! += unit;
        const out = this.#freest(inSlot[slot]!, j);
        if (out === NOWHERE) {
          moveTo(j, NOWHERE);
          queue.push(j);
          break;
        }
        moveTo(out, NOWHERE);
        queue.push(out);
      }
    }
  }

  /** Of some jobs, other than one, the one with the most other starts. */
  #freest(some: ReadonlySet<number>, except: number): number {
    let found = NOWHERE;
    for (const j of some)
      if (
        j !== except &&
        (found === NOWHERE ||
          this.#choice(j) > this.#choice(found) ||
          (this.#choice(j) === this.#choice(found) && j < found))
      )
        found = j;
    return found;
  }

  /** The start that needs the fewest others to give way. */
  #leastFull({ from, to, duration }: Job, penalties: Float64Array): number {
    let best = from;
    let least = Infinity;
    for (let start = from; start + duration <= to; start += 1) {
      let over = 0;
      for (let slot = start; slot < start + duration; slot += 1)
        if (this.#usage[slot]! >= this.#capacity[slot]!) over += 1 + penalties[slot]!;
      if (over < least) {
        least = over;
        best = start;
      }
    }
    return best;
  }

  #place(starts: Int32Array, j: number): void {
    this.#put(starts, j, this.#cheapestWithRoom(this.#jobs[j]!));
  }

  #put(starts: Int32Array, j: number, start: number): void {
    starts[j] = start;
    if (start === NOWHERE) return;
    for (let slot = start; slot < start + this.#jobs[j]!.duration; slot += 1) this.#usage[slot]! += 1;
  }

  #take(starts: Int32Array, j: number): void {
    const start = starts[j]!;
    if (start === NOWHERE) return;
    for (let slot = start; slot < start + this.#jobs[j]!.duration; slot += 1) this.#usage[slot]! -= 1;
    starts[j] = NOWHERE;
  }

  /** The start of least cost and price, whoever else is there. */
  #cheapest(job: Job): number {
    let best = job.from;
    let least = Infinity;
    for (let start = job.from; start + job.duration <= job.to; start += 1) {
      const value = this.#costAt(job, start) + this.#priceAt(job, start);
      if (value < least) {
        least = value;
        best = start;
      }
    }
    return best;
  }

  /** The same among the starts with room all the way; NOWHERE when there is none. */
  #cheapestWithRoom(job: Job): number {
    const { from, to, duration } = job;
    let best = NOWHERE;
    let least = Infinity;
    let free = 0;
    for (let slot = from; slot < to; slot += 1) {
      free = this.#usage[slot]! < this.#capacity[slot]! ? free + 1 : 0;
      if (free < duration) continue;
      const start = slot - duration + 1;
      const value = this.#costAt(job, start) + this.#priceAt(job, start);
      if (value < least) {
        least = value;
        best = start;
      }
    }
    return best;
  }

  #costAt({ duration, powerKw }: Job, start: number): number {
    return powerKw * (this.#costBefore[start + duration]! - this.#costBefore[start]!);
  }

  #priceAt({ duration }: Job, start: number): number {
    return this.#priceBefore[start + duration]! - this.#priceBefore[start]!;
  }

  #setPrices(prices: Float64Array): void {
    for (let slot = 0; slot < this.#slots; slot += 1)
      this.#priceBefore[slot + 1] = this.#priceBefore[slot]! + prices[slot]!;
  }

  #choice(j: number): number {
    const { from, to, duration } = this.#jobs[j]!;
    return to - from - duration;
  }

  #byChoice(some: readonly number[]): readonly number[] {
    return [...some].sort(
      (a, b) =>
        this.#choice(a) - this.#choice(b) || this.#jobs[b]!.duration - this.#jobs[a]!.duration || a - b,
    );
  }

  #costOf(some: readonly number[], starts: Int32Array): number {
    let sum = 0;
    for (const j of some) sum += starts[j] === NOWHERE ? 1e15 : this.#costAt(this.#jobs[j]!, starts[j]!);
    return sum;
  }

  /** About what a bad plan costs: each job at its dearest start. */
  #dearest(): number {
    let sum = 0;
    for (const job of this.#jobs) {
      let most = -Infinity;
      for (let start = job.from; start + job.duration <= job.to; start += 1)
        most = Math.max(most, this.#costAt(job, start));
      sum += most;
    }
    return sum;
  }

  #dearestStep(): number {
    let most = 0;
    for (let slot = 0; slot < this.#slots; slot += 1)
      most = Math.max(most, Math.abs(this.#costBefore[slot + 1]! - this.#costBefore[slot]!));
    return most * Math.max(1, ...this.#jobs.map(({ powerKw }) => powerKw));
  }

  #jobsBySlot(starts: Int32Array): Set<number>[] {
    const inSlot = Array.from({ length: this.#slots }, () => new Set<number>());
    for (const [j, { duration }] of this.#jobs.entries())
      if (starts[j] !== NOWHERE)
        for (let slot = starts[j]!; slot < starts[j]! + duration; slot += 1) inSlot[slot]?.add(j);
    return inSlot;
  }
}

function sumsBefore(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) sums[i + 1] = sums[i]! + values[i]!;
  return sums;
}

/** Up to so many jobs around a slot, the nearest first. */
function neighbours(inSlot: readonly ReadonlySet<number>[], middle: number, most: number): number[] {
  const found = new Set<number>();
  for (let away = 0; away < 96 && found.size < most; away += 4) {
    for (const slot of away === 0 ? [middle] : [middle - away, middle + away])
      for (const j of inSlot[slot] ?? []) if (found.size < most) found.add(j);
  }
  return [...found].sort((a, b) => a - b);
}

function moveIn(
  inSlot: readonly Set<number>[],
  j: number,
  before: number,
  after: number,
  duration: number,
): void {
  if (before === after) return;
  if (before !== NOWHERE) for (let i = 0; i < duration; i += 1) inSlot[before + i]?.delete(j);
  if (after !== NOWHERE) for (let i = 0; i < duration; i += 1) inSlot[after + i]?.add(j);
}
