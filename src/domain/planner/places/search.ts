import { seededRandom } from '../random.js';
import { choose, costOfChoice, type Prices, type Priced } from './choice.js';
import { sumsBefore, type Field, type Job } from './field.js';
import { Room, type Choice } from './room.js';

export interface FoundPlan {
  /** In the order of the jobs. Null: no place was found. */
  readonly choices: readonly (Choice | null)[];
  /** No plan of all works costs less, in cost units; −Infinity where a work has no place even by itself. */
  readonly bound: number;
}

/** Steps of the search, at most: works × places × slots looked at. It is counted in them, never in time. */
const PRICING_STEPS = 30_000_000;
const REPAIR_STEPS = 60_000_000;
const MOST_ROUNDS = 200;
const LEAST_ROUNDS = 12;
const MOST_REPAIRS = 3_000;
/** How often works are put where others have to give way, for each that has no place. */
const SQUEEZES_A_WORK = 20;
const SEED = 20_260_101;

/**
 * A plan of works of any kind on places of any kind: hard in general. Prices of the power, by subgradient steps, give a bound;
 * works are put in by cost and price; then some of them at a time are taken out and put in again, while that pays.
 *
 * @param effort how much of the repair is done, 0–1: 0 to know whether a plan is found soon.
 */
export function searchPlan(field: Field, effort = 1): FoundPlan {
  const search = new Search(field);
  search.construct(search.noPrices());
  const first = search.cost;
  if (effort === 0 && first !== null) return { choices: search.choices, bound: -Infinity };
  const { bound, prices } = search.price(effort === 0 ? PRICING_STEPS / 10 : PRICING_STEPS, first);
  search.construct(prices);
  search.improve(prices, effort, bound);
  return { choices: search.choices, bound };
}

class Search {
  readonly #field: Field;
  readonly #jobs: readonly Job[];
  readonly #room: Room;
  /** What each work has for itself. */
  readonly #alone: Room;
  readonly #stepsARound: number;
  /** What leaving a work out counts as, in cost units: more than any plan of the others costs, the more the higher its priority. */
  readonly #leftOut: readonly number[];
  choices: (Choice | null)[];

