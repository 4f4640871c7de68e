import type { Field, Job } from './field.js';

/** Where and when one work runs: a slot each, in rising order, with the number of the site among the work's own. */
export interface Choice {
  readonly slots: readonly number[];
  readonly sites: readonly number[];
}

/** Power that is left, and that stands, at each data centre in each slot, as works are put in and taken out. */
export class Room {
  readonly #left: readonly Float64Array[];
  readonly #load: readonly Float64Array[];
  readonly #ramp: readonly (number | null)[];
  readonly #slots: number;

  constructor({ centres, slots }: Field, { hasRamps = true } = {}) {
    this.#slots = slots;
    this.#left = centres.map(({ roomW }) => Float64Array.from(roomW));
    this.#load = centres.map(({ standingW }) => Float64Array.from(standingW));
    // A limit that a whole load cannot break is none.
    this.#ramp = centres.map(({ rampW, roomW, standingW }) =>
      hasRamps && rampW !== null && roomW.some((left, slot) => left + standingW[slot]! > rampW)
        ? rampW
        : null,
    );
  }

  left(centre: number): Float64Array {
    return this.#left[centre]!;
  }

  hasRamp(centre: number): boolean {
    return this.#ramp[centre] !== null;
  }

  /**
   * Whether a load that is put into all slots from one to before another changes no faster than allowed, or no faster than it
   * did: only its ends are steps.
   */
  rampsOver(centre: number, facilityW: number, from: number, to: number): boolean {
    const ramp = this.#ramp[centre] ?? null;
    if (ramp === null) return true;
    const load = this.#load[centre]!;
    const isGentle = (before: number, step: number): boolean => {
      if (before < 0 || before + 1 >= this.#slots) return true;
      const was = load[before + 1]! - load[before]!;
      return Math.abs(was + step) <= Math.max(ramp, Math.abs(was));
    };
    return isGentle(from - 1, facilityW) && isGentle(to - 1, -facilityW);
  }

  /** One of the slots whose load would change too fast. Null: none. */
  steepWith(centre: number, facilityW: number, slots: readonly number[]): number | null {
    const ramp = this.#ramp[centre] ?? null;
    if (ramp === null) return null;
    const load = this.#load[centre]!;
    const inside = new Set(slots);
    for (const slot of slots)
      for (const [before, after, isStep] of [
        [slot - 1, slot, !inside.has(slot - 1)],
        [slot, slot + 1, !inside.has(slot + 1)],
      ] as const) {
        if (!isStep || before < 0 || after >= this.#slots) continue;
        const was = load[after]! - load[before]!;
        const is = was + (after === slot ? facilityW : -facilityW);
        if (Math.abs(is) > Math.max(ramp, Math.abs(was))) return slot;
      }
    return null;
  }

  /** Whether the loads of a centre, as they stand, keep to its ramp wherever they did before anything was planned. */
  keepsRamp(centre: number, standingW: readonly number[]): boolean {
    const ramp = this.#ramp[centre] ?? null;
    if (ramp === null) return true;
    const load = this.#load[centre]!;
    for (let slot = 1; slot < this.#slots; slot += 1) {
      const allowed = Math.max(ramp, Math.abs(standingW[slot]! - standingW[slot - 1]!));
      if (Math.abs(load[slot]! - load[slot - 1]!) > allowed + 1e-6) return false;
    }
    return true;
  }

  put(job: Job, choice: Choice): void {
    this.#add(job, choice, 1);
  }

  take(job: Job, choice: Choice): void {
    this.#add(job, choice, -1);
  }

  #add({ sites }: Job, choice: Choice, times: 1 | -1): void {
    for (const [i, slot] of choice.slots.entries()) {
      const { centre, facilityW } = sites[choice.sites[i]!]!;
      this.#left[centre]![slot]! -= times * facilityW;
      this.#load[centre]![slot]! += times * facilityW;
    }
  }
}
