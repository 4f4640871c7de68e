import { NO_LIMITS } from './alternatives.js';
import { fieldOf, type Field, type Job } from './field.js';
import { areMachines, machineUnits } from './machines.js';
import { overloadOf, wattUnits, type PowerOverload } from './overload.js';
import { placeAll } from './place-all.js';
import type { Centre, PlanningProblem, Work, WorkLimits } from './problem.js';
import type { Choice } from './room.js';

/** Why not all works have a place, and what would give them one. */
export interface Infeasible {
  /** True: no plan exists. False: none was found, and none is known to be impossible. */
  readonly isProven: boolean;
  /** Works without a place, in the order of their ids, each with what its limits leave it. */
  readonly unplaced: readonly Unplaced[];
  /** Where more power is needed than there is, whatever the plan. Null: that is not what is wrong, or not all of it. */
  readonly overload: PowerOverload | null;
  /** Changes each of which alone is enough, the smallest first. Empty: no single change is. */
  readonly relaxations: readonly Relaxation[];
}

export interface Unplaced {
  readonly jobId: string;
  /** Half hours it needs, and those its window has. */
  readonly neededSlots: number;
  readonly windowSlots: number;
  /** Half hours of its window that keep all its limits at the data centre with the most of them, and have its power left there. */
  readonly usableSlots: number;
  readonly limits: readonly LimitCheck[];
}

/** What one limit by itself leaves. */
export interface LimitCheck {
  readonly name: LimitName;
  readonly limit: number;
  /** Half hours of the window that keep it, at the data centre with the most of them. Null: a budget, which is for all of them. */
  readonly usableSlots: number | null;
  /** Half hours of the window in which it is not known what it limits, at the data centre with the fewest of them. Null: a budget. */
  readonly unknownSlots: number | null;
}

export type LimitName = Exclude<keyof WorkLimits, 'confidence'>;

export interface Relaxation {
  readonly kind: 'MORE_POWER' | 'LATER_DEADLINE' | 'RELAX_LIMIT';
  /** Works it is for: those without a place. */
  readonly jobIds: readonly string[];
  /** Data centres that need more power, in the order of their ids; none for the other kinds. */
  readonly dcIds: readonly string[];
  /** Null for the other kinds. */
  readonly limit: LimitName | null;
  /** MORE_POWER: kW of facility power more, at each, in each half hour. LATER_DEADLINE: half hours. RELAX_LIMIT: the limit that is enough. */
  readonly amount: number;
  /** By what share of what it is now that changes it, percent: what the smallest is by. */
  readonly changePct: number;
}

export function whyInfeasible(field: Field, choices: readonly (Choice | null)[]): Infeasible {
  const without = field.jobs.filter((_, j) => choices[j] === null);
  const unplaced = without.map((job) => unplacedOf(field, job));
  const isImpossibleAlone = without.some((job) => !fits(only(field.problem, [job.work])));
  const exact = areMachines(field);
  const powerW = field.jobs[0]?.work.powerW ?? 0;
  const overload = isImpossibleAlone
    ? null
    : overloadOf(field, exact ? machineUnits(field) : wattUnits(field), exact ? powerW : 1);
  return {
    isProven: overload !== null || without.some((job) => isProvenAlone(field, job)),
    unplaced,
    overload,
    relaxations: relaxationsOf(
      field,
      without.map(({ work }) => work),
    ),
  };
}

const only = (problem: PlanningProblem, works: readonly Work[]): PlanningProblem => ({ ...problem, works });

/** Whether all works find a place. */
function fits(problem: PlanningProblem): boolean {
  return placeAll(fieldOf(problem), 0).choices.every((choice) => choice !== null);
}

/** Work that has no place by itself has none beside others: unless by ramps, which others can make gentler. */
function isProvenAlone({ problem, jobs }: Field, { work }: Job): boolean {
  const hasBudgets = work.limits.carbonBudgetG !== null || work.limits.maxCostGbp !== null;
  const hasRamps = problem.centres.some(({ rampW }) => rampW !== null);
  // Where the search looks at everything: not where breaks meet budgets or ramps.
  const isComplete = work.manner === 'CONTIGUOUS' ? jobs.length === 1 || !hasRamps : !hasBudgets && !hasRamps;
  return isComplete && !fits(only(problem, [work]));
}

