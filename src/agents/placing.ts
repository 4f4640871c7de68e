/**
 * Placing and moving work, as policies ask for it. The two actions have the names, the inputs and the refusals of
 * `src/actions/place-workload.ts` and `src/actions/replan-workload.ts`, which plan with the planner; nothing else of the agents
 * knows how a place is found.
 */
import { z } from 'zod';
import { defineAction } from '../actions/action.js';
import { confirmPlacement } from '../actions/confirm-placement.js';
import { holdPlacement } from '../actions/hold-placement.js';
import { recordDecision } from '../actions/record-decision.js';
import { releasePlacement } from '../actions/release-placement.js';
import { code, optional, text, wholeWithin, within } from '../actions/rules.js';
import type { ActionTransaction, DecisionAppend } from '../database/actions.js';
import { isBeforeItRuns } from '../domain/compute/workload-states.js';
import { addHalfHours } from '../domain/half-hour.js';
import { Refused } from '../domain/refusal.js';
import {
  cheapestPlaces,
  limitsThatBind,
  type FoundPlace,
  type Objective,
  type PlaceableCentre,
} from './cheapest-place.js';
import { carbonOfSlots, placeable } from './placeable.js';
import type { WorkloadRow } from '../actions/workload-rows.js';

const CARBON_ONLY: Objective = { carbonWeight: 1, costWeight: 0 };
const DEFAULT_TTL_SECONDS = 300;
const MOST_ALTERNATIVES = 3;
const MOST_SIGNALS = 200;
const POLICY = { name: 'cheapest-place', version: '1' };

const weight = within(0, 1_000);

/** Finds a place for work, takes it, and says why, in one transaction. */
export const placeWorkload = defineAction({
  name: 'placeWorkload',
  scope: 'PLACEMENTS',
  answers: 'decisions',
  input: z.object({
    jobId: code,
    agentId: optional(code),
    objective: optional(z.object({ carbonWeight: weight, costWeight: weight })),
    confirm: optional(z.boolean()),
    ttlSeconds: optional(wholeWithin(30, 3_600)),
    negotiationId: optional(code),
    supersedes: optional(code),
  }),
  async perform(transaction, input): Promise<DecisionAppend> {
    const { centres, work } = await placeable(transaction, input.jobId);
    if (!isBeforeItRuns(work.status) || work.status === 'SCHEDULED')
      throw new Refused(
        'IMPOSSIBLE_TRANSITION',
        `workload ${input.jobId} is ${work.status}: it does not wait`,
      );
    const [best, ...others] = bestPlaces(work, centres, input.objective ?? CARBON_ONLY);
    await take(transaction, work, best, {
      confirm: input.confirm ?? true,
      ttlSeconds: input.ttlSeconds ?? DEFAULT_TTL_SECONDS,
    });
    const atOnce = startingAtOnce(work, centres);
    return decide(transaction, work, best, others, {
      type: 'RENEWABLE_WINDOW',
      agentId: input.agentId,
      negotiationId: input.negotiationId,
      supersedes: input.supersedes,
      sourceDcId: null,
      against: atOnce,
      reasoning: (saved) =>
        `${input.jobId} runs at ${best.dcId} in region ${best.regionId} for ${best.slots.length} half hours from ${minute(best.slots[0])}: ` +
        `${kg(best.carbonGco2)} kg CO2 expected` +
        (saved === null ? '.' : `, ${kg(saved)} kg less than starting at once.`),
    });
  },
});

/** Moves work whose place is taken and not imminent, if that saves enough. */
export const replanWorkload = defineAction({
  name: 'replanWorkload',
  scope: 'PLACEMENTS',
  answers: 'decisions',
  input: z.object({
    jobId: code,
    agentId: optional(code),
    reason: text(1_000),
    minimumSavingPct: optional(within(0, 100)),
  }),
  async perform(transaction, input): Promise<DecisionAppend> {
    const { db, now } = transaction;
    const { centres, work, placed } = await placeable(transaction, input.jobId);
    if (work.status !== 'SCHEDULED' || !placed)
      throw new Refused(
        'IMPOSSIBLE_TRANSITION',
        `workload ${input.jobId} is ${work.status}: it is not placed`,
      );
    const [first] = placed.slots;
    if (!first || first < addHalfHours(now, 2))
      throw new Refused('NOT_WORTH_IT', `workload ${input.jobId} begins within the hour, and stays`);
    const before = carbonOfSlots(work, placed, centres);
    const [best, ...others] = bestPlaces(work, centres, CARBON_ONLY);
    const least = input.minimumSavingPct ?? 5;
    if (before === null || best.carbonGco2 > before * (1 - least / 100))
      throw new Refused(
        'NOT_WORTH_IT',
        `workload ${input.jobId} stays at ${placed.dcId}: ${before === null ? 'an unknown amount' : `${kg(before)} kg`} there, ` +
          `${kg(best.carbonGco2)} kg at best, and ${least} % less is asked for`,
      );
    const { rows } = await db.query<{ code: string }>(
      `select d.code from decisions d where d.workload_id = $1 and d.target_data_centre_id is not null
         and not exists (select from decisions l where l.supersedes_id = d.decision_id) order by d.decision_id desc limit 1`,
      [work.workload_id],
    );
    await releasePlacement.perform(
      transaction,
      releasePlacement.input.parse({ placementId: placed.placementId, reason: input.reason }),
    );
    await take(transaction, work, best, { confirm: true, ttlSeconds: DEFAULT_TTL_SECONDS });
    return decide(transaction, work, best, others, {
      type: placed.regionId === best.regionId ? 'CARBON_OPTIMIZATION' : 'SHIFT_REGION',
      agentId: input.agentId,
      negotiationId: null,
      supersedes: rows[0]?.code ?? null,
      sourceDcId: placed.dcId,
      against: before,
      reasoning: (saved) =>
        `${input.jobId} moves from ${placed.dcId} at ${minute(first)} to ${best.dcId} at ${minute(best.slots[0])}: ` +
        `${kg(best.carbonGco2)} kg CO2 expected in place of ${kg(before)} kg, ${kg(saved ?? 0)} kg less. ${input.reason}`,
    });
  },
});

