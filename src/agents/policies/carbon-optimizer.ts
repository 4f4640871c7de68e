import { addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { LICENCE_AREA_IDS } from '../../domain/regions.js';
import { cleanestStretch, keepsLimits, regionsOf, slotsOf, whole } from '../conditions.js';
import type { Policy, Proposal, Shown } from '../policy.js';
import { leaveCentre } from './carbon-optimizer-centre.js';
import type { OutlookHalfHour, View, WorkloadSeen } from '../seen.js';

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

/**
 * Watches the forecasts, and has work moved that is placed and not imminent when the newest forecast promises clearly less
 * carbon elsewhere or at another time, or breaks a limit of its own where it is; and work whose data centre can no longer
 * take it. What is promised leaves capacity out of account; whether the move is made is the
 * planner's to say.
 */
export const carbonOptimizer: Policy = {
  name: 'carbon-optimizer',
  version: '1',
  type: 'CARBON_OPTIMIZER',
  topics: ['DATA_CENTRES'],
  may: ['replanWorkload'],
  needs: (stimulus) =>
    stimulus.kind === 'HALF_HOUR'
      ? { workloads: 'ALL', outlook: { regionIds: LICENCE_AREA_IDS, halfHours: AHEAD } }
      : { workloads: 'ALL' },
  decide: (shown: Shown) => (shown.stimulus.kind === 'HALF_HOUR' ? betterPlaces(shown) : leaveCentre(shown)),
};

const betterPlaces = ({ view }: Shown): readonly Proposal[] =>
  view.workloads
    .flatMap((work) => promiseOf(view, work))
    .sort((a, b) => b.savedGco2 - a.savedGco2 || (a.work.jobId < b.work.jobId ? -1 : 1))
    .slice(0, MOST_MOVES)
    .map((promise) => move(view, promise));

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
  const best = cleanestMean(view, work, addHalfHours(floorToHalfHour(view.now), 1));
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

/** The mean intensity of the best that any region promises, gCO2/kWh, with room everywhere; null where none does. */
function cleanestMean(view: View, work: WorkloadSeen, now: Date): number | null {
  const earliest = work.earliestStart > now ? work.earliestStart : now;
  if (!work.isInterruptible) return cleanestStretch(work, view.outlook, earliest)?.gco2PerKwh ?? null;
  const count = slotsOf(work);
  const means = regionsOf(work).flatMap((regionId) => {
    const usable = view.outlook
      .filter((half) => half.regionId === regionId && isUsable(work, half, earliest))
      .map(({ gco2PerKwh }) => gco2PerKwh ?? 0)
      .sort((a, b) => a - b);
    return usable.length < count ? [] : [mean(usable.slice(0, count))];
  });
  return means.length > 0 ? Math.min(...means) : null;
}

const isUsable = (work: WorkloadSeen, half: OutlookHalfHour, earliest: Date): boolean =>
  half.gco2PerKwh !== null &&
  half.from >= earliest &&
  addHalfHours(half.from, 1) <= work.deadline &&
  keepsLimits(work, half);

const move = (view: View, { work, placedGco2, savedGco2 }: Promised): Proposal => {
  const pct = (100 * savedGco2) / placedGco2;
  const promise = `the newest forecast promises up to ${whole(savedGco2 / 1000)} kg CO2 less for ${work.jobId}, ${whole(pct)} % of ${whole(placedGco2 / 1000)} kg`;
  const reason = breaksLimit(view, work)
    ? `the newest forecast breaks a limit of ${work.jobId} where it is placed`
    : promise;
  return {
    action: 'replanWorkload',
    input: { jobId: work.jobId, agentId: view.agent.agentId, reason, minimumSavingPct: LEAST_PCT },
    reason,
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
