import type { Context } from '../../context.js';
import { archivedSpans } from '../../database/archive/archived-spans.js';
import type { HalfHourSpan } from '../../database/headroom.js';
import { readOutlook } from '../../database/planning/outlook.js';
import { readRegionLoad } from '../../database/planning/region-load.js';
import { readAs } from '../../database/viewers.js';
import { PylonError } from '../../domain/errors.js';
import { HALF_HOUR_MS, addHalfHours } from '../../domain/half-hour.js';
import { dispatchStorage, type Dispatch } from '../../domain/planner/places/dispatch.js';
import { fieldOf } from '../../domain/planner/places/field.js';
import { PROBLEM_FORM, type PlanningProblem } from '../../domain/planner/places/problem.js';
import { GREAT_BRITAIN } from '../../domain/regions.js';
import type { StorageAsset } from '../../generated/prisma/client.js';
import { problemStorage } from '../../planning/evidence.js';
import { believedForecast } from '../../planning/forecast.js';
import { objectiveAsked, type ObjectiveAsked } from './work-asked.js';

type Maybe<Value> = Value | null | undefined;

export const LONGEST_DISPATCH_DAYS = 7;
const USUAL_HALF_HOURS = 48;

export interface DispatchPlanArgs {
  readonly from?: Maybe<Date>;
  readonly to?: Maybe<Date>;
  readonly objective?: Maybe<ObjectiveAsked>;
}

export interface DispatchPlanAnswer extends HalfHourSpan {
  readonly dispatch: Dispatch;
  /** Facility energy of the operator's confirmed work in the region, kWh. */
  readonly loadKwh: number;
  /** Null: the forecast of a half hour in which it acts is not known. */
  readonly carbonSavedG: number | null;
  readonly costSavedGbp: number | null;
  /** Why it does nothing. Null: it does something. */
  readonly idleReason: string | null;
  readonly isSynthetic: boolean;
}

export type PlannedAsset = Pick<
  StorageAsset,
  | 'assetId'
  | 'operatorId'
  | 'regionId'
  | 'status'
  | 'capacityMwh'
  | 'chargeMwh'
  | 'maxChargeMw'
  | 'maxDischargeMw'
  | 'efficiencyPct'
>;

/** Answers `StorageAsset.dispatchPlan`: null to all but its operator. @throws {PylonError} BAD_USER_INPUT */
export async function dispatchPlan(
  asset: PlannedAsset,
  args: DispatchPlanArgs,
  { database, viewer, now }: Context,
): Promise<DispatchPlanAnswer | null> {
  if (viewer?.operatorId !== asset.operatorId) return null; // whose work runs where is its operator's own
  const span = spanOf(args, now);
  const objective = objectiveAsked(args.objective);
  const { outlook, believed, loadWh } = await readAs(database.pool, viewer, async (db) => {
    const reader = { ...database.reader, db, archive: archivedSpans(db, () => now) };
    const known = await readOutlook(reader, [asset.regionId, GREAT_BRITAIN], span, null);
    const options = { from: span.from, now, asOf: null, isCorrected: true };
    return {
      outlook: known,
      believed: await believedForecast(reader, known.regions, options),
      loadWh: await readRegionLoad(db, asset, span),
    };
  });
  const problem: PlanningProblem = {
    form: PROBLEM_FORM,
    from: span.from.toISOString(),
    slots: loadWh.length,
    ...{ regions: believed.regions, errorCorrelation: believed.errorCorrelation },
    ...{ gbpPerMwh: outlook.gbpPerMwh, gridStress: outlook.gridStress },
    ...{ centres: [], works: [], storage: [], objective },
  };
  const region = fieldOf(problem).outlooks.get(asset.regionId)!;
  const dispatch = dispatchStorage(problemStorage(asset), region, isAtWork(asset) ? loadWh : []);
  const isSynthetic = outlook.regions[0]!.isSynthetic;
  return {
    ...span,
    dispatch,
    loadKwh: loadWh.reduce((sum, wh) => sum + wh, 0) / 1000,
    carbonSavedG: savedOf(dispatch, region.of.gco2PerKwh),
    costSavedGbp: savedOf(
      dispatch,
      problem.gbpPerMwh.map((price) => (price === null ? null : price / 1000)),
    ),
    idleReason: idleReasonOf(asset, dispatch, loadWh),
    isSynthetic: dispatch.chargeWh.some((_, slot) => acts(dispatch, slot) && isSynthetic[slot]),
  };
}

function spanOf({ from, to }: DispatchPlanArgs, now: Date): HalfHourSpan {
  const start = new Date(
    Math.ceil(Math.max(from?.getTime() ?? 0, now.getTime()) / HALF_HOUR_MS) * HALF_HOUR_MS,
  );
  const end = to ? new Date(Math.floor(to.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS) : null;
  const span = { from: start, to: end ?? addHalfHours(start, USUAL_HALF_HOURS) };
  const slots = (span.to.getTime() - start.getTime()) / HALF_HOUR_MS;
  if (slots < 1)
    throw new PylonError(
      'BAD_USER_INPUT',
      `to: ${span.to.toISOString()} leaves no half hour: the first one begins at ${start.toISOString()}`,
    );
  if (slots > LONGEST_DISPATCH_DAYS * 48)
    throw new PylonError(
      'BAD_USER_INPUT',
      `to: ${span.to.toISOString()} is more than ${LONGEST_DISPATCH_DAYS} days after ${start.toISOString()}`,
    );
  return span;
}

const isAtWork = ({ status }: PlannedAsset): boolean =>
  status === 'IDLE' || status === 'CHARGING' || status === 'DISCHARGING';

export const acts = ({ chargeWh, dischargeWh }: Dispatch, slot: number): boolean =>
  chargeWh[slot] !== 0 || dischargeWh[slot] !== 0;

/** @param perKwh what a kWh comes to, by slot. */
function savedOf(dispatch: Dispatch, perKwh: readonly (number | null)[]): number | null {
  let saved = 0;
  for (const [slot, charged] of dispatch.chargeWh.entries()) {
    if (!acts(dispatch, slot)) continue;
    const each = perKwh[slot] ?? null;
    if (each === null) return null;
    saved += ((dispatch.dischargeWh[slot]! - charged) / 1000) * each;
  }
  return saved;
}

function idleReasonOf(asset: PlannedAsset, dispatch: Dispatch, loadWh: readonly number[]): string | null {
  if (!isAtWork(asset)) return `It is ${asset.status}.`;
  if (dispatch.chargeWh.some((_, slot) => acts(dispatch, slot))) return null;
  if (loadWh.every((wh) => wh === 0))
    return 'No confirmed work of its operator runs in its region then, and it gives nothing to the grid.';
  return 'Charging and feeding the work would save nothing: the outlook differs by less than is lost in it, or is not known.';
}