const LIMITS: readonly LimitName[] = [
  'maxGco2PerKwh',
  'maxGbpPerMwh',
  'minRenewablePct',
  'maxGridStress',
  'carbonBudgetG',
  'maxCostGbp',
];

const isBudget = (name: LimitName): boolean => name === 'carbonBudgetG' || name === 'maxCostGbp';

function unplacedOf({ problem, centres }: Field, { work, sites }: Job): Unplaced {
  const usableWith = (limits: WorkLimits, hasRoom: boolean): number => {
    const [job] = fieldOf({ ...problem, works: [{ ...work, limits }] }).jobs;
    const counts = (job?.sites ?? []).map(({ usable, centre, facilityW }) => {
      let count = 0;
      for (let slot = work.from; slot < work.to; slot += 1)
        if (usable[slot] === 1 && (!hasRoom || centres[centre]!.roomW[slot]! >= facilityW)) count += 1;
      return count;
    });
    return Math.max(0, ...counts);
  };
  return {
    jobId: work.jobId,
    neededSlots: work.slots,
    windowSlots: Math.max(0, work.to - work.from),
    usableSlots: usableWith(work.limits, true),
    limits: LIMITS.flatMap((name): LimitCheck[] => {
      const limit = work.limits[name];
      if (limit === null) return [];
      if (isBudget(name)) return [{ name, limit, usableSlots: null, unknownSlots: null }];
      const kept = (most: number): number =>
        usableWith({ ...NO_LIMITS, confidence: work.limits.confidence, [name]: most }, false);
      const known = kept(name === 'minRenewablePct' ? -Number.MAX_VALUE : Number.MAX_VALUE);
      const unknownSlots = sites.length === 0 ? 0 : Math.max(0, work.to - work.from) - known;
      return [{ name, limit, usableSlots: kept(limit), unknownSlots }];
    }),
  };
}

/** The smallest of each kind of change that by itself gives all works a place. */
function relaxationsOf(field: Field, without: readonly Work[]): Relaxation[] {
  const { problem } = field;
  const jobIds = without.map(({ jobId }) => jobId);
  const concerned = new Set(jobIds);
  const change = (changed: (work: Work) => Work): PlanningProblem => ({
    ...problem,
    works: problem.works.map((work) => (concerned.has(work.jobId) ? changed(work) : work)),
  });
  const found = [morePower(field, without), laterDeadline(field, without, change)];
  for (const name of LIMITS) found.push(relaxedLimit(field, without, name, change));
  return found
    .filter((relaxation) => relaxation !== null)
    .map((relaxation) => ({ ...relaxation, jobIds }))
    .sort((a, b) => a.changePct - b.changePct);
}

type Found = Omit<Relaxation, 'jobIds'>;

function morePower({ problem, centres }: Field, without: readonly Work[]): Found | null {
  const dcIds = centres
    .map(({ dcId }) => dcId)
    .filter((dcId) => without.some((work) => work.dcIds.includes(dcId)));
  const withMore = (kw: number): PlanningProblem => ({
    ...problem,
    centres: problem.centres.map((centre): Centre =>
      dcIds.includes(centre.dcId)
        ? { ...centre, roomW: centre.roomW.map((room) => Math.max(0, room) + kw * 1000) }
        : centre,
    ),
  });
  const most = Math.ceil(problem.works.reduce((sum, { powerW }) => sum + powerW, 0) / 1000) * 3 + 1;
  const kw = least(1, most, (more) => fits(withMore(more)));
  if (kw === null) return null;
  const now = centres
    .filter(({ dcId }) => dcIds.includes(dcId))
    .reduce(
      (sum, { roomW, standingW }) =>
        sum + Math.max(...roomW.map((room, slot) => Math.max(0, room) + standingW[slot]!)),
      0,
    );
  const total = kw * dcIds.length;
  return {
    kind: 'MORE_POWER',
    dcIds,
    limit: null,
    amount: kw,
    changePct: now === 0 ? 100 : (total * 100_000) / now,
  };
}

