import type { Context } from '../../context.js';
import { readAs } from '../../database/viewers.js';
import { archivedSpans } from '../../database/archive/archived-spans.js';
import { WAITING_STATUSES } from '../../domain/compute/workload-states.js';
import { PylonError } from '../../domain/errors.js';
import { HALF_HOUR_MS } from '../../domain/half-hour.js';
import { decodeKeyset, encodeKeyset } from '../../domain/keyset-cursor.js';
import {
  opportunitiesOf,
  rankOf,
  type Opportunity,
  type Standing,
} from '../../domain/planner/places/opportunities.js';
import { MOST_WORKS, faultsOf, type Objective } from '../../domain/planner/places/problem.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { readEvidence, type Evidence } from '../../planning/evidence.js';
import type { WorkToPlan } from '../../planning/work-to-plan.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from '../page.js';
import { areasIn } from '../regions.js';
import { earnedBy, type EarnedOf } from './flexibility-earned.js';
import { answerWith, type PlannedAnswer } from './plans.js';
import { objectiveAsked, workOfRow, type ObjectiveAsked } from './work-asked.js';

type Maybe<Value> = Value | null | undefined;

/** So many workloads are looked at, those that must be done first. */
export const MOST_EXAMINED = MOST_WORKS;
/** Nothing is forecast further ahead. */
const OUTLOOK_DAYS = 7;
const CURSOR = 'fo';
const DAY_MS = 24 * 3_600_000;

export interface OpportunitiesArgs extends PageArgs {
  readonly regionIds?: Maybe<readonly number[]>;
  readonly objective?: Maybe<ObjectiveAsked>;
}

export type StoredWorkload = Prisma.WorkloadGetPayload<object>;

/** An opportunity with the plan that takes it. */
export interface OpportunityAnswer {
  readonly workload: StoredWorkload;
  readonly found: Opportunity;
  /** Whether where it stands is confirmed. */
  readonly isConfirmed: boolean;
  readonly plan: PlannedAnswer;
  /** Energy sold to flexibility windows. */
  readonly earnings: readonly EarnedOf[];
}

export interface OpportunityPage extends Page<OpportunityAnswer> {
  /** Workloads that were looked at, and those that were not, being too many. */
  readonly examined: number;
  readonly unexamined: number;
}

/**
 * Answers `flexibilityOpportunities`: ranked each by itself; the page is then planned as one, so that its workloads share power.
 *
 * @throws {PylonError} UNAUTHENTICATED, BAD_USER_INPUT, BAD_CURSOR, REGION_NOT_FOUND, PLANNER_BUSY, PLANNER_TIMEOUT
 */
export async function flexibilityOpportunities(
  args: OpportunitiesArgs,
  context: Context,
): Promise<OpportunityPage> {
  const size = pageSize(args);
  const after = positionAfter(args.after, (text) => decodeKeyset(CURSOR, ['number', 'string'], text));
  const objective = objectiveAsked(args.objective);
  const areas = args.regionIds && new Set(args.regionIds.flatMap((id) => areasIn(id) ?? []));
  const { rows, unexamined } = await deferrable(context);
  const standings = new Map(rows.map((row) => [row.jobId, standingOf(row)]));
  const evidence = await evidenceOf(rows, objective, context);
  const inSlots = new Map([...standings].map(([jobId, own]) => [jobId, inSlotsOf(own, evidence)]));
  const found = opportunitiesOf(evidence.problem, inSlots)
    .filter(({ jobId }) => !standings.get(jobId)!.places.some(({ from }) => from < context.now)) // it begins
    .filter(({ stands }) => !areas || regionsOf(evidence, stands?.places ?? []).some((id) => areas.has(id)))
    .filter((one) => after === null || isAfter(one, after));
  const { edges, pageInfo } = pageOf(found, size, after, (one) =>
    encodeKeyset(CURSOR, [rankOf(one), one.jobId]),
  );
  const answers = await planned(
    edges.map(({ node }) => node),
    { rows, standings, evidence },
    context,
  );
  return {
    edges: edges.map(({ cursor }, i) => ({ cursor, node: answers[i]! })),
    ...{ pageInfo, examined: rows.length, unexamined },
  };
}

const isAfter = (one: Opportunity, [rank, jobId]: readonly [number, string]): boolean =>
  rankOf(one) < rank || (rankOf(one) === rank && one.jobId > jobId);

