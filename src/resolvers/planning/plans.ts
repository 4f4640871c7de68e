import { LICENCE_AREA_IDS } from '../../domain/regions.js';
import type { Context } from '../../context.js';
import { readStoragePower, type StoragePower } from '../../database/planning/storage.js';
import { readAs } from '../../database/viewers.js';
import { PylonError } from '../../domain/errors.js';
import { PLANNER, makePlan, type Plan, type PlannedWork } from '../../domain/planner/places/plan.js';
import { MOST_WORKS, faultsOf, type PlanningProblem } from '../../domain/planner/places/problem.js';
import { readEvidence, type Evidence } from '../../planning/evidence.js';
import type { WorkToPlan } from '../../planning/work-to-plan.js';
import { asOfOf } from '../as-of.js';
import {
  objectiveAsked,
  refuseUnknownCentres,
  storedWork,
  workAsked,
  type ObjectiveAsked,
  type WorkAsked,
} from './work-asked.js';

type Maybe<Value> = Value | null | undefined;

export interface HowToPlan {
  readonly objective?: Maybe<ObjectiveAsked>;
  readonly corrected?: Maybe<boolean>;
  readonly asOf?: Maybe<Date>;
  /** Whether the caller's own storage feeds the work. */
  readonly storage?: Maybe<boolean>;
}

/** A plan as the graph answers it. */
export interface PlanAnswer {
  readonly plan: Plan;
  readonly evidence: Evidence;
  readonly works: readonly PlannedAnswer[];
  readonly policy: typeof PLANNER;
  /** What of the grid was known: at this instant. */
  readonly asOf: Date;
}

export interface PlannedAnswer {
  readonly asked: WorkToPlan;
  readonly planned: PlannedWork;
  /** The whole that it is a part of. */
  readonly answer: () => PlanAnswer;
}

/**
 * Answers `planWorkload`: the work of an id, or as it is described.
 *
 * @throws {PylonError} BAD_USER_INPUT, UNAUTHENTICATED, DATA_ARCHIVED
 */
export async function planWorkload(
  args: HowToPlan & { readonly jobId?: Maybe<string>; readonly work?: Maybe<WorkAsked> },
  context: Context,
): Promise<PlannedAnswer> {
  if ((args.jobId == null) === (args.work == null))
    throw new PylonError('BAD_USER_INPUT', 'give either jobId, of a workload of yours, or work, described');
  const works =
    args.work == null
      ? await storedWork([args.jobId ?? ''], context)
      : await described([args.work], () => 'work', context);
  const { works: planned } = await answerOf(works, args, context, (problem) => makePlan(problem));
  return planned[0]!;
}

/**
 * Answers `planWorkloads`, on a thread of the planner.
 *
 * @throws {PylonError} BAD_USER_INPUT, UNAUTHENTICATED, DATA_ARCHIVED, PLANNER_BUSY, PLANNER_TIMEOUT
 */
export async function planWorkloads(
  args: HowToPlan & {
    readonly jobIds?: Maybe<readonly string[]>;
    readonly works?: Maybe<readonly WorkAsked[]>;
  },
  context: Context,
): Promise<PlanAnswer> {
  const { jobIds, works: given } = args;
  const count = (jobIds?.length ?? 0) + (given?.length ?? 0);
  if (count === 0 || count > MOST_WORKS)
    throw new PylonError('BAD_USER_INPUT', `${count} workloads: a plan is for 1 to ${MOST_WORKS}`);
  const works = [
    ...(await storedWork(jobIds ?? [], context)),
    ...(await described(
      (given ?? []).map((work, i) => ({ ...work, jobId: work.jobId ?? `work-${i + 1}` })),
      (i) => `works.${i}`,
      context,
    )),
  ];
  return answerOf(works, args, context, (problem) => context.planner.run('plan', problem));
}

async function described(
  asked: readonly WorkAsked[],
  pathOf: (index: number) => string,
  context: Context,
): Promise<WorkToPlan[]> {
  const works = asked.map((work, i) => workAsked(work, pathOf(i), context.now));
  await refuseUnknownCentres(works, pathOf, context);
  return works;
}

async function answerOf(
  works: readonly WorkToPlan[],
  how: HowToPlan,
  context: Context,
  plan: (problem: PlanningProblem) => Plan | Promise<Plan>,
): Promise<PlanAnswer> {
  const objective = objectiveAsked(how.objective);
  const { database, now } = context;
  const asOf = await asOfOf(how.asOf, context);
  const evidence = await readEvidence(database.reader, {
    ...{ works, objective, now, standing: new Map() },
    storage: await storageOf(how, context),
    asOf: asOf?.sequence ?? null,
    isCorrected: how.corrected ?? true,
  });
  const { problem } = evidence;
  const faults = faultsOf(problem);
  if (faults.length > 0) throw new PylonError('BAD_USER_INPUT', faults.join('; '));
  const made = await plan(problem);
  return answerWith(works, made, evidence, asOf?.instant ?? now);
}

/** A plan with what was asked for, in that order. */
export function answerWith(
  works: readonly WorkToPlan[],
  plan: Plan,
  evidence: Evidence,
  asOf: Date,
): PlanAnswer {
  const byId = new Map(plan.works.map((planned) => [planned.jobId, planned]));
  const answer: PlanAnswer = {
    ...{ plan, evidence, policy: PLANNER, asOf },
    works: works.map((asked) => ({ asked, planned: byId.get(asked.jobId)!, answer: () => answer })),
  };
  return answer;
}

async function storageOf(
  { storage }: HowToPlan,
  { viewer, database }: Pick<Context, 'viewer' | 'database'>,
): Promise<readonly StoragePower[]> {
  if (storage !== true) return [];
  if (viewer === null)
    throw new PylonError(
      'UNAUTHENTICATED',
      'storage: only your own storage feeds your work: send an API key',
    );
  return readAs(database.pool, viewer, (db) => readStoragePower(db, viewer.operatorId, LICENCE_AREA_IDS));
}
