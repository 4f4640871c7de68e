import fc from 'fast-check';
import {
  PROBLEM_FORM,
  type Centre,
  type Manner,
  type PlanningProblem,
  type Work,
  type WorkLimits,
} from '../../../../../src/domain/planner/places/problem.js';

const SLOTS = 6;
export const NO_LIMITS: WorkLimits = {
  maxGco2PerKwh: null,
  confidence: null,
  maxGbpPerMwh: null,
  minRenewablePct: null,
  maxGridStress: null,
  carbonBudgetG: null,
  maxCostGbp: null,
};

const perSlot = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(value, { minLength: SLOTS, maxLength: SLOTS });
const unknownAtTimes = (value: fc.Arbitrary<number>): fc.Arbitrary<number | null> =>
  fc.option(value, { freq: 25, nil: null });

const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

interface Kind {
  readonly manners: readonly Manner[];
  readonly powersW: readonly number[];
  readonly hasBudgets: boolean;
  readonly hasRamps: boolean;
}

/** Unit machines that may move: what a flow plans exactly. */
export const MACHINES: Kind = { manners: ['MOVING'], powersW: [1000], hasBudgets: false, hasRamps: false };
/** Everything that there is. */
export const ANYTHING: Kind = {
  manners: ['CONTIGUOUS', 'INTERRUPTIBLE', 'MOVING'],
  powersW: [700, 1000, 2300],
  hasBudgets: true,
  hasRamps: true,
};

