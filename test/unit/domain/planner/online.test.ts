import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastSlackFirst } from '../../../../src/domain/planner/fit.js';
import { planInterruptible } from '../../../../src/domain/planner/interruptible.js';
import { costOfSchedule, startAtOnce, type Job, type Machines } from '../../../../src/domain/planner/job.js';
import { planOnline } from '../../../../src/domain/planner/online.js';
import { seededRandom } from '../../../../src/domain/planner/random.js';
import { breaches, smallInstances } from './instances.js';

const SLOTS = 48 * 14;

/** Two weeks of arrivals under an intensity that turns by day and by week. */
function arrivals(
  seed: number,
  count: number,
): { readonly jobs: readonly Job[]; readonly costPerKw: Float64Array } {
  const random = seededRandom(seed);
  const costPerKw = Float64Array.from({ length: SLOTS }, (_, slot) =>
    Math.round(
      180 + 60 * Math.sin((slot / 48) * 2 * Math.PI) + 70 * Math.sin(slot / (48 * 5)) + 30 * random(),
    ),
  );
  const jobs = Array.from({ length: count }, (_, i): Job => {
    const duration = 8 + Math.floor(random() ** 2 * 80);
    const slack = 48 + Math.floor(random() * 48);
    const from = Math.floor(random() * (SLOTS - duration - slack));
    return { id: `job ${i}`, duration, from, to: from + duration + slack, powerKw: 1 };
  });
  return { jobs, costPerKw };
}

const missed = (jobs: readonly Job[], schedule: readonly (readonly number[])[]): number =>
  jobs.reduce((sum, { duration }, j) => sum + duration - (schedule[j]?.length ?? 0), 0);

describe('a plan made while jobs arrive', () => {
  it.each([true, false])('keeps every window and capacity (interruptible: %s)', (isInterruptible) => {
    fc.assert(
      fc.property(smallInstances, (instance) => {
        const schedule = planOnline(instance.jobs, instance.machines, { isInterruptible });
        const faults = breaches(instance, schedule, !isInterruptible).filter(
          // What has begun runs on; one that could not be given all its slots has fewer.
          (fault) => !fault.endsWith('ends too soon'),
        );
        expect(faults).toEqual([]);
      }),
      { numRuns: isInterruptible ? 300 : 60 },
    );
  });

  it('knows nothing of what has not arrived', () => {
    const { jobs, costPerKw } = arrivals(3, 60);
    const machines: Machines = { costPerKw, capacity: new Int32Array(SLOTS).fill(9) };
    const half = SLOTS / 2;
    const known = jobs.filter(({ from }) => from < half);
    const before = (schedule: readonly (readonly number[])[], given: readonly Job[]) =>
      Object.fromEntries(
        given.flatMap(({ id, from }, j) =>
          from < half ? [[id, schedule[j]?.filter((slot) => slot < half)]] : [],
        ),
      );
    expect(before(planOnline(known, machines, { isInterruptible: true }), known)).toEqual(
      before(planOnline(jobs, machines, { isInterruptible: true }), jobs),
    );
  });

  // As many machines as the arrivals just need when each is run as soon as there is room, and one more.
  it.each([
    { name: 'calm', seed: 11, count: 90, capacity: 9 },
    { name: 'busy', seed: 12, count: 130, capacity: 10 },
    { name: 'full', seed: 13, count: 150, capacity: 11 },
  ])('misses nothing of the sequence $name, and saves', ({ seed, count, capacity }) => {
    const { jobs, costPerKw } = arrivals(seed, count);
    const machines: Machines = { costPerKw, capacity: new Int32Array(SLOTS).fill(capacity) };
    const immediate = costOfSchedule(jobs, machines, startAtOnce(jobs));
    const saving = (schedule: readonly (readonly number[])[]): number =>
      1 - costOfSchedule(jobs, machines, schedule) / immediate;
    const online = planOnline(jobs, machines, { isInterruptible: true });
    const offline = planInterruptible(jobs, machines).schedule;
    const urgent = leastSlackFirst(jobs, machines.capacity);
    expect([missed(jobs, online), missed(jobs, offline), missed(jobs, urgent)]).toEqual([0, 0, 0]);
    expect(saving(online)).toBeGreaterThan(saving(urgent));
    expect(saving(online)).toBeLessThanOrEqual(saving(offline) + 1e-9);
  });
});
