import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opportunitiesOf, type Standing } from '../../../../../src/domain/planner/places/opportunities.js';
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

/** Work in one piece, which is placed exactly, whatever its limits. */
const problems = smallProblems({ ...ANYTHING, manners: ['CONTIGUOUS'] });
const workOf = (problem: PlanningProblem, jobId: string): Work =>
  problem.works.find((work) => work.jobId === jobId)!;

/** The least that a work can cost where there is room for it alone; Infinity where there is none. */
const leastOf = (problem: PlanningProblem, work: Work): number =>
  Math.min(
    ...placesOf(problem, work)
      .filter((places) => sharedBreaches(problem, [{ work, places }]).length === 0)
      .map((places) => costOf(problem, work, places).objective),
  );

/** Confirmed from some half hour on, at its first data centre, whatever is there. */
const confirmedFrom = ({ dcIds, slots }: Work, from: number): Standing => ({
  dcId: dcIds[0]!,
  places: Array.from({ length: slots }, (_, i) => ({ dcId: dcIds[0]!, slot: from + i })),
});

describe('opportunities', () => {
  it('save what the best place costs less than what is confirmed, the most first', () => {
    fc.assert(
      fc.property(problems, fc.nat(3), (whole, from) => {
        const problem = { ...whole, works: whole.works.filter(({ dcIds }) => dcIds.length > 0) };
        const standings = new Map(problem.works.map((work) => [work.jobId, confirmedFrom(work, from)]));
        const found = opportunitiesOf(problem, standings);
        for (const { jobId, saving, stands } of found) {
          const work = workOf(problem, jobId);
          expect(stands?.places).toEqual(standings.get(jobId)!.places);
          const before = costOf(problem, work, stands!.places).objective;
          const least = leastOf(problem, work);
          if (Number.isNaN(before) || least === Infinity) expect(saving).toBeNull();
          else expect(saving).toBeCloseTo(before - least, 5);
        }
        const savings = found.map(({ saving }) => saving ?? -Infinity);
        expect(savings).toEqual([...savings].sort((a, b) => b - a));
      }),
      { numRuns: 200 },
    );
  });

  it('are all that save something or go over a limit, and nothing else', () => {
    fc.assert(
      fc.property(problems, fc.nat(3), (whole, from) => {
        const problem = { ...whole, works: whole.works.filter(({ dcIds }) => dcIds.length > 0) };
        const standings = new Map(problem.works.map((work) => [work.jobId, confirmedFrom(work, from)]));
        const found = new Map(opportunitiesOf(problem, standings).map((one) => [one.jobId, one]));
        for (const work of problem.works) {
          const { places } = standings.get(work.jobId)!;
          const isOver = overLimits(problem, work, places);
          const saves = costOf(problem, work, places).objective - leastOf(problem, work) > 1e-5;
          if (isOver || saves) expect(found.has(work.jobId)).toBe(true);
          expect((found.get(work.jobId)?.over.length ?? 0) > 0).toBe(isOver);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** By the test's own reading of limits; what is unknown goes over none, and where it runs is not looked at. */
function overLimits(problem: PlanningProblem, work: Work, places: Places): boolean {
  const known: PlanningProblem = {
    ...problem,
    objective: { carbon: 0, cost: 0 },
    regions: problem.regions.map((region) => ({
      ...region,
      gco2PerKwh: region.gco2PerKwh.map((grams) => grams ?? -Infinity),
      renewablePct: region.renewablePct.map((pct) => pct ?? Infinity),
    })),
    gbpPerMwh: problem.gbpPerMwh.map((price) => price ?? -Infinity),
    gridStress: problem.gridStress.map((stress) => stress ?? -Infinity),
  };
  return breachesOf(known, { ...work, from: 0, to: problem.slots }, places).length > 0;
}