function laterDeadline(
  { slots }: Field,
  without: readonly Work[],
  change: (changed: (work: Work) => Work) => PlanningProblem,
): Found | null {
  const most = Math.max(0, ...without.map(({ to }) => slots - to));
  const later = least(1, most, (by) =>
    fits(change((work) => ({ ...work, to: Math.min(slots, work.to + by) }))),
  );
  if (later === null) return null;
  const window = Math.max(1, ...without.map(({ from, to }) => to - from));
  return { kind: 'LATER_DEADLINE', dcIds: [], limit: null, amount: later, changePct: (later * 100) / window };
}

function relaxedLimit(
  field: Field,
  without: readonly Work[],
  name: LimitName,
  change: (changed: (work: Work) => Work) => PlanningProblem,
): Found | null {
  const limits = without.map(({ limits }) => limits[name]).filter((limit) => limit !== null);
  if (limits.length === 0) return null;
  const isFloor = name === 'minRenewablePct';
  const tightest = isFloor ? Math.max(...limits) : Math.min(...limits);
  const relaxed = (to: number | null): PlanningProblem =>
    change((work) => {
      const limit = work.limits[name];
      if (limit === null) return work;
      const loosened = to === null ? null : isFloor ? Math.min(limit, to) : Math.max(limit, to);
      return { ...work, limits: { ...work.limits, [name]: loosened } };
    });
  if (!fits(relaxed(null))) return null;
  const steps = isBudget(name) ? budgetSteps(tightest) : valuesOf(field, name, without);
  const candidates = steps
    .filter((value) => (isFloor ? value < tightest : value > tightest))
    .sort((a, b) => (isFloor ? b - a : a - b));
  const at = least(0, candidates.length - 1, (i) => fits(relaxed(candidates[i]!)));
  if (at === null) return null;
  const amount = candidates[at]!;
  return {
    kind: 'RELAX_LIMIT',
    dcIds: [],
    limit: name,
    amount,
    changePct: (Math.abs(amount - tightest) * 100) / Math.max(Math.abs(tightest), 1e-9),
  };
}

/** Budgets are tried up to four times what they are, by hundredths. */
const budgetSteps = (budget: number): number[] =>
  Array.from({ length: 300 }, (_, i) => budget * (1 + (i + 1) / 100));

/** Every value that a limit could be set to and make a difference: what it is compared with, rounded outwards to a hundredth. */
function valuesOf({ problem, slots }: Field, name: LimitName, without: readonly Work[]): number[] {
  const from = Math.min(...without.map((work) => work.from));
  const to = Math.min(slots, Math.max(...without.map((work) => work.to)));
  const within = (values: readonly (number | null)[]): number[] =>
    values.slice(from, to).filter((value) => value !== null);
  const values = {
    maxGbpPerMwh: () => within(problem.gbpPerMwh),
    maxGridStress: () => within(problem.gridStress),
    minRenewablePct: () => problem.regions.flatMap(({ renewablePct }) => within(renewablePct)),
    // With a margin for errors the limit is compared with more than the forecast: steps of 1 reach it.
    maxGco2PerKwh: () =>
      without.some(({ limits }) => limits.confidence !== null)
        ? Array.from({ length: 1_500 }, (_, grams) => grams)
        : problem.regions.flatMap(({ gco2PerKwh }) => within(gco2PerKwh)),
    carbonBudgetG: () => [],
    maxCostGbp: () => [],
  }[name]();
  const round = name === 'minRenewablePct' ? Math.floor : Math.ceil;
  return [...new Set(values.map((value) => round(value * 100) / 100))];
}

/** The least whole number from `low` to `most` for which it holds, once it holds for all above; null when not even for `most`. */
function least(low: number, most: number, holds: (number: number) => boolean): number | null {
  if (most < low || !holds(most)) return null;
  let [from, to] = [low, most];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
