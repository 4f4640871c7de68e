import type { Context } from '../../context.js';
import { readCentreRegions } from '../../database/centre-regions.js';
import { faultsOfAllowedCentres } from '../../domain/compute/allowed-centres.js';
import { workOf } from '../../domain/compute/work.js';
import { PylonError } from '../../domain/errors.js';
import type { Objective } from '../../domain/planner/places/problem.js';
import type { Viewer } from '../../domain/viewer.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { WorkToPlan } from '../../planning/work-to-plan.js';

type Maybe<Value> = Value | null | undefined;

/** Limits that a time to run must keep, as they are asked for. */
export interface LimitsAsked {
  readonly maxCarbonIntensityGco2PerKwh?: Maybe<number>;
  readonly confidencePct?: Maybe<number>;
  readonly carbonBudgetGco2?: Maybe<number>;
  readonly maxPriceGbpPerMwh?: Maybe<number>;
  readonly maxCostGbp?: Maybe<number>;
  readonly minRenewablePct?: Maybe<number>;
  readonly maxGridStress?: Maybe<number>;
}

/** Work that is described and not stored. */
export interface WorkAsked extends LimitsAsked {
  readonly jobId?: Maybe<string>;
  readonly estimatedEnergyKwh?: Maybe<number>;
  readonly powerKw?: Maybe<number>;
  readonly durationMinutes?: Maybe<number>;
  readonly isInterruptible?: Maybe<boolean>;
  readonly mayMove?: Maybe<boolean>;
  readonly isDeferrable?: Maybe<boolean>;
  readonly earliestStart?: Maybe<Date>;
  readonly deadline: Date;
  readonly priority?: Maybe<number>;
  readonly allowedRegionIds?: Maybe<readonly number[]>;
  readonly allowedDcIds?: Maybe<readonly string[]>;
}

/** How far ahead a plan may reach: forecasts reach less far. */
export const LONGEST_PLAN_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
const MOST_KW = 2_000_000;
const MOST_KWH = 1e9;
const LONGEST_MINUTES = LONGEST_PLAN_DAYS * 24 * 60;

/** @throws {PylonError} BAD_USER_INPUT with everything that is wrong. */
export function workAsked(asked: WorkAsked, path: string, now: Date): WorkToPlan {
  const faults: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    if (!isRight) faults.push(`${path}.${what}`);
  };
  const { powerKw = null, durationMinutes = null, estimatedEnergyKwh = null } = asked;
  const work = workOf({ powerKw, durationMinutes, estimatedEnergyKwh });
  if (typeof work === 'string') faults.push(`${path}: ${work}`);
  else {
    check(
      work.powerKw > 0 && work.powerKw <= MOST_KW,
      `powerKw: ${work.powerKw} is not above 0 and at most ${MOST_KW}`,
    );
    check(
      work.estimatedEnergyKwh > 0 && work.estimatedEnergyKwh <= MOST_KWH,
      `estimatedEnergyKwh: ${work.estimatedEnergyKwh} is not above 0 and at most ${MOST_KWH}`,
    );
    check(
      work.durationMinutes >= 1 && work.durationMinutes <= LONGEST_MINUTES,
      `durationMinutes: ${work.durationMinutes} is not 1 to ${LONGEST_MINUTES}`,
    );
  }
  const earliestStart = asked.earliestStart ?? now;
  check(
    asked.deadline > now,
    `deadline: ${asked.deadline.toISOString()} is past: it is ${now.toISOString()}`,
  );
  check(
    asked.deadline > earliestStart,
    `deadline: ${asked.deadline.toISOString()} is not after earliestStart, ${earliestStart.toISOString()}`,
  );
  check(
    asked.deadline.getTime() - now.getTime() <= LONGEST_PLAN_DAYS * DAY_MS,
    `deadline: ${asked.deadline.toISOString()} is more than ${LONGEST_PLAN_DAYS} days ahead`,
  );
  const priority = asked.priority ?? 50;
  check(priority >= 0 && priority <= 100, `priority: ${priority} is not 0 to 100`);
  faults.push(...limitFaults(asked, path));
  faults.push(...regionFaults(asked.allowedRegionIds, `${path}.allowedRegionIds`));
  if (faults.length > 0 || typeof work === 'string')
    throw new PylonError('BAD_USER_INPUT', faults.join('; '));
  return {
    ...work,
    jobId: asked.jobId ?? 'work',
    isInterruptible: asked.isInterruptible ?? false,
    mayMove: asked.mayMove ?? false,
    isDeferrable: asked.isDeferrable ?? true,
    earliestStart,
    deadline: asked.deadline,
    deferralWindowMinutes: null,
    ...limitsOf(asked),
    allowedRegionIds: asked.allowedRegionIds ?? [],
    allowedDcIds: asked.allowedDcIds ?? [],
    priority,
  };
}

