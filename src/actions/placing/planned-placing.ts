import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ActionTransaction, DecisionAppend } from '../../database/actions.js';
import { readStoragePower } from '../../database/planning/storage.js';
import { holdPower, lockDataCentres, movePlacements } from '../../database/placements.js';
import {
  DECISION_FORM,
  isMadeUp,
  type DecisionContent,
  type DecisionPrediction,
  type DecisionType,
} from '../../domain/compute/decision-content.js';
import { WAITING_STATUSES, type WorkloadStatus } from '../../domain/compute/workload-states.js';
import { PLANNER, makePlan, type Placed, type Plan } from '../../domain/planner/places/plan.js';
import { faultsOf, type Objective, type PlanningProblem } from '../../domain/planner/places/problem.js';
import { Refused, type Fault } from '../../domain/refusal.js';
import { alternativesOf, constraintsOf, inputsOf } from '../../planning/decided-plan.js';
import { readEvidence, type Evidence } from '../../planning/evidence.js';
import { describeRelaxation, LIMIT_WORDS } from '../../planning/reasons.js';
import { appendOf } from '../decisions/decision-append.js';
import { findDecisionInputs } from '../decisions/decision-inputs.js';
import { findDecisionRows } from '../decisions/decision-rows.js';
import { optional, within } from '../rules.js';
import { moveWorkload, type WorkloadRow } from '../work/workload-rows.js';

/** Left out, it counts nothing, as in `planWorkload`. */
const weight = optional(within(0, 1_000)).transform((value) => value ?? 0);
/** What is minimised. */
export const objective = z
  .object({ carbonWeight: weight, costWeight: weight })
  .refine(({ carbonWeight, costWeight }) => carbonWeight + costWeight > 0, 'must not both be 0');

export const objectiveOf = (asked: z.infer<typeof objective> | null): Objective =>
  asked ? { carbon: asked.carbonWeight, cost: asked.costWeight } : { carbon: 1, cost: 0 };

/** A place for one workload, with all that it was found from. */
export interface FoundPlace {
  readonly evidence: Evidence;
  readonly plan: Plan;
  readonly placed: Placed;
  readonly dataCentreId: number;
}

/** Power of the facility that the workload's own placements take, by data centre and start of the half hour. */
export type Standing = ReadonlyMap<string, ReadonlyMap<number, number>>;

export interface Finding {
  readonly goal: Objective;
  /** Power of its own that it would give up. */
  readonly standing?: Standing;
  /** Share of each data centre that is left for work still to come, as long as the workload has a place without it. */
  readonly reservePct?: number;
}

/**
 * The best place for a workload, as things are now.
 *
 * @throws {Refused} NO_PLAN
 */
export async function findPlace(
  { db, grid, now }: ActionTransaction,
  work: WorkloadRow,
  { goal, standing = new Map(), reservePct = 0 }: Finding,
): Promise<FoundPlace> {
  const evidence = await readEvidence(
    { ...grid, db },
    {
      works: [workToPlan(work)],
      objective: goal,
      ...{ now, asOf: null, isCorrected: true, standing },
      storage: await readStoragePower(db, work.operator_id, work.allowed_region_ids),
    },
  );
  const faults = faultsOf(evidence.problem);
  if (faults.length > 0) throw new Refused('NO_PLAN', `${work.job_id}: ${faults.join('; ')}`);
  const sparing =
    reservePct > 0 ? placeIn({ ...evidence, problem: withReserve(evidence, reservePct) }) : null;
  const place = sparing ?? placeIn(evidence);
  if (!place) throw noPlan(work, makePlan(evidence.problem));
  return place;
}

function placeIn(evidence: Evidence): FoundPlace | null {
  // What else there was is worth finding only for a place that is taken.
  if (!makePlan(evidence.problem, { isExplained: false }).works[0]?.placed) return null;
  const plan = makePlan(evidence.problem);
  const placed = plan.works[0]?.placed ?? null;
  const centre = evidence.centres.find(({ dcId }) => dcId === placed?.places[0]?.dcId);
  return placed && centre ? { evidence, plan, placed, dataCentreId: centre.dataCentreId } : null;
}

function withReserve({ problem, centres }: Evidence, reservePct: number): PlanningProblem {
  const reserveW = new Map(centres.map(({ dcId, capacityW }) => [dcId, (capacityW * reservePct) / 100]));
  return {
    ...problem,
    centres: problem.centres.map((centre) => ({
      ...centre,
      roomW: centre.roomW.map((room) => Math.max(0, room - (reserveW.get(centre.dcId) ?? 0))),
    })),
  };
}

/** A workload as the planner takes it. It stays in one data centre, and its limits are compared with the forecast. */
const workToPlan = (row: WorkloadRow) => ({
  jobId: row.job_id,
  estimatedEnergyKwh: row.estimated_energy_kwh,
  powerKw: row.power_kw,
  durationMinutes: row.duration_minutes,
  isInterruptible: row.is_interruptible,
  mayMove: false,
  isDeferrable: row.is_deferrable,
  earliestStart: row.earliest_start,
  deadline: row.deadline,
  deferralWindowMinutes: row.deferral_window_minutes,
  maxCarbonIntensityGco2PerKwh: row.max_carbon_intensity_gco2_per_kwh,
  confidence: null,
  carbonBudgetGco2: row.carbon_budget_gco2,
  maxPriceGbpPerMwh: row.max_price_gbp_per_mwh,
  maxCostGbp: row.max_cost_gbp,
  minRenewablePct: row.min_renewable_pct,
  maxGridStress: row.max_grid_stress,
  allowedRegionIds: row.allowed_region_ids,
  allowedDcIds: row.allowed_dc_ids,
  priority: row.priority,
});

