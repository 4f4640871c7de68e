import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../../../src/domain/planner/places/plan.js';
import {
  PROBLEM_FORM,
  type Manner,
  type PlanningProblem,
} from '../../../../../src/domain/planner/places/problem.js';
import { seededRandom } from '../../../../../src/domain/planner/random.js';
import { NO_LIMITS } from './small-problems.js';

const SLOTS = 1_440;
const MACHINES = 12;

/** A month, and jobs of 4 to 34 hours with up to two days to spare, on machines that they fill for long stretches. */
function tightMonth(manner: Manner): PlanningProblem {
  const random = seededRandom(9);
  const gco2PerKwh = Array.from({ length: SLOTS }, (_, slot) =>
    Math.round(150 + 70 * Math.sin((slot / 48) * 2 * Math.PI) + 40 * Math.sin(slot / 300) + 25 * random()),
  );
  const known = <Value>(value: Value): Value[] => gco2PerKwh.map(() => value);
  const works = Array.from({ length: 300 }, (_, i) => {
    const slots = 8 + Math.floor(random() * 60);
    const slack = Math.floor(random() * 96);
    const from = Math.floor(random() * (SLOTS - slots - slack));
    return {
      ...{ jobId: `job-${String(i).padStart(3, '0')}`, powerW: 1_000, energyKwh: slots / 2, slots, manner },
      ...{ from, to: from + slots + slack, dcIds: ['dc'], priority: 50, limits: NO_LIMITS },
    };
  });
  return {
    form: PROBLEM_FORM,
    from: '2026-01-01T00:00:00.000Z',
    slots: SLOTS,
    regions: [{ regionId: 13, gco2PerKwh, errorGco2PerKwh: known(10), renewablePct: known(50) }],
    errorCorrelation: [1],
    gbpPerMwh: known(80),
    gridStress: known(0.3),
    centres: [
      { dcId: 'dc', regionId: 13, pue: 1, roomW: known(MACHINES * 1_000), standingW: known(0), rampW: null },
    ],
    works,
    storage: [],
    objective: { carbon: 1, cost: 0 },
  };
}

describe('a month of work on machines that are nearly full', () => {
  const whole = makePlan(tightMonth('CONTIGUOUS'), { isExplained: false });

  it('without breaks has a place for everything, and is at most half a percent above its bound', () => {
    expect(whole.works.filter(({ placed }) => placed === null)).toEqual([]);
    expect(whole.gapPct).toBeLessThanOrEqual(0.5);
  });

  it('with breaks is the best there is, and less than without', () => {
    const broken = makePlan(tightMonth('INTERRUPTIBLE'), { isExplained: false });
    expect(broken).toMatchObject({ method: 'MIN_COST_FLOW', gapPct: 0 });
    expect(broken.objective).toBeLessThan(whole.bound!);
  });
});
