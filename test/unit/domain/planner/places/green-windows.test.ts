import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greenWindows } from '../../../../../src/domain/planner/places/green-windows.js';
import type { PlanningProblem, Work } from '../../../../../src/domain/planner/places/problem.js';
import {
  ANYTHING,
  breachesOf,
  costOf,
  placesOf,
  sharedBreaches,
  smallProblems,
  type Places,
} from './small-problems.js';

/** More than there can be. */
const ALL = 50;
/** Work that stays in one place, by limits that are not for all of its half hours together: what is chosen exactly. */
const problems = smallProblems({
  ...ANYTHING,
  manners: ['CONTIGUOUS', 'INTERRUPTIBLE'],
  hasBudgets: false,
  hasRamps: false,
}).map((problem): PlanningProblem => ({ ...problem, works: problem.works.slice(0, 1) }));

const windowsOf = (problem: PlanningProblem, most = ALL) =>
  greenWindows(problem, most).windows.map(({ dcId, slots, outcome }) => ({
    ...{ dcId, slots, outcome },
    places: slots.map((slot) => ({ dcId, slot })),
  }));

/** What any window at a place costs that keeps everything and shares no half hour with some. */
function costsAt(problem: PlanningProblem, work: Work, dcId: string, taken: ReadonlySet<number>): number[] {
  const isFree = (places: Places): boolean =>
    places.every((place) => place.dcId === dcId && !taken.has(place.slot)) &&
    sharedBreaches(problem, [{ work, places }]).length === 0;
  return placesOf(problem, work)
    .filter(isFree)
    .map((places) => costOf(problem, work, places).objective);
}

describe('green windows', () => {
  it('are at each place the best of what the ones before leave, until nothing is left', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const work = problem.works[0]!;
        const found = windowsOf(problem);
        for (const dcId of work.dcIds) {
          const taken = new Set<number>();
          for (const { places, slots, outcome } of found.filter((window) => window.dcId === dcId)) {
            expect(breachesOf(problem, work, places)).toEqual([]);
            const all = costsAt(problem, work, dcId, taken);
            expect(outcome.objective).toBeCloseTo(Math.min(...all), 5);
            for (const slot of slots) {
              expect(taken.has(slot)).toBe(false);
              taken.add(slot);
            }
          }
          expect(costsAt(problem, work, dcId, taken)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('come with the best of all first, and fewer are the first of more', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: 1, max: 4 }), (problem, most) => {
        const found = windowsOf(problem);
        const costs = found.map(({ outcome }) => outcome.objective!);
        expect(costs).toEqual([...costs].sort((a, b) => (Math.abs(a - b) < 1e-5 ? 0 : a - b)));
        expect(windowsOf(problem, most)).toEqual(found.slice(0, most));
      }),
      { numRuns: 150 },
    );
  });

  it('count the half hours that keep all limits, whatever runs there', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const work = problem.works[0]!;
        const one = { ...work, slots: 1 };
        const { usable } = greenWindows(problem, 1);
        for (const { dcId, slots } of usable)
          expect(slots).toBe(placesOf(problem, one).filter(([place]) => place?.dcId === dcId).length);
        expect(usable.map(({ dcId }) => dcId)).toEqual([...work.dcIds].sort());
      }),
      { numRuns: 100 },
    );
  });
});
