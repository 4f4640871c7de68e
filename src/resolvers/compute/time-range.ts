import { PylonError } from '../../domain/errors.js';

export interface TimeRangeArgs {
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

/** A span of instants, open where an end is left out; null for all of time. @throws {PylonError} BAD_USER_INPUT */
export function timeRange({ from, to }: TimeRangeArgs): { readonly gte?: Date; readonly lt?: Date } | null {
  if (from && to && from >= to)
    throw new PylonError(
      'BAD_USER_INPUT',
      `from ${from.toISOString()} to ${to.toISOString()}: from must lie before to`,
    );
  return from || to ? { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } : null;
}
