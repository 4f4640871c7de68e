import { z } from 'zod';
import type { ActionTransaction, DecisionAppend } from '../../database/actions.js';
import { lockDataCentres } from '../../database/placements.js';
import type { DecisionType } from '../../domain/compute/decision-content.js';
import { fieldOf } from '../../domain/planner/places/field.js';
import { brokenLimits } from '../../domain/planner/places/alternatives.js';
import { outcomeOf, type Outcome } from '../../domain/planner/places/measure.js';
import { Refused } from '../../domain/refusal.js';
import { predictionOf } from '../../planning/decided-plan.js';
import type { Evidence } from '../../planning/evidence.js';
import { reasonsOf } from '../../planning/reasons.js';
import { defineAction } from '../action.js';
import {
  decidePlan,
  findPlace,
  lockCentresOf,
  objective,
  objectiveOf,
  takePlace,
  type Standing,
} from './planned-placing.js';
import { placementsOf, releasePlacementsOf } from './placement-rows.js';
import { code, optional, text, wholeWithin, within } from '../rules.js';
import { changeWorkload, findWorkload, lockWorkload, type WorkloadRow } from '../work/workload-rows.js';

/** Work is not moved for less, nor when it is about to begin. */
const LEAST_SAVING_PCT = 5;
const IMMINENT_MINUTES = 60;

/** Work that has its place, and has not begun, moves to a better one; or stays, and is told why. */
export const replanWorkload = defineAction({
  name: 'replanWorkload',
  scope: 'PLACEMENTS',
  answers: 'decisions',
  input: z.object({
    jobId: code,
    reason: text(1_000),
    agentId: optional(code),
    objective: optional(objective),
    minimumSavingPct: optional(within(0, 100)),
    imminentMinutes: optional(wholeWithin(0, 1_440)),
  }),
  names: { jobId: 'workload', agentId: 'agent' },
  async perform(transaction, input): Promise<DecisionAppend> {
    const { jobId } = input;
    const goal = objectiveOf(input.objective);
    const first = await findWorkload(transaction, jobId);
    const before = await standingOf(transaction, first, input.imminentMinutes ?? IMMINENT_MINUTES);
    const { evidence } = await findPlace(transaction, first, { goal, standing: before.standing });
    await lockCentresOf(transaction, evidence);
    await lockDataCentres(transaction.db, [before.dataCentreId]);
    const work = await lockWorkload(transaction, { jobId });
    const now = await standingOf(transaction, work, input.imminentMinutes ?? IMMINENT_MINUTES);
    const place = await findPlace(transaction, work, { goal, standing: now.standing });
    const stays = stayingOf(place.evidence, now);
    refuseUnworthy(jobId, stays, place.placed.outcome, input.minimumSavingPct ?? LEAST_SAVING_PCT);
    if (stays) refuseUnmovable(place.evidence, now);
    await releasePlacementsOf(transaction, work, 'REPLANNED', ['HELD', 'CONFIRMED']);
    const placementId = await takePlace(transaction, work, place, { confirm: true, ttlSeconds: 300 });
    if (placementId === null)
      throw new Refused(
        'CAPACITY_EXCEEDED',
        `workload ${jobId}: the power of its new place was taken meanwhile`,
      );
    await changeWorkload(transaction, work, { host_data_centre_id: place.dataCentreId });
    const target = place.evidence.centres.find(({ dataCentreId }) => dataCentreId === place.dataCentreId)!;
    return decidePlan(transaction, place, {
      ...{ jobId, agentId: input.agentId, negotiationId: null },
      type: typeOf(now, target.regionId, goal.carbon === 0),
      supersedes: now.decisionId,
      sourceDcId: now.dcId,
      reasoning: `${input.reason} ${reasonsOf(place.placed, place.evidence.at).join(' ')}`.slice(0, 4_000),
      prediction: predictionOf(place.placed, stays?.outcome ?? null),
      placementIds: [placementId],
      besides: { reason: input.reason, before: { dcId: now.dcId, halfHours: now.halfHours, staying: stays } },
    });
  },
});

const typeOf = (before: Before, regionId: number, isByPrice: boolean): DecisionType =>
  before.regionId !== regionId ? 'SHIFT_REGION' : isByPrice ? 'PRICE_OPTIMIZATION' : 'CARBON_OPTIMIZATION';

/** Where a workload runs as things stand. */
interface Before {
  readonly standing: Standing;
  readonly dataCentreId: number;
  readonly dcId: string;
  readonly regionId: number;
  readonly halfHours: readonly string[];
  readonly facilityW: number;
  readonly decisionId: string | null;
}

interface StandingRow {
  readonly data_centre_id: number;
  readonly dc_id: string;
  readonly region_id: number;
  readonly slot_from: Date;
  readonly facility_w: number;
  readonly decision: string | null;
}