  constructor(field: Field) {
    this.#field = field;
    this.#jobs = field.jobs;
    this.#room = new Room(field);
    this.#alone = new Room(field, { hasRamps: false });
    this.choices = field.jobs.map(() => null);
    this.#stepsARound = field.jobs.reduce(
      (sum, { work, sites }) =>
        sum + sites.length * (work.to - work.from) * (work.manner === 'CONTIGUOUS' ? 1 : 4),
      1,
    );
    const dearest = field.jobs.reduce((sum, job) => sum + dearestOf(job), 1);
    this.#leftOut = field.jobs.map(({ work }) => dearest * (1 + work.priority));
  }

  /** Prices under which the works, each for itself, all but keep to the power; and the best bound seen on the way. */
  price(
    steps: number,
    target: number | null,
  ): { readonly bound: number; readonly prices: readonly Float64Array[] } {
    const { slots } = this.#field;
    const prices = this.noPrices();
    const room = usefulRoom(this.#field);
    let best = prices.map((own) => own.slice());
    let bound = -Infinity;
    let reach = 1;
    let sinceBetter = 0;
    const above = target ?? this.#jobs.reduce((sum, job) => sum + dearestOf(job), 0);
    const rounds = Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, Math.floor(steps / this.#stepsARound)));
    for (let round = 0; round < rounds; round += 1) {
      const excess = room.map((own) => own.map((watts) => -watts));
      let value = 0;
      const standing = pricesOf(prices);
      for (const job of this.#jobs) {
        const own = choose(this.#field, job, { prices: standing, room: this.#alone, isBound: true });
        if (!own) return { bound: -Infinity, prices: best };
        value += own.value;
        for (const [i, slot] of own.slots.entries()) {
          const { centre, facilityW } = job.sites[own.sites[i]!]!;
          excess[centre]![slot]! += facilityW;
        }
      }
      let norm = 0;
      for (const [centre, own] of excess.entries())
        for (let slot = 0; slot < slots; slot += 1) {
          const price = prices[centre]![slot]!;
          value -= price * room[centre]![slot]!;
          if (own[slot]! > 0 || price > 0) norm += own[slot]! * own[slot]!;
        }
      if (value > bound) {
        bound = value;
        best = prices.map((own) => own.slice());
        sinceBetter = 0;
      } else if ((sinceBetter += 1) === 8) {
        reach /= 2;
        sinceBetter = 0;
      }
      // Everything fits where it is cheapest: these prices are right.
      if (norm === 0) break;
      const step = (reach * Math.max(Math.abs(above) * 0.001, above - value)) / norm;
      for (const [centre, own] of excess.entries())
        for (let slot = 0; slot < slots; slot += 1)
          prices[centre]![slot] = Math.max(0, prices[centre]![slot]! + step * own[slot]!);
    }
    return { bound, prices: best };
  }

  noPrices(): Float64Array[] {
    return this.#field.centres.map(() => new Float64Array(this.#field.slots));
  }

  /** Of the plan as it is, in cost units. Null: some work has no place. */
  get cost(): number | null {
    return this.choices.includes(null) ? null : this.#valueOf([...this.#jobs.keys()]);
  }

  /** A plan from nothing: the works with the least choice first, each where cost and price are least among what has room. */
  construct(prices: readonly Float64Array[]): void {
    const standing = pricesOf(prices);
    for (const j of this.#jobs.keys()) this.#take(j);
    for (const j of this.#byChoice([...this.#jobs.keys()])) this.#putBest(j, standing);
  }

  improve(prices: readonly Float64Array[], effort: number, bound: number): void {
    const all = [...this.#jobs.keys()];
    this.#squeezeIn();
    this.#polish(all);
    const random = seededRandom(SEED);
    const missing = (): boolean => this.choices.includes(null);
    const wanted = Math.ceil((effort * REPAIR_STEPS * this.#jobs.length) / (this.#stepsARound * 30));
    const repairs = Math.min(MOST_REPAIRS, Math.max(missing() ? 200 : 0, Math.min(wanted, 40 * all.length)));
    for (let round = 0; round < repairs; round += 1) {
      if (this.#isDone(effort, bound)) return;
      const some = this.#someNear(random);
      if (some.length < 2) continue;
      const before = some.map((j) => this.choices[j]!);
      const valueBefore = this.#valueOf(some);
      for (const j of some) this.#take(j);
      const strength = random() * 1.2;
      const standing = pricesOf(prices.map((own) => own.map((price) => price * strength)));
      const order = some
        .map((j) => ({ j, key: this.#freedom(j) * (0.3 + random()) }))
        .sort((a, b) => a.key - b.key || a.j - b.j);
      for (const { j } of order) this.#putBest(j, standing);
      this.#polish(some);
      if (this.#valueOf(some) <= valueBefore && this.#rampsAreKept(some)) continue;
      for (const j of some) this.#take(j);
      for (const [i, j] of some.entries()) this.#put(j, before[i] ?? null);
    }
    this.#polish(all);
  }

  /** Places for works that found none: others that have more choice give way, and where that goes on and on it grows dear. */
  #squeezeIn(): void {
    const penalties = this.noPrices();
    const unit = this.#jobs.reduce((most, job) => Math.max(most, dearestOf(job) / job.work.powerW), 1);
    const queue = [...this.#jobs.keys()].filter((j) => this.choices[j] === null);
    let tries = SQUEEZES_A_WORK * Math.max(queue.length, 10) + this.#jobs.length;
    for (let j = queue.shift(); j !== undefined && tries > 0; j = queue.shift(), tries -= 1) {
      const job = this.#jobs[j]!;
      this.#put(j, choose(this.#field, job, { prices: pricesOf(penalties), room: this.#room }));
      if (this.choices[j]) continue;
      this.#put(
        j,
        choose(this.#field, job, {
          prices: pricesOf(this.#crowding(job, penalties, unit)),
          room: this.#alone,
        }),
      );
      queue.push(...this.#giveWay(j, penalties, unit));
    }
  }

  /** Prices under which a work goes where the fewest others have to give way. */
  #crowding(job: Job, penalties: readonly Float64Array[], unit: number): Float64Array[] {
    const prices = penalties.map((own) => own.slice());
    for (const { centre, facilityW } of job.sites) {
      const left = this.#room.left(centre);
      for (let slot = job.work.from; slot < job.work.to; slot += 1)
        if (left[slot]! < facilityW) prices[centre]![slot]! += unit;
    }
    return prices;
  }

  /** Takes works out wherever one that was put in is too much, or that one itself. @returns those that were taken out. */
  #giveWay(j: number, penalties: readonly Float64Array[], unit: number): number[] {
    const out: number[] = [];
    const choice = this.choices[j];
    for (const [i, slot] of (choice?.slots ?? []).entries()) {
      const { centre } = this.#jobs[j]!.sites[choice!.sites[i]!]!;
      while (this.#room.left(centre)[slot]! < 0) {
        penalties[centre]![slot]! += unit;
        const other = this.#freestAt(centre, slot, j);
        this.#take(other ?? j);
        out.push(other ?? j);
        if (other === null) return out;
      }
    }
    if (choice && !this.#rampsAreKept([j])) {
      this.#take(j);
      out.push(j);
    }
    return out;
  }

  /** Of the works at a data centre in a slot, other than one, the one with the most other places. Null: there is none. */
  #freestAt(centre: number, slot: number, except: number): number | null {
    let found: number | null = null;
    for (const [j, choice] of this.choices.entries()) {
      if (!choice || j === except) continue;
      const i = choice.slots.indexOf(slot);
      if (i < 0 || this.#jobs[j]!.sites[choice.sites[i]!]!.centre !== centre) continue;
      if (found === null || this.#freedom(j) > this.#freedom(found)) found = j;
    }
    return found;
  }

  #isDone(effort: number, bound: number): boolean {
    const { cost } = this;
    return cost !== null && (effort === 0 || cost <= bound + leastGain(bound));
  }

  /** Moves each work to its cheapest place with room, until none moves. */
  #polish(some: readonly number[]): void {
    for (let moved = true; moved;) {
      moved = false;
      for (const j of some) {
        const before = this.choices[j] ?? null;
        const costBefore = before ? costOfChoice(this.#jobs[j]!, before) : Infinity;
        this.#take(j);
        const better = choose(this.#field, this.#jobs[j]!, { prices: null, room: this.#room });
        const isBetter = better !== null && better.cost < costBefore - leastGain(costBefore);
        this.#put(j, isBetter ? better : before);
        if (!isBetter) continue;
        if (before && !this.#rampsAreKept([j], before)) {
          this.#take(j);
          this.#put(j, before);
        } else moved = true;
      }
    }
  }

  /** Some works about one moment: those that share a data centre and a slot with it, and all that have no place. */
  #someNear(random: () => number): number[] {
    const { slots } = this.#field;
    const middle = Math.floor(random() * slots);
    const most = 3 + Math.floor(random() * 10);
    const distance = (j: number): number => {
      const choice = this.choices[j];
      if (!choice) return -1;
      const [first, last] = [choice.slots[0]!, choice.slots.at(-1)!];
      return first > middle ? first - middle : last < middle ? middle - last : 0;
    };
    return [...this.#jobs.keys()]
      .map((j) => ({ j, away: distance(j), tie: random() }))
      .filter(({ j, away }) => away >= 0 || this.#freedom(j) > 0)
      .sort((a, b) => a.away - b.away || a.tie - b.tie)
      .slice(0, most)
      .map(({ j }) => j)
      .sort((a, b) => a - b);
  }

  /** Taking a work away can leave a step behind, so that ramps are looked at anew wherever anything was moved. */
  #rampsAreKept(some: readonly number[], and?: Choice): boolean {
    const touched = new Set<number>();
    for (const j of some)
      for (const choice of [this.choices[j], and])
        for (const site of choice?.sites ?? []) touched.add(this.#jobs[j]!.sites[site]!.centre);
    return [...touched].every((centre) =>
      this.#room.keepsRamp(centre, this.#field.centres[centre]!.standingW),
    );
  }

  #putBest(j: number, prices: Prices): void {
    const found: Priced | null = choose(this.#field, this.#jobs[j]!, { prices, room: this.#room });
    this.#put(j, found);
  }

  #put(j: number, choice: Choice | null): void {
    this.choices[j] = choice;
    if (choice) this.#room.put(this.#jobs[j]!, choice);
  }

  #take(j: number): void {
    const choice = this.choices[j];
    if (choice) this.#room.take(this.#jobs[j]!, choice);
    this.choices[j] = null;
  }

  #valueOf(some: readonly number[]): number {
    return some.reduce((sum, j) => {
      const choice = this.choices[j];
      return sum + (choice ? costOfChoice(this.#jobs[j]!, choice) : this.#leftOut[j]!);
    }, 0);
  }

  /** Other places and times a work could take. */
  #freedom(j: number): number {
    const { work, sites } = this.#jobs[j]!;
    return (work.to - work.from - work.slots + 1) * sites.length;
  }

  #byChoice(some: readonly number[]): readonly number[] {
    const size = (j: number): number => this.#jobs[j]!.work.powerW * this.#jobs[j]!.work.slots;
    return [...some].sort((a, b) => this.#freedom(a) - this.#freedom(b) || size(b) - size(a) || a - b);
  }
}

/** What only the arithmetic of doubles makes of equal costs is no gain: else works would change places for ever. */
const leastGain = (cost: number): number => (Number.isFinite(cost) ? 1e-9 * Math.max(1, Math.abs(cost)) : 0);

const pricesOf = (perW: readonly Float64Array[]): Prices => ({ perW, before: perW.map(sumsBefore) });

/**
 * Power that works can really fill, by data centre and slot: what they take is whole multiples of some number of watts, and
 * what is left beyond one is of no use. It makes the bound sharper, by much where works are large and alike.
 */
function usefulRoom({ jobs, centres }: Field): Float64Array[] {
  const common = centres.map(() => 0);
  for (const { sites } of jobs)
    for (const { centre, facilityW } of sites) common[centre] = commonDivisor(common[centre]!, facilityW);
  return centres.map(({ roomW }, centre) => {
    const unit = common[centre]!;
    return Float64Array.from(roomW, (watts) =>
      unit === 0 ? 0 : Math.floor(Math.max(0, watts) / unit) * unit,
    );
  });
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** About what a bad choice costs. */
function dearestOf({ work, sites }: Job): number {
  let most = 0;
  for (const { slotKwh, region } of sites)
    for (let slot = work.from; slot < work.to; slot += 1)
      most = Math.max(most, Math.abs(region.unit[slot]!) * slotKwh);
  return most * work.slots;
}
