import type { NegotiationTerms } from '../../../domain/compute/negotiation-terms.js';
import { HALF_HOUR_MS, addHalfHours, floorToHalfHour } from '../../../domain/half-hour.js';
import { GREAT_BRITAIN } from '../../conditions.js';
import type { OutlookHalfHour, View, WindowSeen } from '../../seen.js';

/** A window, and whether the grid can well bear more demand in it. */
export interface JudgedWindow {
  readonly from: Date;
  readonly to: Date;
  readonly halfHours: readonly OutlookHalfHour[];
  readonly isCalm: boolean;
  readonly words: string;
}

/**
 * What is to be said of a window that is proposed, and the first one as long that is calm, from the proposed one on and before
 * the deadline in the terms; null where there is none.
 */
export function whenCalm(
  view: View,
  { window, extra }: NegotiationTerms,
  limit: number,
): { readonly asProposed: JudgedWindow; readonly calm: JudgedWindow | null } {
  if (!window) throw new RangeError('terms without a window');
  const from = floorToHalfHour(new Date(window.from));
  const to = new Date(window.to);
  const count = Math.ceil((to.getTime() - from.getTime()) / HALF_HOUR_MS);
  const national = new Map(
    view.outlook
      .filter(({ regionId }) => regionId === GREAT_BRITAIN)
      .map((half) => [half.from.getTime(), half]),
  );
  const judge = (start: Date): JudgedWindow => judged(start, count, national, view.windows, limit);
  const asProposed = judge(from);
  const last = Math.max(...national.keys(), from.getTime());
  const deadline = deadlineOf(extra) ?? new Date(last + HALF_HOUR_MS);
  for (let start = from; ; start = addHalfHours(start, 1)) {
    if (addHalfHours(start, count) > deadline || start.getTime() > last) return { asProposed, calm: null };
    const candidate = judge(start);
    if (candidate.isCalm) return { asProposed, calm: candidate };
  }
}

function judged(
  from: Date,
  count: number,
  national: ReadonlyMap<number, OutlookHalfHour>,
  windows: readonly WindowSeen[],
  limit: number,
): JudgedWindow {
  const to = addHalfHours(from, count);
  const halfHours = Array.from({ length: count }, (_, i) =>
    national.get(addHalfHours(from, i).getTime()),
  ).filter((half) => half !== undefined);
  const peak = halfHours.reduce<number | null>(
    (most, { gridStress }) => (gridStress === null ? most : Math.max(most ?? 0, gridStress)),
    null,
  );
  const lessAskedFor = windows.find(
    (window) =>
      window.regionId === GREAT_BRITAIN &&
      window.direction === 'DECREASE_DEMAND' &&
      window.from < to &&
      from < window.to,
  );
  const words = [
    peak === null
      ? 'no grid stress is forecast'
      : `grid stress of at most ${peak.toFixed(2)}, where ${limit.toFixed(2)} is high`,
    ...(lessAskedFor ? [`less demand is asked for by ${lessAskedFor.flexibilityWindowId}`] : []),
  ].join(', and ');
  return { from, to, halfHours, isCalm: (peak ?? 0) < limit && !lessAskedFor, words };
}

function deadlineOf(extra: NegotiationTerms['extra']): Date | null {
  const said = extra?.['deadline'];
  const date = typeof said === 'string' ? new Date(said) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}
