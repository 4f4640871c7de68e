import { z } from 'zod';
import type { ActionTransaction, DecisionAppend } from '../../database/actions.js';
import type { DecisionType } from '../../domain/compute/decision-content.js';
import {
  WAITING_STATUSES,
  WORKLOAD_MOVES,
  type WorkloadStatus,
} from '../../domain/compute/workload-states.js';
import type { Objective } from '../../domain/planner/places/problem.js';
import { Refused } from '../../domain/refusal.js';
import { predictionOf } from '../../planning/decided-plan.js';
import { reasonsOf } from '../../planning/reasons.js';
import { lockDataCentres } from '../../database/placements.js';
import { defineAction } from '../action.js';
import {
  decidePlan,
  findPlace,
  lockCentresOf,
  objective,
  objectiveOf,
  takePlace,
  type Finding,
  type FoundPlace,
  type Taking,
} from './planned-placing.js';
import { releasePlacementsOf } from './placement-rows.js';
import { code, optional, wholeWithin, within } from '../rules.js';
import { findWorkload, lockWorkload, type WorkloadRow } from '../work/workload-rows.js';

const USUAL_TTL_SECONDS = 300;
const USUAL_RESERVE_PCT = 10;

/** The planner's place for a workload is taken and decided on: where, when and why, with what it was found from. */
export const placeWorkload = defineAction({
  name: 'placeWorkload',
  scope: 'PLACEMENTS',
  answers: 'decisions',
  input: z.object({
    jobId: code,
    agentId: optional(code),
    objective: optional(objective),
    confirm: optional(z.boolean()),
    ttlSeconds: optional(wholeWithin(30, 3_600)),
    reservePct: optional(within(0, 90)),
    negotiationId: optional(code),
    supersedes: optional(code),
  }),
  names: { jobId: 'workload', agentId: 'agent', negotiationId: 'negotiation', supersedes: 'decision' },
  async perform(transaction, input): Promise<DecisionAppend> {
    const goal = objectiveOf(input.objective);
    const taking = { confirm: input.confirm ?? true, ttlSeconds: input.ttlSeconds ?? USUAL_TTL_SECONDS };
    const finding = { goal, reservePct: input.reservePct ?? USUAL_RESERVE_PCT };
    const { place, placementId } = await placeNow(transaction, input.jobId, finding, taking);
    const { placed, evidence } = place;
    return decidePlan(transaction, place, {
      ...{ jobId: input.jobId, agentId: input.agentId, negotiationId: input.negotiationId },
      type: typeOf(place, goal),
      supersedes: input.supersedes,
      sourceDcId: null,
      reasoning: reasonsOf(placed, evidence.at).join(' '),
      prediction: predictionOf(placed, placed.atOnce),
      placementIds: [placementId],
    });
  },
});

function typeOf({ evidence, placed }: FoundPlace, goal: Objective): DecisionType {
  const first = evidence.problem.works[0]?.from;
  if (placed.places[0]?.slot === first) return 'ACCEPT_WORKLOAD';
  return goal.carbon === 0 ? 'PRICE_OPTIMIZATION' : 'DEFER_WORKLOAD';
}

/**
 * Plans, then locks and takes; where the power went meanwhile, once more with all data centres locked. Data centres are
 * locked before the workload, as by all actions.
 */
async function placeNow(
  transaction: ActionTransaction,
  jobId: string,
  finding: Finding,
  taking: Taking,
): Promise<{ readonly place: FoundPlace; readonly placementId: number }> {
  let known = waiting(await findWorkload(transaction, jobId));
  for (let isLocked = false; ; isLocked = true) {
    const place = await findPlace(transaction, known, finding);
    if (!isLocked) await lockDataCentres(transaction.db, [place.dataCentreId]);
    const work = waiting(await lockWorkload(transaction, { jobId }));
    if (work.version === known.version) {
      await releasePlacementsOf(transaction, work, 'REPLACED', ['HELD']);
      const placementId = await takePlace(transaction, work, place, taking);
      if (placementId !== null) return { place, placementId };
    }
    if (isLocked)
      throw new Refused(
        'CAPACITY_EXCEEDED',
        `workload ${jobId}: the power of its place was taken meanwhile; try again`,
      );
    known = work;
    await lockCentresOf(transaction, place.evidence);
  }
}

/** @throws {Refused} IMPOSSIBLE_TRANSITION for work that does not wait for a place. */
function waiting(work: WorkloadRow): WorkloadRow {
  if ((WAITING_STATUSES as readonly WorkloadStatus[]).includes(work.status)) return work;
  throw new Refused(
    'IMPOSSIBLE_TRANSITION',
    `workload ${work.job_id} is ${work.status}: it does not wait for a place`,
    {
      possible: WORKLOAD_MOVES[work.status],
    },
  );
}