/** @throws {Refused} NO_PLAN */
function bestPlaces(
  work: WorkloadRow,
  centres: readonly PlaceableCentre[],
  objective: Objective,
): [FoundPlace, ...FoundPlace[]] {
  const wanted = asWanted(work);
  const [best, ...others] = cheapestPlaces(wanted, centres, objective);
  if (best) return [best, ...others];
  const binding = limitsThatBind(wanted, centres);
  throw new Refused(
    'NO_PLAN',
    `no place fits workload ${work.job_id} before ${work.deadline.toISOString()}: ${binding.join('; ') || 'there is not time enough'}`,
    { faults: binding.map((message) => ({ path: 'input.jobId', message })) },
  );
}

async function take(
  transaction: ActionTransaction,
  work: WorkloadRow,
  place: FoundPlace,
  { confirm, ttlSeconds }: { readonly confirm: boolean; readonly ttlSeconds: number },
): Promise<void> {
  const slots = place.slots.map((from) => ({ from, powerKw: work.power_kw }));
  const held = await holdPlacement.perform(
    transaction,
    holdPlacement.input.parse({ jobId: work.job_id, dcId: place.dcId, slots, ttlSeconds }),
  );
  if (!confirm || !('id' in held)) return;
  const { rows } = await transaction.db.query<{ code: string }>(
    'select code from placements where placement_id = $1',
    [held.id],
  );
  await confirmPlacement.perform(
    transaction,
    confirmPlacement.input.parse({ placementId: rows[0]?.code ?? '' }),
  );
}

interface Explained {
  readonly type: string;
  readonly agentId: string | null;
  readonly negotiationId: string | null;
  readonly supersedes: string | null;
  readonly sourceDcId: string | null;
  /** Carbon without the decision, g; null: not known. */
  readonly against: number | null;
  readonly reasoning: (savedGco2: number | null) => string;
}

async function decide(
  transaction: ActionTransaction,
  work: WorkloadRow,
  best: FoundPlace,
  others: readonly FoundPlace[],
  { against, reasoning, ...explained }: Explained,
): Promise<DecisionAppend> {
  const saved = against === null ? null : against - best.carbonGco2;
  const signals = best.slots.slice(0, MOST_SIGNALS).map((from) => ({ regionId: best.regionId, from }));
  const outcome = await recordDecision.perform(
    transaction,
    recordDecision.input.parse({
      ...explained,
      jobId: work.job_id,
      targetDcId: best.dcId,
      regionId: best.regionId,
      signalFrom: best.slots[0],
      policy: POLICY,
      reasoning: reasoning(saved),
      signals,
      inputs: { slots: best.slots.map((from) => from.toISOString()), powerKw: work.power_kw },
      alternativesConsidered: others.slice(0, MOST_ALTERNATIVES).map((other) => ({
        name: `${other.dcId} from ${minute(other.slots[0])}`,
        dcId: other.dcId,
        regionId: other.regionId,
        from: other.slots[0],
        to: addHalfHours(other.slots.at(-1) ?? transaction.now, 1),
        predictedCarbonGco2: other.carbonGco2,
        predictedCostGbp: other.costGbp,
        whyNot: `${kg(other.carbonGco2 - best.carbonGco2)} kg CO2 more`,
      })),
      prediction: {
        predictedCarbonGco2: best.carbonGco2,
        predictedCostGbp: best.costGbp,
        carbonSavedGco2: saved,
      },
    }),
  );
  if (!('append' in outcome)) throw new Error('recordDecision appended nothing');
  return outcome;
}

/** What the first place in time would cause, whatever the limits say of it; null where no centre has room at once. */
function startingAtOnce(work: WorkloadRow, centres: readonly PlaceableCentre[]): number | null {
  const unlimited = {
    ...asWanted(work),
    isInterruptible: false,
    maxCarbonIntensityGco2PerKwh: null,
    carbonBudgetGco2: null,
    maxPriceGbpPerMwh: null,
    maxCostGbp: null,
    minRenewablePct: null,
    maxGridStress: null,
  };
  const count = Math.ceil(work.duration_minutes / 30);
  const soonest = centres.map((centre) => ({ ...centre, halfHours: centre.halfHours.slice(0, count) }));
  return cheapestPlaces(unlimited, soonest, CARBON_ONLY)[0]?.carbonGco2 ?? null;
}

const asWanted = (work: WorkloadRow) => ({
  powerKw: work.power_kw,
  durationMinutes: work.duration_minutes,
  isInterruptible: work.is_interruptible,
  maxCarbonIntensityGco2PerKwh: work.max_carbon_intensity_gco2_per_kwh,
  carbonBudgetGco2: work.carbon_budget_gco2,
  maxPriceGbpPerMwh: work.max_price_gbp_per_mwh,
  maxCostGbp: work.max_cost_gbp,
  minRenewablePct: work.min_renewable_pct,
  maxGridStress: work.max_grid_stress,
});

const kg = (grams: number): string => (grams / 1000).toFixed(1);
const minute = (at: Date | undefined): string => (at ? `${at.toISOString().slice(0, 16)}Z` : 'nowhen');
