import { PylonError } from '../domain/errors.js';
import { requireRegion } from '../resolvers/regions.js';
import type { StreamDefinition } from './stream.js';

export interface ComputeWindowStreamArgs {
  readonly regionIds?: readonly number[] | null | undefined;
  readonly after?: string | null | undefined;
}

const COMPUTE_WINDOWS = new Set(['COMPUTE_WINDOWS'] as const);

/** Changes of compute windows. @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT */
export function computeWindowStream({ regionIds, after }: ComputeWindowStreamArgs): StreamDefinition {
  if (regionIds?.length === 0)
    throw new PylonError('BAD_USER_INPUT', 'regionIds names no region; leave it out for all');
  const regions = regionIds ? new Set(regionIds) : null;
  regions?.forEach(requireRegion);
  return {
    after: after ?? null,
    pick(batch) {
      const events = batch.ofTopics(COMPUTE_WINDOWS);
      return regions ? events.filter(({ regionId }) => regionId !== null && regions.has(regionId)) : events;
    },
    show(event, objects) {
      const computeWindow = objects.computeWindow(event);
      return computeWindow && { computeWindow };
    },
  };
}
