import { addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { LICENCE_AREA_IDS } from '../../domain/regions.js';
import { cleanestMean, keepsLimits, mean, whole } from '../conditions.js';
import type { Policy, Proposal, Shown } from '../policy.js';
import { leaveCentre } from './carbon-optimizer/leave-centre.js';
import { revisionOf, type ForecastRevision } from './forecast-revision.js';
import type { Needs, View, WorkloadSeen } from '../seen.js';

/** Half hours ahead that forecasts reach. */
const AHEAD = 96;
/** Half hours before its start from which on work stays where it is. */
const IMMINENT = 3;
/** A move must promise so much less carbon before it is looked into, and the planner must then find most of it. */
const PROMISE_PCT = 10;
const LEAST_PCT = 5;
/** And so much, grams: nothing is moved for less. */
const PROMISE_GCO2 = 1_000;
/** Moves that are looked into at once, the most promising first. */
const MOST_MOVES = 10;

const FORECASTS: Needs = { workloads: 'ALL', outlook: { regionIds: LICENCE_AREA_IDS, halfHours: AHEAD } };

/**
 * Watches the forecasts, at each revision and when a half hour begins, and has work moved that is placed and not imminent when the newest forecast promises clearly less
 * carbon elsewhere or at another time, or breaks a limit of its own where it is; and work whose data centre can no longer
 * take it. What is promised leaves capacity out of account; whether the move is made is the
 * planner's to say.
 */
export const carbonOptimizer: Policy = {
  name: 'carbon-optimizer',
  version: '1',
  type: 'CARBON_OPTIMIZER',
  topics: ['DATA_CENTRES', 'INGEST_RUNS'],
  may: ['replanWorkload'],
  needs(stimulus) {
    if (stimulus.kind === 'EVENT' && stimulus.topic === 'DATA_CENTRES') return { workloads: 'ALL' };
    return stimulus.kind === 'HALF_HOUR' || revisionOf(stimulus) ? FORECASTS : null;
  },
  decide(shown) {
    const { kind } = shown.stimulus;
    const revision = revisionOf(shown.stimulus);
    return kind === 'HALF_HOUR' || revision ? betterPlaces(shown, revision) : leaveCentre(shown);
  },
};

const betterPlaces = ({ view }: Shown, revision: ForecastRevision | null): readonly Proposal[] =>
  view.workloads
    .flatMap((work) => promiseOf(view, work))
    .sort((a, b) => b.savedGco2 - a.savedGco2 || (a.work.jobId < b.work.jobId ? -1 : 1))
    .slice(0, MOST_MOVES)
    .map((promise) => move(view, promise, revision));

interface Promised {
  readonly work: WorkloadSeen;
  /** Grams of carbon dioxide, where it is placed and at best elsewhere. */
  readonly placedGco2: number;
  readonly savedGco2: number;
}

function promiseOf(view: View, work: WorkloadSeen): Promised[] {
  const { placement, status, isDeferrable, isNegotiated } = work;
  const [first] = placement?.slots ?? [];
  const earliest = addHalfHours(floorToHalfHour(view.now), IMMINENT);
  if (!placement || !first || status !== 'SCHEDULED' || !isDeferrable || isNegotiated || first < earliest)
    return [];
  const known = new Map(
    view.outlook
      .filter(({ regionId }) => regionId === placement.regionId)
      .map((half) => [half.from.getTime(), half.gco2PerKwh]),
  );
  const intensities = placement.slots.map((slot) => known.get(slot.getTime()) ?? null);
  if (intensities.includes(null)) return [];
  const energyKwh = work.estimatedEnergyKwh * placement.pue;
  const placedMean = mean(intensities.map((intensity) => intensity ?? 0));
  const next = addHalfHours(floorToHalfHour(view.now), 1);
  const best = cleanestMean(work, view.outlook, work.earliestStart > next ? work.earliestStart : next);
  if (best === null) return [];
  const [placedGco2, savedGco2] = [placedMean * energyKwh, (placedMean - best) * energyKwh];
  const isWorthIt = savedGco2 >= PROMISE_GCO2 && savedGco2 >= (placedGco2 * PROMISE_PCT) / 100;
  return isWorthIt || breaksLimit(view, work) ? [{ work, placedGco2, savedGco2 }] : [];
}

/** Whether the newest forecast breaks a limit of the work in a half hour that it is placed in. */
const breaksLimit = ({ outlook }: View, work: WorkloadSeen): boolean =>
  outlook.some(
    (half) =>
      half.regionId === work.placement?.regionId &&
      work.placement.slots.some((slot) => slot.getTime() === half.from.getTime()) &&
      !keepsLimits(work, half),
  );

const move = (
  view: View,
  { work, placedGco2, savedGco2 }: Promised,
  revision: ForecastRevision | null,
): Proposal => {
  const pct = (100 * savedGco2) / placedGco2;
  const promise = `the newest forecast promises up to ${whole(savedGco2 / 1000)} kg CO2 less for ${work.jobId}, ${whole(pct)} % of ${whole(placedGco2 / 1000)} kg`;
  const found = breaksLimit(view, work)
    ? `the newest forecast breaks a limit of ${work.jobId} where it is placed`
    : promise;
  const reason = revision ? `${revision.source} revised what it forecasts: ${found}` : found;
  return {
    action: 'replanWorkload',
    input: { jobId: work.jobId, agentId: view.agent.agentId, reason, minimumSavingPct: LEAST_PCT },
    reason,
  };
};
