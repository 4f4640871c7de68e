/**
 * Work for machines of one kind, in half-hour slots numbered from 0: a job takes one machine for so many slots of its window.
 * Costs are those of its power, in whatever is minimised: carbon, money, or a weighted sum.
 */
export interface Job {
  readonly id: string;
  /** Slots it runs, at least 1. */
  readonly duration: number;
  /** The first slot it may run in. */
  readonly from: number;
  /** The slot before which it must be done. */
  readonly to: number;
  /** What a slot's cost is multiplied by: its power, in kW. */
  readonly powerKw: number;
}

/** Where jobs run: how dear each slot is a kW, and how many machines it has. */
export interface Machines {
  readonly costPerKw: Float64Array;
  readonly capacity: Int32Array;
}

/** The slots of each job, in rising order, in the order of the jobs. Fewer than its duration where no place was found. */
export type Schedule = readonly (readonly number[])[];

export const costOfSchedule = (jobs: readonly Job[], { costPerKw }: Machines, schedule: Schedule): number =>
  jobs.reduce((sum, { powerKw }, j) => {
    let own = 0;
    for (const slot of schedule[j] ?? []) own += costPerKw[slot]!;
    return sum + own * powerKw;
  }, 0);

/** Machines at work in each slot. */
export function usageOf(schedule: Schedule, slots: number): Int32Array {
  const usage = new Int32Array(slots);
  for (const own of schedule) for (const slot of own) usage[slot]! += 1;
  return usage;
}

/** Every job from its first slot on, whatever the capacity. */
export const startAtOnce = (jobs: readonly Job[]): Schedule =>
  jobs.map(({ from, duration }) => Array.from({ length: duration }, (_, i) => from + i));

/** @throws {RangeError} for a job that fits no plan, by its own numbers alone. */
export function refuseImpossible(jobs: readonly Job[], slots: number): void {
  for (const { id, duration, from, to, powerKw } of jobs) {
    const whole = [duration, from, to].every((number) => Number.isSafeInteger(number));
    if (!whole || duration < 1 || from < 0 || to > slots || from + duration > to)
      throw new RangeError(
        `job ${JSON.stringify(id)} needs ${duration} slots from ${from} and before ${to}, of ${slots} slots from 0: it does not fit`,
      );
    if (!(powerKw > 0 && Number.isFinite(powerKw)))
      throw new RangeError(`job ${JSON.stringify(id)} has a power of ${powerKw} kW`);
  }
}