/** @throws {PylonError} BAD_USER_INPUT where work is to run at a data centre that there is none of, or only outside its regions. */
export async function refuseUnknownCentres(
  works: readonly WorkToPlan[],
  pathOf: (index: number) => string,
  { database }: Pick<Context, 'database'>,
): Promise<void> {
  const dcIds = new Set(works.flatMap(({ allowedDcIds }) => allowedDcIds));
  const regions = await readCentreRegions(database.pool, [...dcIds]);
  const faults = works.flatMap((work, i) =>
    faultsOfAllowedCentres(regions, work).map(
      ({ index, message }) => `${pathOf(i)}.allowedDcIds.${index}: ${message}`,
    ),
  );
  if (faults.length > 0) throw new PylonError('BAD_USER_INPUT', faults.join('; '));
}

export const limitsOf = (asked: LimitsAsked) => ({
  maxCarbonIntensityGco2PerKwh: asked.maxCarbonIntensityGco2PerKwh ?? null,
  confidence: asked.confidencePct == null ? null : asked.confidencePct / 100,
  carbonBudgetGco2: asked.carbonBudgetGco2 ?? null,
  maxPriceGbpPerMwh: asked.maxPriceGbpPerMwh ?? null,
  maxCostGbp: asked.maxCostGbp ?? null,
  minRenewablePct: asked.minRenewablePct ?? null,
  maxGridStress: asked.maxGridStress ?? null,
});

export function limitFaults(asked: LimitsAsked, path: string): string[] {
  const within = (name: keyof LimitsAsked, least: number, most: number): string[] => {
    const value = asked[name];
    return value == null || (value >= least && value <= most)
      ? []
      : [`${path}.${name}: ${value} is not ${least} to ${most}`];
  };
  return [
    ...within('maxCarbonIntensityGco2PerKwh', 0, 10_000),
    ...within('confidencePct', 50, 99.9),
    ...within('carbonBudgetGco2', 0, 1e15),
    ...within('maxPriceGbpPerMwh', -100_000, 100_000),
    ...within('maxCostGbp', -1e12, 1e12),
    ...within('minRenewablePct', 0, 100),
    ...within('maxGridStress', 0, 1),
  ];
}

export const regionFaults = (regionIds: Maybe<readonly number[]>, path: string): string[] =>
  (regionIds ?? [])
    .filter((id) => !(Number.isInteger(id) && id >= 1 && id <= 14))
    .map((id) => `${path}: ${id} is no licence area, 1–14`);

/** What is minimised, as it is asked for. */
export interface ObjectiveAsked {
  readonly carbonWeight?: Maybe<number>;
  readonly costWeight?: Maybe<number>;
}

const LARGEST_WEIGHT = 1_000;

/** Carbon alone where nothing is asked for. @throws {PylonError} BAD_USER_INPUT */
export function objectiveAsked(asked: Maybe<ObjectiveAsked>): Objective {
  if (asked == null) return { carbon: 1, cost: 0 };
  const objective = { carbon: asked.carbonWeight ?? 0, cost: asked.costWeight ?? 0 };
  const isWeight = (weight: number): boolean => weight >= 0 && weight <= LARGEST_WEIGHT;
  if (!isWeight(objective.carbon) || !isWeight(objective.cost) || objective.carbon + objective.cost === 0)
    throw new PylonError(
      'BAD_USER_INPUT',
      `objective: weights are 0 to ${LARGEST_WEIGHT}, and not both 0; they are ${objective.carbon} for carbon and ${objective.cost} for cost`,
    );
  return objective;
}

type StoredWork = Prisma.WorkloadGetPayload<object>;

/** Stored work of the viewer's, in the order asked for. @throws {PylonError} UNAUTHENTICATED, BAD_USER_INPUT naming those it has not. */
export async function storedWork(
  jobIds: readonly string[],
  { prisma, viewer }: Pick<Context, 'prisma' | 'viewer'>,
): Promise<WorkToPlan[]> {
  if (jobIds.length === 0) return [];
  const { operatorId } = requireViewer(viewer);
  const rows = await prisma.workload.findMany({ where: { operatorId, jobId: { in: [...jobIds] } } });
  const byId = new Map(rows.map((row) => [row.jobId, row]));
  const missing = jobIds.filter((id) => !byId.has(id));
  if (missing.length > 0)
    throw new PylonError('BAD_USER_INPUT', `jobIds: your operator has no workload ${missing.join(', ')}`);
  return jobIds.flatMap((id) => byId.get(id) ?? []).map(workOfRow);
}

function requireViewer(viewer: Viewer): NonNullable<Viewer> {
  if (viewer) return viewer;
  throw new PylonError(
    'UNAUTHENTICATED',
    'stored workloads are their operator’s: send an API key, or describe the work itself',
  );
}

/** Work as it is stored; it does not move while it runs, and its limits are compared with the forecast. */
export const workOfRow = (row: StoredWork): WorkToPlan => ({ ...row, mayMove: false, confidence: null });