/** Small enough to try every plan of it. */
export const smallProblems = ({
  manners,
  powersW,
  hasBudgets,
  hasRamps,
}: Kind): fc.Arbitrary<PlanningProblem> =>
  fc
    .record({
      outlooks: fc.tuple(...[1, 2].map(() => perSlot(unknownAtTimes(fc.integer({ min: 0, max: 300 }))))),
      renewables: fc.tuple(...[1, 2].map(() => perSlot(unknownAtTimes(fc.integer({ min: 0, max: 100 }))))),
      prices: perSlot(unknownAtTimes(fc.integer({ min: -40, max: 200 }))),
      stress: perSlot(unknownAtTimes(fc.constantFrom(0, 0.25, 0.5, 0.9))),
      centres: fc.array(
        fc.record({
          region: fc.constantFrom(1, 2),
          pue: fc.constantFrom(1, 1.25, 1.5),
          room: perSlot(fc.constantFrom(0, 1500, 2300, 3000, 5000)),
          standing: perSlot(fc.constantFrom(0, 0, 1000)),
          ramp: hasRamps ? fc.constantFrom(null, null, 1200, 3000) : fc.constant(null),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      works: fc.array(
        fc.record({
          from: fc.nat(2),
          window: fc.integer({ min: 3, max: SLOTS }),
          slots: fc.integer({ min: 1, max: 3 }),
          manner: fc.constantFrom(...manners),
          powerW: fc.constantFrom(...powersW),
          kwh: fc.constantFrom(0.5, 1, 3),
          where: fc.constantFrom('0', '1', '01', '01'),
          cap: rarely(fc.integer({ min: 0, max: 300 })),
          price: rarely(fc.integer({ min: -40, max: 200 })),
          renewable: rarely(fc.integer({ min: 0, max: 100 })),
          stress: rarely(fc.constantFrom(0.25, 0.5)),
          budget: hasBudgets ? rarely(fc.integer({ min: 0, max: 900 })) : fc.constant(null),
          cost: hasBudgets ? rarely(fc.constantFrom(-0.05, 0.05, 0.2, 0.5)) : fc.constant(null),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      objective: fc.constantFrom({ carbon: 1, cost: 0 }, { carbon: 0, cost: 1 }, { carbon: 1, cost: 2.5 }),
    })
    .map(({ outlooks, renewables, prices, stress, centres, works, objective }): PlanningProblem => {
      const dcIds = centres.map((_, i) => `dc-${i}`);
      return {
        form: PROBLEM_FORM,
        from: '2026-01-15T00:00:00.000Z',
        slots: SLOTS,
        objective,
        gbpPerMwh: prices,
        gridStress: stress,
        errorCorrelation: [1, 0.7, 0.5],
        regions: outlooks.map((gco2PerKwh, i) => ({
          regionId: i + 1,
          gco2PerKwh,
          errorGco2PerKwh: gco2PerKwh.map((grams) => (grams === null ? null : 10)),
          renewablePct: renewables[i]!,
        })),
        centres: centres.map(({ region, pue, room, standing, ramp }, i): Centre => ({
          dcId: dcIds[i]!,
          regionId: region,
          pue,
          roomW: room,
          standingW: standing,
          rampW: ramp,
        })),
        works: works.map(
          (
            {
              from,
              window,
              slots,
              manner,
              powerW,
              kwh,
              where,
              cap,
              price,
              renewable,
              stress: most,
              budget,
              cost,
            },
            i,
          ): Work => ({
            jobId: `job-${i}`,
            energyKwh: kwh,
            powerW,
            slots,
            from,
            to: Math.min(SLOTS, from + window),
            manner,
            dcIds: dcIds.length === 1 ? dcIds : dcIds.filter((_, n) => where.includes(String(n))),
            priority: 50,
            limits: {
              maxGco2PerKwh: cap,
              confidence: null,
              maxGbpPerMwh: price,
              minRenewablePct: renewable,
              maxGridStress: most,
              carbonBudgetG: budget,
              maxCostGbp: cost,
            },
          }),
        ),
        storage: [],
      };
    });

/** Where and when one work runs. */
export type Places = readonly { readonly dcId: string; readonly slot: number }[];

const facilityW = (work: Work, centre: Centre): number => Math.ceil(work.powerW * centre.pue);

/** What running so costs: carbon × its weight + cost × its weight, g and GBP beside it. Null where something is unknown. */
export function costOf(problem: PlanningProblem, work: Work, places: Places) {
  let [grams, gbp, objective] = [0, 0, 0];
  for (const { dcId, slot } of places) {
    const centre = problem.centres.find((one) => one.dcId === dcId)!;
    const region = problem.regions.find(({ regionId }) => regionId === centre.regionId)!;
    const kwh = (work.energyKwh / work.slots) * centre.pue;
    grams += kwh * (region.gco2PerKwh[slot] ?? Number.NaN);
    gbp += (kwh * (problem.gbpPerMwh[slot] ?? Number.NaN)) / 1000;
  }
  if (problem.objective.carbon !== 0) objective += (problem.objective.carbon * grams) / 1000;
  if (problem.objective.cost !== 0) objective += problem.objective.cost * gbp;
  return { grams, gbp, objective };
}

/** What is wrong with where one work runs, by its own limits. */
export function breachesOf(problem: PlanningProblem, work: Work, places: Places): string[] {
  const { limits } = work;
  const wrong: string[] = [];
  const check = (isKept: boolean, what: string): void => {
    if (!isKept) wrong.push(`${work.jobId}: ${what}`);
  };
  check(places.length === work.slots, `${places.length} slots, not ${work.slots}`);
  check(new Set(places.map(({ slot }) => slot)).size === places.length, 'two places at once');
  const sorted = places.map(({ slot }) => slot).sort((a, b) => a - b);
  if (work.manner === 'CONTIGUOUS')
    check(
      sorted.every((slot, i) => slot - i === sorted[0]),
      'a break',
    );
  if (work.manner !== 'MOVING') check(new Set(places.map(({ dcId }) => dcId)).size === 1, 'moved');
  for (const { dcId, slot } of places) {
    const region = problem.regions.find(
      ({ regionId }) => regionId === problem.centres.find((one) => one.dcId === dcId)?.regionId,
    )!;
    check(work.dcIds.includes(dcId), `not allowed at ${dcId}`);
    check(slot >= work.from && slot < work.to, `slot ${slot} is outside its window`);
    const within = (value: number | null | undefined, most: number | null) =>
      most === null || (value ?? Infinity) <= most;
    check(within(region.gco2PerKwh[slot], limits.maxGco2PerKwh), `too dirty in ${slot}`);
    check(within(problem.gbpPerMwh[slot], limits.maxGbpPerMwh), `too dear in ${slot}`);
    check(within(problem.gridStress[slot], limits.maxGridStress), `too stressed in ${slot}`);
    check(
      (limits.minRenewablePct ?? -1) <= (region.renewablePct[slot] ?? -1) || limits.minRenewablePct === null,
      `not renewable in ${slot}`,
    );
  }
  const { grams, gbp, objective } = costOf(problem, work, places);
  check(!Number.isNaN(objective), 'by what is unknown');
  if (limits.carbonBudgetG !== null) check(grams <= limits.carbonBudgetG + 1e-9, 'over its carbon budget');
  if (limits.maxCostGbp !== null) check(gbp <= limits.maxCostGbp + 1e-12, 'over its cost');
  return wrong;
}

/** What is wrong with where all works run together: power and ramps. */
export function sharedBreaches(
  problem: PlanningProblem,
  all: readonly { readonly work: Work; readonly places: Places }[],
): string[] {
  return problem.centres.flatMap((centre) => {
    const planned = Array.from({ length: problem.slots }, () => 0);
    for (const { work, places } of all)
      for (const { dcId, slot } of places)
        if (dcId === centre.dcId) planned[slot]! += facilityW(work, centre);
    const wrong: string[] = [];
    for (let slot = 0; slot < problem.slots; slot += 1) {
      if (planned[slot]! > 0 && planned[slot]! > centre.roomW[slot]!)
        wrong.push(`${centre.dcId} is over in ${slot}`);
      if (slot === 0 || centre.rampW === null) continue;
      const before = centre.standingW[slot]! - centre.standingW[slot - 1]!;
      const after = before + planned[slot]! - planned[slot - 1]!;
      if (Math.abs(after) > Math.max(centre.rampW, Math.abs(before)))
        wrong.push(`${centre.dcId} ramps too fast in ${slot}`);
    }
    return wrong;
  });
}

/** Every place and time of one work by itself that keeps its own limits. */
export function placesOf(problem: PlanningProblem, work: Work): Places[] {
  const window = Array.from({ length: Math.max(0, work.to - work.from) }, (_, i) => work.from + i);
  const sets = (rest: readonly number[], count: number): number[][] => {
    const [first, ...others] = rest;
    if (count === 0) return [[]];
    if (first === undefined) return [];
    return [...sets(others, count - 1).map((set) => [first, ...set]), ...sets(others, count)];
  };
  const assignments = (slots: readonly number[]): Places[] => {
    if (work.manner !== 'MOVING') return work.dcIds.map((dcId) => slots.map((slot) => ({ dcId, slot })));
    return slots.reduce<Places[]>(
      (all, slot) => all.flatMap((places) => work.dcIds.map((dcId) => [...places, { dcId, slot }])),
      [[]],
    );
  };
  return sets(window, work.slots)
    .flatMap(assignments)
    .filter((places) => breachesOf(problem, work, places).length === 0);
}

/** The least objective of any plan of all works, found by trying all; null when there is none. */
export function leastObjective(problem: PlanningProblem): number | null {
  const own = problem.works.map((work) => placesOf(problem, work));
  const all: { work: Work; places: Places }[] = [];
  let least: number | null = null;
  const tryFrom = (w: number, soFar: number): void => {
    const work = problem.works[w];
    if (!work) {
      if (sharedBreaches(problem, all).length === 0 && (least === null || soFar < least)) least = soFar;
      return;
    }
    for (const places of own[w]!) {
      all.push({ work, places });
      tryFrom(w + 1, soFar + costOf(problem, work, places).objective);
      all.pop();
    }
  };
  tryFrom(0, 0);
  return least;
}
