/** For what a compute window may be bought: what its operator allows its agent, what the work allows, what the grid costs there. */
import { FINAL_STATUSES, WAITING_STATUSES, type WorkloadStatus } from '../domain/compute/workload-states.js';
import { firstHalfHour, halfHoursOf } from '../domain/compute/begin-time.js';
import { HALF_HOUR_MS, addHalfHours } from '../domain/half-hour.js';
import { leaveOf } from '../domain/beckn-order/leave.js';
import { covers } from '../domain/beckn-order/window-span.js';
import type { ProposedDecision } from './policy.js';
import type { PlacementSeen, View, WindowTerms, WorkloadSeen } from './seen.js';

export type Evaluated = NonNullable<ProposedDecision['constraintsEvaluated']>[number];

/** Whether a window suits some work where it is placed, limit by limit. Energy is that of the facility, as the planner counts it. */
export function evaluateTerms(
  view: Pick<View, 'agent' | 'outlook' | 'now'>,
  work: WorkloadSeen,
  placement: PlacementSeen,
  terms: WindowTerms,
): Evaluated[] {
  const { gbpPerMwh: price, gco2PerKwh: carbon, capacityMw, renewablePct } = terms;
  const kwh = work.estimatedEnergyKwh * placement.pue;
  const grid = gridPriceOf(view, placement);
  const max = leaveOf(view.agent)?.maxGbpPerMwh;
  const isLimited = [grid, max, work.maxPriceGbpPerMwh, work.maxCostGbp].some((limit) => limit != null);
  const atMost = (name: string, unit: string, limit: number | null | undefined, value: number | null) =>
    limit == null ? [] : [{ name, unit, limit, value, satisfied: value !== null && value <= limit }];
  const atLeast = (name: string, unit: string, limit: number | null, value: number | null) =>
    limit === null ? [] : [{ name, unit, limit, value, satisfied: value !== null && value >= limit }];
  return [
    ...(price === null
      ? [{ name: 'gbpPerMwh', unit: 'GBP/MWh', limit: null, value: null, satisfied: false }]
      : []),
    ...atMost('maxWindowGbpPerMwh', 'GBP/MWh', max, price),
    ...atMost('gridGbpPerMwh', 'GBP/MWh', grid, price),
    // Else any price would do.
    ...(isLimited
      ? []
      : [{ name: 'gridGbpPerMwh', unit: 'GBP/MWh', limit: null, value: price, satisfied: false }]),
    ...atMost('maxPriceGbpPerMwh', 'GBP/MWh', work.maxPriceGbpPerMwh, price),
    ...atMost('maxCostGbp', 'GBP', work.maxCostGbp, price === null ? null : (price * kwh) / 1_000),
    ...atMost('maxCarbonIntensityGco2PerKwh', 'gCO2/kWh', work.maxCarbonIntensityGco2PerKwh, carbon),
    ...atMost('carbonBudgetGco2', 'gCO2', work.carbonBudgetGco2, carbon === null ? null : carbon * kwh),
    ...atLeast('minRenewablePct', '%', work.minRenewablePct, renewablePct),
    ...atLeast(
      'facilityPowerKw',
      'kW',
      work.powerKw * placement.pue,
      capacityMw === null ? null : capacityMw * 1_000,
    ),
  ];
}

/** What the grid is expected to cost over the half hours of a place that are not over, GBP/MWh: the mean of those that are known; null: none is. */
function gridPriceOf(
  { outlook, now }: Pick<View, 'outlook' | 'now'>,
  { regionId, slots }: PlacementSeen,
): number | null {
  const ahead = new Set(slots.filter((slot) => addHalfHours(slot, 1) > now).map((slot) => slot.getTime()));
  const prices = outlook.flatMap((half) =>
    half.regionId === regionId && ahead.has(half.from.getTime()) ? (half.gbpPerMwh ?? []) : [],
  );
  return prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0) / prices.length;
}

/** How work stands to a window that is bought for it. */
export type Fit =
  /** It has its place within it. */
  | 'SERVES'
  /** It has no place now, and can still get one within it. */
  | 'WAITS'
  /** It runs elsewhere or at another time, or can no longer be done within it. */
  | 'MISSES'
  /** It is over. */
  | 'ENDED';

/** @param work null: it is over, or more pressing work was shown in its stead, which `workStatus` tells. */
export function fitOf(
  window: Pick<WindowTerms, 'regionId' | 'from' | 'to'> & { readonly workStatus: WorkloadStatus },
  work: WorkloadSeen | null,
  now: Date,
): Fit | null {
  const status = work?.status ?? window.workStatus;
  if ((FINAL_STATUSES as readonly WorkloadStatus[]).includes(status)) return 'ENDED';
  if (!work) return null;
  if (work.placement) return covers(window, work.placement, now) ? 'SERVES' : 'MISSES';
  if (!(WAITING_STATUSES as readonly WorkloadStatus[]).includes(status)) return 'MISSES';
  const first = Math.max(
    firstHalfHour(work, now).getTime(),
    window.from.getTime(),
    work.earliestStart > now ? work.earliestStart.getTime() : 0,
  );
  const begin = new Date(Math.ceil(first / HALF_HOUR_MS) * HALF_HOUR_MS);
  const end = window.to < work.deadline ? window.to : work.deadline;
  return addHalfHours(begin, halfHoursOf(work)) <= end ? 'WAITS' : 'MISSES';
}