function noPlan({ job_id: jobId }: WorkloadRow, { infeasible }: Plan): Refused {
  const faults: Fault[] = [];
  for (const { neededSlots, windowSlots, usableSlots, limits } of infeasible?.unplaced ?? []) {
    faults.push({
      path: 'input.jobId',
      message: `it needs ${neededSlots} half hours; its window has ${windowSlots}, of which ${usableSlots} keep all its limits where power is left`,
    });
    for (const { name, limit, usableSlots: left, unknownSlots } of limits)
      if (left !== null)
        faults.push({
          path: 'input.jobId',
          message: `${LIMIT_WORDS[name].name} ${limit} leaves ${left} half hours${unknownSlots ? `; in ${unknownSlots} nothing is known of it` : ''}`,
        });
  }
  for (const relaxation of infeasible?.relaxations ?? [])
    faults.push({ path: 'input.jobId', message: `enough would be ${describeRelaxation(relaxation)}` });
  return new Refused('NO_PLAN', `workload ${jobId} has no place and time that keeps its limits`, { faults });
}

export interface Taking {
  readonly confirm: boolean;
  readonly ttlSeconds: number;
}

/**
 * Holds the power of a plan for a locked workload, and confirms it if asked to.
 *
 * @returns the placement, or null where the power was taken meanwhile.
 * @throws {Refused} CENTRE_UNAVAILABLE
 */
export async function takePlace(
  transaction: ActionTransaction,
  work: WorkloadRow,
  { placed, evidence, dataCentreId }: FoundPlace,
  { confirm, ttlSeconds }: Taking,
): Promise<number | null> {
  const { db, now } = transaction;
  const answer = await holdPower(db, {
    code: `placement-${randomUUID()}`,
    workloadId: work.workload_id,
    dataCentreId,
    slots: placed.places.map(({ slot }) => ({ from: evidence.at(slot), powerKw: work.power_kw })),
    expiresAt: new Date(now.getTime() + ttlSeconds * 1000),
    decisionId: null,
    now,
  });
  if ('full' in answer) return null;
  if ('unavailable' in answer)
    throw new Refused(
      'CENTRE_UNAVAILABLE',
      `the data centre of the plan takes no work: it is ${answer.unavailable}`,
    );
  for (const id of answer.releasedIds) transaction.changed('placements', id);
  if (confirm) {
    await movePlacements(db, [answer.heldId], 'CONFIRMED', null, now);
    if ((WAITING_STATUSES as readonly WorkloadStatus[]).includes(work.status))
      await moveWorkload(transaction, work, 'SCHEDULED', { host_data_centre_id: dataCentreId });
  }
  transaction.changed('placements', answer.heldId);
  return answer.heldId;
}

/** Locks the data centres that a plan may be made on, in the order of their ids: nothing is taken there until this is over. */
export const lockCentresOf = ({ db }: ActionTransaction, { centres }: Evidence): Promise<void> =>
  lockDataCentres(
    db,
    centres.map(({ dataCentreId }) => dataCentreId),
  );

export interface PlannedDecision {
  readonly type: DecisionType;
  readonly jobId: string;
  readonly agentId: string | null;
  readonly negotiationId: string | null;
  readonly supersedes: string | null;
  readonly sourceDcId: string | null;
  readonly reasoning: string;
  readonly prediction: DecisionPrediction;
  readonly placementIds: readonly number[];
  /** What it was made from besides the plan. */
  readonly besides?: Readonly<Record<string, unknown>>;
}

/** So many signals are looked up: enough for two days of half hours. */
const MOST_SIGNALS = 200;

/** The decision that a plan is, with everything that it follows from. */
export async function decidePlan(
  transaction: ActionTransaction,
  { evidence, plan, placed }: FoundPlace,
  decided: PlannedDecision,
): Promise<DecisionAppend> {
  const { viewer, now } = transaction;
  const decisionId = `decision-${randomUUID()}`;
  const targetDcId = placed.places[0]!.dcId;
  const regionId = evidence.centres.find(({ dcId }) => dcId === targetDcId)!.regionId;
  const keys = placed.places
    .slice(0, MOST_SIGNALS)
    .map(({ slot }) => ({ regionId, from: evidence.at(slot) }));
  const { rows, supersedes } = await findDecisionRows(transaction, { ...decided, decisionId, targetDcId });
  const own = { ...inputsOf(evidence.problem, plan, placed), ...decided.besides };
  const inputs = await findDecisionInputs(transaction, {
    ...{ regionId, signalFrom: keys[0]!.from, signals: keys, asOf: null },
    inputs: own,
  });
  const content: DecisionContent = {
    form: DECISION_FORM,
    decisionId,
    type: decided.type,
    agentId: decided.agentId,
    jobId: decided.jobId,
    sourceDcId: decided.sourceDcId,
    targetDcId,
    negotiationId: decided.negotiationId,
    supersedes,
    regionId,
    signalFrom: keys[0]!.from.toISOString(),
    policy: PLANNER,
    reasoning: decided.reasoning,
    inputs,
    constraintsEvaluated: constraintsOf(evidence, decided.jobId, placed),
    alternativesConsidered: alternativesOf(evidence, placed),
    prediction: decided.prediction,
    isSynthetic: isMadeUp(inputs.signals),
    rows: { operatorId: viewer.operatorId, ...rows },
  };
  return appendOf(content, now, decided.placementIds);
}
