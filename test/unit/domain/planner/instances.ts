import fc from 'fast-check';
import type { Job, Machines, Schedule } from '../../../../src/domain/planner/job.js';

export interface Instance {
  readonly jobs: readonly Job[];
  readonly machines: Machines;
}

const SLOTS = 8;

/** Small enough to try every plan of it. */
export const smallInstances: fc.Arbitrary<Instance> = fc
  .record({
    costs: fc.array(fc.integer({ min: -20, max: 300 }), { minLength: SLOTS, maxLength: SLOTS }),
    capacity: fc.array(fc.nat(2), { minLength: SLOTS, maxLength: SLOTS }),
    shapes: fc.array(
      fc.record({
        from: fc.nat(SLOTS - 1),
        window: fc.integer({ min: 1, max: SLOTS }),
        duration: fc.integer({ min: 1, max: 3 }),
        powerKw: fc.constantFrom(1, 0.5, 2.25, 40),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ costs, capacity, shapes }) => ({
    machines: { costPerKw: Float64Array.from(costs), capacity: Int32Array.from(capacity) },
    jobs: shapes.map(({ from, window, duration, powerKw }, i): Job => {
      const to = Math.min(SLOTS, Math.max(from + window, from + duration));
      return { id: `job ${i}`, from: Math.min(from, to - duration), to, duration, powerKw };
    }),
  }));

/** Every set of slots that a job could run in. */
function choicesOf({ from, to, duration }: Job, isContiguous: boolean): number[][] {
  const window = Array.from({ length: to - from }, (_, i) => from + i);
  if (isContiguous)
    return window
      .slice(0, to - from - duration + 1)
      .map((start) => window.slice(start - from, start - from + duration));
  const sets = (rest: readonly number[], count: number): number[][] => {
    const [first, ...others] = rest;
    if (count === 0) return [[]];
    if (first === undefined) return [];
    return [...sets(others, count - 1).map((set) => [first, ...set]), ...sets(others, count)];
  };
  return sets(window, duration);
}

/** The least cost of any plan, found by trying all; null when there is none. */
export function leastCost({ jobs, machines }: Instance, isContiguous: boolean): number | null {
  const left = Int32Array.from(machines.capacity);
  const cost = (j: number): number => {
    const job = jobs[j];
    if (!job) return 0;
    let least = Infinity;
    for (const slots of choicesOf(job, isContiguous)) {
      if (slots.some((slot) => left[slot]! < 1)) continue;
      for (const slot of slots) left[slot]! -= 1;
      const own = slots.reduce((sum, slot) => sum + machines.costPerKw[slot]! * job.powerKw, 0);
      least = Math.min(least, own + cost(j + 1));
      for (const slot of slots) left[slot]! += 1;
    }
    return least;
  };
  const found = cost(0);
  return found === Infinity ? null : found;
}

/** What is wrong with a schedule; empty when it keeps every window and capacity. */
export function breaches({ jobs, machines }: Instance, schedule: Schedule, isContiguous: boolean): string[] {
  const usage = new Int32Array(machines.capacity.length);
  const faults = jobs.flatMap(({ id, from, to, duration }, j) => {
    const own = schedule[j] ?? [];
    for (const slot of own) usage[slot]! += 1;
    return [
      ...(own.some((slot) => slot < from || slot >= to) ? [`${id} leaves its window`] : []),
      ...(own.length > duration || new Set(own).size < own.length ? [`${id} runs too much`] : []),
      ...(own.some((slot, i) => i > 0 && slot <= own[i - 1]!) ? [`${id} is out of order`] : []),
      ...(isContiguous && own.some((slot, i) => slot !== own[0]! + i) ? [`${id} is interrupted`] : []),
      ...(isContiguous && own.length > 0 && own.length < duration ? [`${id} ends too soon`] : []),
    ];
  });
  return [
    ...faults,
    ...[...usage].flatMap((used, slot) =>
      used > machines.capacity[slot]! ? [`slot ${slot} holds ${used} of ${machines.capacity[slot]}`] : [],
    ),
  ];
}
