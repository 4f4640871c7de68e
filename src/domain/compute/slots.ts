import { HALF_HOUR_MS, addHalfHours, floorToHalfHour, isHalfHour } from '../half-hour.js';
import type { Fault } from '../refusal.js';

/** Half hours of 31 days. */
export const MOST_SLOTS = 31 * 48;

/** Power of the work itself in one half hour. */
export interface Slot {
  readonly from: Date;
  readonly powerKw: number;
}

/** Faults of slots by themselves: on the half hours, each once, none over. The half hour that covers `now` is allowed. */
export function slotFaults(slots: readonly Slot[], now: Date, path: string): Fault[] {
  const present = floorToHalfHour(now);
  const seen = new Set<number>();
  return slots.flatMap(({ from }, i) => {
    const at = `${path}.${i}.from`;
    if (!isHalfHour(from)) return [{ path: at, message: 'must be the start of a half hour, :00 or :30 UTC' }];
    if (seen.has(from.getTime()))
      return [{ path: at, message: `${from.toISOString()} is named more than once` }];
    seen.add(from.getTime());
    return from < present ? [{ path: at, message: `${from.toISOString()} is over` }] : [];
  });
}

/** What of a workload says where and when it may run. Empty lists: anywhere. */
export interface Whereabouts {
  readonly earliestStart: Date;
  readonly deadline: Date;
  readonly allowedRegionIds: readonly number[];
  readonly allowedDcIds: readonly string[];
}

/** Limits of a workload that slots at a data centre would break. The half hours that its start and its deadline fall in are inside. */
export function limitFaults(
  limits: Whereabouts,
  centre: { readonly dcId: string; readonly regionId: number },
  slots: readonly Pick<Slot, 'from'>[],
  path: string,
): Fault[] {
  const first = floorToHalfHour(limits.earliestStart);
  const end = new Date(Math.ceil(limits.deadline.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS);
  return [
    ...placeFaults(limits, centre),
    ...slots.flatMap(({ from }, i) => {
      const at = `${path}.${i}.from`;
      if (from < first)
        return [
          {
            path: at,
            message: `${from.toISOString()} is before its earliest start, ${limits.earliestStart.toISOString()}`,
          },
        ];
      if (addHalfHours(from, 1) > end)
        return [
          {
            path: at,
            message: `${from.toISOString()} is after its deadline, ${limits.deadline.toISOString()}`,
          },
        ];
      return [];
    }),
  ];
}

/** Why a workload may not run at a data centre by its own limits; none: it may. */
export function placeFaults(
  { allowedRegionIds, allowedDcIds }: Pick<Whereabouts, 'allowedRegionIds' | 'allowedDcIds'>,
  { dcId, regionId }: { readonly dcId: string; readonly regionId: number },
): Fault[] {
  return [
    ...(allowedRegionIds.length > 0 && !allowedRegionIds.includes(regionId)
      ? [
          {
            path: 'input.dcId',
            message: `it is in region ${regionId}; allowed are ${allowedRegionIds.join(', ')}`,
          },
        ]
      : []),
    ...(allowedDcIds.length > 0 && !allowedDcIds.includes(dcId)
      ? [{ path: 'input.dcId', message: `allowed are ${allowedDcIds.join(', ')}` }]
      : []),
  ];
}
