import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backtestReport, type BacktestProblem } from '../../../../src/domain/planner/backtest-report.js';
import { smallInstances } from './instances.js';

const problems: fc.Arbitrary<BacktestProblem> = fc
  .record({
    instance: smallInstances,
    expected: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 8, maxLength: 8 }),
    hole: fc.option(fc.nat(7)),
    capacity: fc.option(fc.integer({ min: 1, max: 4 })),
    learnedSlots: fc.constantFrom(0, 3),
    isInterruptible: fc.boolean(),
    isOnline: fc.boolean(),
    isCorrected: fc.boolean(),
  })
  .map(({ instance: { jobs, machines }, expected, hole, learnedSlots, ...rest }) => {
    const before = Array.from({ length: learnedSlots }, () => 100);
    const outturn = Float64Array.from([...before, ...machines.costPerKw]);
    if (hole !== null) outturn[learnedSlots + hole] = Number.NaN;
    return {
      ...rest,
      from: new Date('2026-01-05T00:00:00Z'),
      forecast: Float64Array.from([...before, ...expected]),
      outturn,
      learnedSlots,
      jobs,
    };
  });

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe('the report of a back-test', () => {
  it('adds up: what the jobs cost is what all cost, and no job costs less than its bound', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { total, jobs } = backtestReport(problem);
        const known = jobs.filter((report) => report !== null);
        expect(total === null).toBe(known.length === 0);
        if (!total) return;
        expect(total.jobs).toBe(known.length);
        expect(sum(known.map(({ immediate }) => immediate))).toBeCloseTo(total.immediate, 6);
        if (total.plan === null) {
          expect(known.every(({ underForecast }) => underForecast === null)).toBe(true);
          expect(total.infeasible).not.toBeNull();
          return;
        }
        for (const outcome of ['underForecast', 'underForesight'] as const) {
          const own = known.map((report) => report[outcome]!);
          const all = outcome === 'underForecast' ? total : total.foresight!;
          expect(sum(own.map(({ plan }) => plan))).toBeCloseTo(all.plan!, 6);
          expect(sum(own.map(({ missedSlots }) => missedSlots))).toBe(all.missedSlots);
          for (const [i, { plan, missedSlots }] of own.entries())
            if (missedSlots === 0) expect(plan).toBeGreaterThanOrEqual(known[i]!.bound - 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out just the jobs whose windows hold a half hour of which nothing is known', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { jobs } = backtestReport(problem);
        const isKnown = problem.jobs.map(
          ({ from, to }) =>
            !problem.outturn
              .subarray(from + problem.learnedSlots, to + problem.learnedSlots)
              .some((value) => Number.isNaN(value)),
        );
        expect(jobs.map((report) => report !== null)).toEqual(isKnown);
      }),
      { numRuns: 100 },
    );
  });

  it('saves no less with foresight than with a forecast, where plans are exact', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { total } = backtestReport({ ...problem, isInterruptible: true, isOnline: false });
        fc.pre(total !== null && total.plan !== null);
        expect(total.foresight!.plan).toBeLessThanOrEqual(total.plan + 1e-6);
        expect(total.foresight!.gapPct ?? 0).toBeLessThan(1e-6);
      }),
      { numRuns: 150 },
    );
  });

  it('cannot correct a series without dates', () => {
    const series = Float64Array.of(1, 2);
    const jobs = [{ id: 'a', from: 0, to: 2, duration: 1, powerKw: 1 }];
    const problem = { forecast: series, outturn: series, learnedSlots: 0, jobs, capacity: null };
    expect(() =>
      backtestReport({ ...problem, from: null, isInterruptible: true, isOnline: false, isCorrected: true }),
    ).toThrow(/without dates/);
  });
});
