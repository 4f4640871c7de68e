import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planContiguous } from '../../../../src/domain/planner/contiguous.js';
import { fit, relaxationOf } from '../../../../src/domain/planner/fit.js';
import { planInterruptible } from '../../../../src/domain/planner/interruptible.js';
import { costOfSchedule, type Job } from '../../../../src/domain/planner/job.js';
import { breaches, leastCost, smallInstances, type Instance } from './instances.js';

const length = (schedule: readonly (readonly number[])[]): number =>
  schedule.reduce((sum, own) => sum + own.length, 0);
const work = (jobs: readonly Job[]): number => jobs.reduce((sum, { duration }) => sum + duration, 0);

/** What the prices of the slots prove, reckoned without the planner: no plan can cost less. */
function dualOf({ jobs, machines }: Instance, prices: Float64Array): number {
  const own = jobs.map(({ from, to, duration, powerKw }) =>
    Array.from({ length: to - from }, (_, i) => machines.costPerKw[from + i]! * powerKw + prices[from + i]!)
      .sort((a, b) => a - b)
      .slice(0, duration)
      .reduce((sum, value) => sum + value, 0),
  );
  const taken = prices.reduce((sum, price, slot) => sum + price * machines.capacity[slot]!, 0);
  return own.reduce((sum, value) => sum + value, 0) - taken;
}

describe('a plan of jobs that may be interrupted', () => {
  it('is the cheapest there is, proven by its prices; and where there is none it says which slots are over', () => {
    fc.assert(
      fc.property(smallInstances, (instance) => {
        const { jobs, machines } = instance;
        const plan = planInterruptible(jobs, machines);
        const least = leastCost(instance, false);
        expect(breaches(instance, plan.schedule, false)).toEqual([]);
        expect(plan.missedSlots).toBe(work(jobs) - length(plan.schedule));
        expect(plan.overload === null).toBe(least !== null);
        if (least === null) {
          expect(plan.slotPrices).toBeNull();
          expect(plan.overload!.demanded).toBeGreaterThan(plan.overload!.available);
          return;
        }
        expect(plan.missedSlots).toBe(0);
        expect(costOfSchedule(jobs, machines, plan.schedule)).toBeCloseTo(least, 6);
        expect(dualOf(instance, plan.slotPrices!)).toBeCloseTo(least, 4);
      }),
      { numRuns: 600 },
    );
  });

  it('does not depend on the order of the jobs, but for which of equal ones runs when', () => {
    fc.assert(
      fc.property(smallInstances, ({ jobs, machines }) => {
        const cost = (given: readonly Job[]) => {
          const { schedule, missedSlots } = planInterruptible(given, machines);
          return missedSlots > 0 ? 'none' : costOfSchedule(given, machines, schedule).toFixed(6);
        };
        expect(cost([...jobs].reverse())).toBe(cost(jobs));
      }),
      { numRuns: 200 },
    );
  });

  it('never costs more for an hour more', () => {
    fc.assert(
      fc.property(smallInstances, ({ jobs, machines }) => {
        const before = planInterruptible(jobs, machines);
        const later = jobs.map((job) => ({ ...job, to: Math.min(8, job.to + 2) }));
        const after = planInterruptible(later, machines);
        expect(after.missedSlots).toBeLessThanOrEqual(before.missedSlots);
        if (before.missedSlots === 0)
          expect(costOfSchedule(later, machines, after.schedule)).toBeLessThanOrEqual(
            costOfSchedule(jobs, machines, before.schedule) + 1e-6,
          );
      }),
      { numRuns: 200 },
    );
  });
});

describe('a plan of jobs that run without a break', () => {
  it('keeps every limit, is never below its bound, and the bound is never above the cheapest', () => {
    fc.assert(
      fc.property(smallInstances, (instance) => {
        const { jobs, machines } = instance;
        const plan = planContiguous(jobs, machines);
        const least = leastCost(instance, true);
        expect(breaches(instance, plan.schedule, true)).toEqual([]);
        expect(plan.missedSlots).toBe(work(jobs) - length(plan.schedule));
        if (least === null) {
          expect(plan.missedSlots).toBeGreaterThan(0);
          return;
        }
        expect(plan.overload).toBeNull();
        expect(plan.bound).toBeLessThanOrEqual(least + 1e-6);
        if (plan.missedSlots === 0)
          expect(costOfSchedule(jobs, machines, plan.schedule)).toBeGreaterThanOrEqual(least - 1e-6);
      }),
      { numRuns: 600 },
    );
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(smallInstances, ({ jobs, machines }) => {
        expect(planContiguous(jobs, machines)).toEqual(planContiguous(jobs, machines));
      }),
      { numRuns: 50 },
    );
  });
});

describe('what would make jobs fit', () => {
  it('is just enough, of machines and of time', () => {
    fc.assert(
      fc.property(smallInstances, ({ jobs, machines: { capacity } }) => {
        fc.pre(fit(jobs, capacity).overload !== null);
        const { moreMachines, moreSlackSlots } = relaxationOf(jobs, capacity);
        const machines = (more: number) =>
          fit(
            jobs,
            capacity.map((own) => own + more),
          ).overload === null;
        const time = (more: number) =>
          fit(
            jobs.map((job) => ({ ...job, to: Math.min(8, job.to + more) })),
            capacity,
          ).overload === null;
        expect([machines(moreMachines), machines(moreMachines - 1)]).toEqual([true, false]);
        if (moreSlackSlots === null) expect(time(8)).toBe(false);
        else expect([time(moreSlackSlots), time(moreSlackSlots - 1)]).toEqual([true, false]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a job that fits no plan by its own numbers', () => {
  const machines = { costPerKw: new Float64Array(4), capacity: new Int32Array(4).fill(1) };
  const job: Job = { id: 'a', duration: 2, from: 0, to: 4, powerKw: 1 };
  it.each([
    { ...job, duration: 5 },
    { ...job, duration: 0 },
    { ...job, duration: 1.5 },
    { ...job, from: -1 },
    { ...job, to: 5 },
    { ...job, from: 3 },
    { ...job, powerKw: 0 },
    { ...job, powerKw: Number.NaN },
  ])('is refused: %o', (wrong) => {
    expect(() => planInterruptible([wrong], machines)).toThrow(/"a"/);
    expect(() => planContiguous([wrong], machines)).toThrow(/"a"/);
  });
});