type Row = Prisma.WorkloadGetPayload<{ include: typeof WITH_STANDING }>;
const WITH_STANDING = {
  host: { select: { dcId: true } },
  placements: {
    where: { state: 'CONFIRMED' },
    select: { dataCentre: { select: { dcId: true } }, slots: { select: { slotFrom: true } } },
  },
} as const satisfies Prisma.WorkloadInclude;

/** The caller's work that may wait and has not begun, what must be done first first. */
async function deferrable({
  prisma,
  viewer,
  now,
}: Context): Promise<{ readonly rows: readonly Row[]; readonly unexamined: number }> {
  if (!viewer)
    throw new PylonError('UNAUTHENTICATED', 'opportunities are of your own workloads: send an API key');
  const where: Prisma.WorkloadWhereInput = {
    operatorId: viewer.operatorId,
    isDeferrable: true,
    status: { in: [...WAITING_STATUSES, 'SCHEDULED'] },
    deadline: { gt: now },
  };
  const rows = await prisma.workload.findMany({
    where,
    include: WITH_STANDING,
    orderBy: [{ deadline: 'asc' }, { workloadId: 'asc' }],
    take: MOST_EXAMINED,
  });
  const count = rows.length < MOST_EXAMINED ? rows.length : await prisma.workload.count({ where });
  return { rows, unexamined: count - rows.length };
}

interface StandingAt {
  readonly dcId: string | null;
  readonly places: readonly { readonly dcId: string; readonly from: Date }[];
}

const standingOf = ({ host, placements }: Row): StandingAt => ({
  dcId: host?.dcId ?? null,
  places: placements
    .flatMap(({ dataCentre: { dcId }, slots }) => slots.map(({ slotFrom }) => ({ dcId, from: slotFrom })))
    .sort((a, b) => a.from.getTime() - b.from.getTime()),
});

const inSlotsOf = ({ dcId, places }: StandingAt, { problem }: Evidence): Standing => ({
  dcId,
  places: places.map((place) => ({
    dcId: place.dcId,
    slot: (place.from.getTime() - Date.parse(problem.from)) / HALF_HOUR_MS,
  })),
});

/** Power that they have confirmed is not counted as free: each must be able to move by itself. */
async function evidenceOf(
  rows: readonly Row[],
  objective: Objective,
  { database, viewer, now }: Context,
): Promise<Evidence> {
  const horizon = new Date(now.getTime() + OUTLOOK_DAYS * DAY_MS);
  const works = rows.map((row): WorkToPlan => {
    const work = workOfRow(row);
    return work.deadline > horizon ? { ...work, deadline: horizon } : work;
  });
  return readAs(database.pool, viewer, (db) =>
    readEvidence(
      { ...database.reader, db, archive: archivedSpans(db, () => now) },
      { works, objective, now, asOf: null, isCorrected: true, storage: [], standing: new Map() },
    ),
  );
}

const regionsOf = ({ centres }: Evidence, places: readonly { readonly dcId: string }[]): number[] =>
  places.flatMap(({ dcId }) => centres.find((centre) => centre.dcId === dcId)?.regionId ?? []);

async function planned(
  page: readonly Opportunity[],
  known: {
    readonly rows: readonly Row[];
    readonly standings: ReadonlyMap<string, StandingAt>;
    readonly evidence: Evidence;
  },
  context: Context,
): Promise<OpportunityAnswer[]> {
  if (page.length === 0) return [];
  const isShown = new Set(page.map(({ jobId }) => jobId));
  const problem = {
    ...known.evidence.problem,
    works: known.evidence.problem.works.filter(({ jobId }) => isShown.has(jobId)),
  };
  const faults = faultsOf(problem);
  if (faults.length > 0)
    throw new PylonError('BAD_USER_INPUT', `${faults.join('; ')}: ask for a smaller page`);
  const evidence = { ...known.evidence, problem };
  const rowOf = new Map(known.rows.map((row) => [row.jobId, row]));
  const plan = answerWith(
    page.map(({ jobId }) => workOfRow(rowOf.get(jobId)!)),
    await context.planner.run('plan', problem),
    evidence,
    context.now,
  );
  const earnings = await earnedBy(
    page.map(({ stands, jobId }, i) => ({
      ...{ jobId, before: stands?.places ?? [] },
      after: plan.works[i]!.planned.placed?.places ?? null,
    })),
    evidence,
    context,
  );
  return page.map((found, i): OpportunityAnswer => {
    const { host: _host, placements: _placements, ...workload } = rowOf.get(found.jobId)!;
    return {
      ...{ workload, found, earnings: earnings[i]!, plan: plan.works[i]! },
      isConfirmed: known.standings.get(found.jobId)!.places.length > 0,
    };
  });
}