/** @throws {Refused} IMPOSSIBLE_TRANSITION, NO_PLACEMENT, NOT_WORTH_IT when it is about to begin. */
async function standingOf(
  transaction: ActionTransaction,
  work: WorkloadRow,
  imminentMinutes: number,
): Promise<Before> {
  const { db, now } = transaction;
  if (work.status !== 'SCHEDULED')
    throw new Refused('IMPOSSIBLE_TRANSITION', `workload ${work.job_id} is ${work.status}, not SCHEDULED`);
  const placements = await placementsOf(transaction, work, ['CONFIRMED']);
  const { rows } = await db.query<StandingRow>(
    `select s.data_centre_id, c.dc_id, c.region_id, s.slot_from, s.facility_w,
       (select d.code from decisions d where d.decision_id = p.decision_id
          and not exists (select from decisions n where n.supersedes_id = d.decision_id)) as decision
     from placement_slots s join placements p using (placement_id) join data_centres c on c.data_centre_id = s.data_centre_id
     where s.placement_id = any ($1) order by s.slot_from, s.data_centre_id`,
    [placements.map(({ placement_id: id }) => id)],
  );
  const [first] = rows;
  if (!first) throw new Refused('NO_PLACEMENT', `workload ${work.job_id} has no confirmed placement`);
  if (first.slot_from.getTime() < now.getTime() + imminentMinutes * 60_000)
    throw new Refused(
      'NOT_WORTH_IT',
      `workload ${work.job_id} begins at ${first.slot_from.toISOString()}, within ${imminentMinutes} minutes: it stays`,
    );
  const standing = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const own = standing.get(row.dc_id) ?? new Map<number, number>();
    standing.set(row.dc_id, own.set(row.slot_from.getTime(), row.facility_w));
  }
  return {
    standing,
    dataCentreId: first.data_centre_id,
    dcId: first.dc_id,
    regionId: first.region_id,
    halfHours: rows.map(({ slot_from: from }) => from.toISOString()),
    facilityW: first.facility_w,
    decisionId: rows.find(({ decision }) => decision !== null)?.decision ?? null,
  };
}

interface Staying {
  readonly outcome: Outcome;
  /** Limits that it would break by now. */
  readonly breaks: readonly string[];
}

/** What staying comes to, by what is known now. Null: its data centre takes no work any more, or has not that much power left. */
function stayingOf({ problem }: Evidence, { dcId, halfHours, facilityW }: Before): Staying | null {
  const field = fieldOf({ ...problem, works: problem.works.map((work) => ({ ...work, dcIds: [dcId] })) });
  const job = field.jobs[0];
  const slots = halfHours.map((at) => (Date.parse(at) - Date.parse(problem.from)) / 1_800_000);
  if (!job || job.sites.length === 0 || slots.some((slot) => slot < 0 || slot >= problem.slots)) return null;
  const { roomW } = field.centres[job.sites[0]!.centre]!;
  if (slots.some((slot) => roomW[slot]! < facilityW)) return null;
  const choice = { slots, sites: slots.map(() => 0) };
  return { outcome: outcomeOf(field, job, choice), breaks: brokenLimits(field, job, choice) };
}

function refuseUnworthy(jobId: string, stays: Staying | null, moved: Outcome, leastPct: number): void {
  if (stays?.outcome.objective == null || moved.objective === null || stays.breaks.length > 0) return;
  const { objective: now } = stays.outcome;
  const saved = now - moved.objective;
  const pct = now === 0 ? 0 : (saved * 100) / Math.abs(now);
  if (saved <= 0 || pct < leastPct)
    throw new Refused(
      'NOT_WORTH_IT',
      `workload ${jobId} stays: the best plan saves ${pct.toFixed(1)} % of what it comes to, less than ${leastPct} %`,
    );
}

/** A data centre lets go of no more than its operator says can be moved, and stays above its least load or is empty. */
function refuseUnmovable({ centres, problem, at }: Evidence, before: Before): void {
  const centre = centres.find(({ dcId }) => dcId === before.dcId);
  if (!centre) return; // no longer ACTIVE: everything leaves it
  if (before.facilityW > centre.flexibilityRating * centre.capacityW)
    throw new Refused(
      'NOT_WORTH_IT',
      `${before.facilityW / 1000} kW are more than data centre ${centre.dcId} can have moved: ${centre.flexibilityRating} of its capacity`,
    );
  const least = (centre.minLoadPct / 100) * centre.capacityW;
  const left = problem.centres.find(({ dcId }) => dcId === centre.dcId)?.standingW ?? [];
  const tooLow = left.findIndex(
    (watts, slot) =>
      before.halfHours.includes(at(slot).toISOString()) &&
      watts > 0 &&
      watts < least &&
      watts + before.facilityW >= least,
  );
  if (tooLow >= 0)
    throw new Refused(
      'NOT_WORTH_IT',
      `data centre ${centre.dcId} would fall below its least load at ${at(tooLow).toISOString()}: ${centre.minLoadPct} % of its capacity`,
    );
}
