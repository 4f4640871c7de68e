import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../../src/domain/canonical-json.js';
import { fieldOf } from '../../../../../src/domain/planner/places/field.js';
import { machineCost, planMachines } from '../../../../../src/domain/planner/places/machines.js';
import { makePlan, type Plan } from '../../../../../src/domain/planner/places/plan.js';
import {
  PROBLEM_FORM,
  type PlanningProblem,
  type Work,
} from '../../../../../src/domain/planner/places/problem.js';
import {
  ANYTHING,
  MACHINES,
  NO_LIMITS,
  breachesOf,
  costOf,
  leastObjective,
  sharedBreaches,
  smallProblems,
} from './small-problems.js';

const RUNS = process.env['PYLON_SOAK'] ? 5_000 : 110;

/** What is wrong with a plan, by its problem alone. */
function breaches(problem: PlanningProblem, plan: Plan): string[] {
  const placed = plan.works.flatMap(({ jobId, placed: own }) =>
    own ? [{ work: workOf(problem, jobId), places: own.places }] : [],
  );
  return [
    ...placed.flatMap(({ work, places }) => breachesOf(problem, work, places)),
    ...sharedBreaches(problem, placed),
  ];
}

const workOf = (problem: PlanningProblem, jobId: string): Work =>
  problem.works.find((work) => work.jobId === jobId)!;
const isWhole = ({ works }: Plan): boolean => works.every(({ placed }) => placed !== null);

