import type { GridSignalReader } from '../database/grid-signals.js';
import { readCentrePower, type CentrePower } from '../database/planning/centres.js';
import { readOutlook, type Outlook } from '../database/planning/outlook.js';
import { together } from '../database/together.js';
import type { StoragePower } from '../database/planning/storage.js';
import { addHalfHours, floorToHalfHour } from '../domain/half-hour.js';
import {
  MOST_SLOTS,
  PROBLEM_FORM,
  type Centre,
  type Objective,
  type PlanningProblem,
  type Storage,
} from '../domain/planner/places/problem.js';
import { GREAT_BRITAIN, LICENCE_AREA_IDS } from '../domain/regions.js';
import { believedForecast } from './forecast.js';
import { problemWork, windowOf, type WorkToPlan } from './work-to-plan.js';

/** What a plan is to be made of. */
export interface PlanRequest {
  readonly works: readonly WorkToPlan[];
  readonly objective: Objective;
  readonly now: Date;
  /** A past sequence: the grid as it was known then. Room is always that of now. Null: the newest. */
  readonly asOf: bigint | null;
  readonly isCorrected: boolean;
  readonly storage: readonly StoragePower[];
  /** Placements of these works that stand and may be given up, W of the facility by data centre and start of the half hour. */
  readonly standing: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** A problem, and the rows it was made from. */
export interface Evidence {
  readonly problem: PlanningProblem;
  readonly centres: readonly CentrePower[];
  readonly outlook: Outlook;
  /** Start of a slot. */
  readonly at: (slot: number) => Date;
  /** Whether a value of a region in a slot was made up. */
  readonly isSynthetic: (regionId: number, slot: number) => boolean;
}

/** An hour more than any deadline, so that the plan can say what it would be worth. */
const SLOTS_MORE = 2;

/** Reads all that a plan follows from. Of a pool, at once and not quite of one moment: what is held is compared again when it is. */
export async function readEvidence(reader: GridSignalReader, request: PlanRequest): Promise<Evidence> {
  const { works, now } = request;
  const origin = floorToHalfHour(now);
  const numbered = { origin, now };
  const last = Math.max(1, ...works.map((work) => windowOf(work, numbered).to)) + SLOTS_MORE;
  const slots = Math.min(MOST_SLOTS, last);
  const span = { from: origin, to: addHalfHours(origin, slots) };
  const where = whereOf(works);
  const regionIds = where.regionIds.length > 0 ? where.regionIds : LICENCE_AREA_IDS;
  const [centres, outlook] = await together(
    reader.db,
    () => readCentrePower(reader.db, where, span, now),
    () => readOutlook(reader, [...regionIds, GREAT_BRITAIN], span, request.asOf),
  );
  const believed = await believedForecast(reader, outlook.regions, { from: origin, ...request });
  const isHere = ({ regionId }: { readonly regionId: number }): boolean =>
    centres.some((centre) => centre.regionId === regionId);
  return {
    problem: {
      form: PROBLEM_FORM,
      from: origin.toISOString(),
      slots,
      regions: believed.regions.filter(isHere),
      errorCorrelation: believed.errorCorrelation,
      gbpPerMwh: outlook.gbpPerMwh,
      gridStress: outlook.gridStress,
      centres: centres.map((centre) => problemCentre(centre, origin, request.standing.get(centre.dcId))),
      works: works.map((work) => problemWork(work, numbered, slots, allowedOf(work, centres))),
      storage: request.storage.filter(isHere).map((asset) => problemStorage(asset, now > origin ? 1 : 0)),
      objective: request.objective,
    },
    centres,
    outlook,
    at: (slot) => addHalfHours(origin, slot),
    isSynthetic: (regionId, slot) =>
      outlook.regions.find((region) => region.regionId === regionId)?.isSynthetic[slot] ?? false,
  };
}

/** Where any of the works may run; empty: everywhere. */
function whereOf(works: readonly WorkToPlan[]): {
  readonly regionIds: readonly number[];
  readonly dcIds: readonly string[];
} {
  const anywhere = (lists: readonly (readonly unknown[])[]): boolean =>
    lists.some((list) => list.length === 0);
  const regions = works.map(({ allowedRegionIds }) => allowedRegionIds);
  const ids = works.map(({ allowedDcIds }) => allowedDcIds);
  return {
    regionIds: anywhere(regions) ? [] : [...new Set(regions.flat())],
    dcIds: anywhere(ids) ? [] : [...new Set(ids.flat())],
  };
}

const allowedOf = (
  { allowedRegionIds, allowedDcIds }: WorkToPlan,
  centres: readonly CentrePower[],
): readonly string[] =>
  centres
    .filter(
      ({ dcId, regionId }) =>
        (allowedRegionIds.length === 0 || allowedRegionIds.includes(regionId)) &&
        (allowedDcIds.length === 0 || allowedDcIds.includes(dcId)),
    )
    .map(({ dcId }) => dcId);

function problemCentre(
  { dcId, regionId, pue, capacityW, committedW, rampRateMwPerMin }: CentrePower,
  origin: Date,
  own: ReadonlyMap<number, number> | undefined,
): Centre {
  const standingW = committedW.map(
    (watts, slot) => watts - (own?.get(addHalfHours(origin, slot).getTime()) ?? 0),
  );
  return {
    dcId,
    regionId,
    pue,
    roomW: standingW.map((watts) => Math.max(0, capacityW - watts)),
    standingW,
    // What it can change by within a half hour.
    rampW: rampRateMwPerMin === null ? null : rampRateMwPerMin * 30 * 1e6,
  };
}

/** @param from the first slot that is whole: in less than a half hour a store can do less than its power says. */
export const problemStorage = (asset: StoragePower, from = 0): Storage => ({
  assetId: asset.assetId,
  regionId: asset.regionId,
  from,
  capacityWh: asset.capacityMwh * 1e6,
  chargeWh: Math.min(asset.chargeMwh, asset.capacityMwh) * 1e6,
  maxChargeW: asset.maxChargeMw * 1e6,
  maxDischargeW: asset.maxDischargeMw * 1e6,
  efficiency: asset.efficiencyPct / 100,
});