describe('a plan of machines that may move', () => {
  it('is the cheapest there is; and where there is none it proves that', () => {
    fc.assert(
      fc.property(smallProblems(MACHINES), (problem) => {
        const plan = makePlan(problem);
        const least = leastObjective(problem);
        expect(breaches(problem, plan)).toEqual([]);
        expect(isWhole(plan)).toBe(least !== null);
        if (least === null) {
          expect(plan.infeasible).toMatchObject({ isProven: true });
          expect(plan.bound).toBeNull();
          return;
        }
        expect(plan.infeasible).toBeNull();
        expect(plan.objective).toBeCloseTo(least, 6);
        expect(plan.gapPct).toBe(0);
      }),
      { numRuns: RUNS },
    );
  });

  it('is proven by the prices of its places, reckoned without the planner', () => {
    fc.assert(
      fc.property(smallProblems(MACHINES), (problem) => {
        const field = fieldOf(problem);
        const plan = planMachines(field);
        if (!plan) return;
        const { prices, scale } = plan.certificate;
        const cost = (j: number, site: number, slot: number) =>
          machineCost(field.jobs[j]!, site, slot, scale);
        const primal = plan.choices.reduce(
          (sum, { slots, sites }, j) =>
            sum + slots.reduce((own, slot, i) => own + cost(j, sites[i]!, slot), 0),
          0,
        );
        let dual = 0;
        for (const [j, { work, sites }] of field.jobs.entries()) {
          const cheapest = [];
          for (let slot = work.from; slot < work.to; slot += 1) {
            const values = sites.flatMap(({ usable, centre, facilityW }, site) =>
              usable[slot] === 1 && field.centres[centre]!.roomW[slot]! >= facilityW
                ? [cost(j, site, slot) + prices[centre]![slot]! * scale]
                : [],
            );
            if (values.length > 0) cheapest.push(Math.min(...values));
          }
          dual += cheapest
            .sort((a, b) => a - b)
            .slice(0, work.slots)
            .reduce((sum, value) => sum + value, 0);
        }
        for (const [centre, own] of prices.entries())
          for (const [slot, price] of own.entries()) {
            expect(price).toBeGreaterThanOrEqual(0);
            const { roomW, pue } = field.centres[centre]!;
            dual -= price * scale * Math.floor(roomW[slot]! / Math.ceil(1000 * pue));
          }
        expect(dual).toBeCloseTo(primal, 3);
      }),
      { numRuns: RUNS },
    );
  });

  it('never costs more for more slack', () => {
    fc.assert(
      fc.property(smallProblems(MACHINES), fc.integer({ min: 1, max: 3 }), (problem, by) => {
        const before = makePlan(problem, { isExplained: false });
        const works = problem.works.map((work) => ({ ...work, to: Math.min(problem.slots, work.to + by) }));
        const after = makePlan({ ...problem, works }, { isExplained: false });
        if (!isWhole(before)) return;
        expect(isWhole(after)).toBe(true);
        expect(after.objective).toBeLessThanOrEqual(before.objective + 1e-6);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a plan of anything', () => {
  it('breaks no limit, and the best there is lies between its bound and its objective', () => {
    fc.assert(
      fc.property(smallProblems(ANYTHING), (problem) => {
        const plan = makePlan(problem);
        const least = leastObjective(problem);
        expect(breaches(problem, plan)).toEqual([]);
        if (plan.infeasible?.isProven) expect(least).toBeNull();
        if (!isWhole(plan)) return;
        expect(least).not.toBeNull();
        expect(plan.objective).toBeGreaterThanOrEqual(least! - 1e-6);
        expect(plan.bound).toBeLessThanOrEqual(least! + 1e-6);
      }),
      { numRuns: RUNS },
    );
  });

  it('of one work without a break is the cheapest there is, budgets and ramps and all', () => {
    fc.assert(
      fc.property(smallProblems({ ...ANYTHING, manners: ['CONTIGUOUS'] }), (whole) => {
        const problem = { ...whole, works: whole.works.slice(0, 1) };
        const plan = makePlan(problem);
        const least = leastObjective(problem);
        expect(isWhole(plan)).toBe(least !== null);
        if (least !== null) expect(plan.objective).toBeCloseTo(least, 6);
      }),
      { numRuns: RUNS },
    );
  });

  it('has a place for work whose ramp only other work makes gentle', () => {
    const at = (jobId: string, slot: number, powerW: number): Work => ({
      ...{ jobId, powerW, energyKwh: 1, slots: 1, from: slot, to: slot + 1, manner: 'CONTIGUOUS' },
      ...{ dcIds: ['dc'], priority: 50, limits: NO_LIMITS },
    });
    const known = [1, 1, 1];
    const problem: PlanningProblem = {
      ...{
        form: PROBLEM_FORM,
        from: '2026-01-15T00:00:00.000Z',
        slots: 3,
        storage: [],
        errorCorrelation: [1],
      },
      ...{ gbpPerMwh: known, gridStress: known, objective: { carbon: 1, cost: 0 } },
      regions: [{ regionId: 1, gco2PerKwh: known, errorGco2PerKwh: known, renewablePct: known }],
      centres: [
        { dcId: 'dc', regionId: 1, pue: 1, roomW: [5000, 5000, 5000], standingW: [0, 0, 0], rampW: 1200 },
      ],
      works: [at('a', 1, 2000), at('b', 0, 1000), at('c', 2, 1000)],
    };
    expect(isWhole(makePlan(problem))).toBe(true);
    const alone = makePlan({ ...problem, works: problem.works.slice(0, 1) });
    expect(alone).toMatchObject({ infeasible: { isProven: true } });
  });

  it('is the same to the last bit in whatever order the problem is given', () => {
    fc.assert(
      fc.property(smallProblems(ANYTHING), (problem) => {
        const turned: PlanningProblem = {
          ...problem,
          works: [...problem.works].reverse().map((work) => ({ ...work, dcIds: [...work.dcIds].reverse() })),
          centres: [...problem.centres].reverse(),
          regions: [...problem.regions].reverse(),
        };
        expect(canonicalJson(makePlan(turned))).toBe(canonicalJson(makePlan(problem)));
      }),
      { numRuns: RUNS / 5 },
    );
  });

  it('says of each work what it comes to, and of each alternative', () => {
    fc.assert(
      fc.property(smallProblems(ANYTHING), (problem) => {
        for (const { jobId, placed } of makePlan(problem).works) {
          if (!placed) continue;
          const work = workOf(problem, jobId);
          for (const { places, outcome } of [placed, ...placed.alternatives]) {
            const { grams, gbp, objective } = costOf(problem, work, places);
            expect(outcome.objective).toBeCloseTo(objective, 9);
            if (Number.isNaN(grams)) expect(outcome.carbonG).toBeNull();
            else expect(outcome.carbonG).toBeCloseTo(grams, 9);
            if (Number.isNaN(gbp)) expect(outcome.costGbp).toBeNull();
            else expect(outcome.costGbp).toBeCloseTo(gbp, 9);
          }
          expect(placed.hourMore?.objective ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: RUNS / 2 },
    );
  });
});

describe('what would give every work a place', () => {
  it('does so when it is done, and nothing less of it does', () => {
    fc.assert(
      fc.property(smallProblems(MACHINES), (problem) => {
        const { infeasible } = makePlan(problem);
        for (const { kind, amount, jobIds, dcIds, limit } of infeasible?.relaxations ?? []) {
          const works = (changed: (work: Work) => Work) =>
            problem.works.map((work) => (jobIds.includes(work.jobId) ? changed(work) : work));
          const changedBy = (size: number): PlanningProblem => {
            if (kind === 'MORE_POWER')
              return {
                ...problem,
                centres: problem.centres.map((centre) =>
                  dcIds.includes(centre.dcId)
                    ? { ...centre, roomW: centre.roomW.map((room) => room + size * 1000) }
                    : centre,
                ),
              };
            if (kind === 'LATER_DEADLINE')
              return {
                ...problem,
                works: works((work) => ({ ...work, to: Math.min(problem.slots, work.to + size) })),
              };
            return {
              ...problem,
              works: works((work) => {
                const now = work.limits[limit!];
                if (now === null) return work;
                const to = limit === 'minRenewablePct' ? Math.min(now, size) : Math.max(now, size);
                return { ...work, limits: { ...work.limits, [limit!]: to } };
              }),
            };
          };
          const least = kind === 'RELAX_LIMIT' ? (limit === 'minRenewablePct' ? 0.01 : -0.01) : -1;
          expect(isWhole(makePlan(changedBy(amount), { isExplained: false }))).toBe(true);
          expect(isWhole(makePlan(changedBy(amount + least), { isExplained: false }))).toBe(false);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
