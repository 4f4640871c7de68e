import { PylonError } from '../domain/errors.js';
import { intensityOf } from '../domain/grid-signal.js';
import { requireRegion } from '../resolvers/regions.js';
import type { StreamDefinition } from './stream.js';

export interface GridSignalStreamArgs {
  readonly regionIds?: readonly number[] | null | undefined;
  readonly belowGco2PerKwh?: number | null | undefined;
  readonly aboveGco2PerKwh?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const GRID_SIGNALS = new Set(['GRID_SIGNALS'] as const);

/** Changes of grid signals. @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT */
export function gridSignalStream({
  regionIds,
  belowGco2PerKwh,
  aboveGco2PerKwh,
  after,
}: GridSignalStreamArgs): StreamDefinition {
  if (regionIds?.length === 0)
    throw new PylonError('BAD_USER_INPUT', 'regionIds names no region; leave it out for all');
  const regions = regionIds ? new Set(regionIds) : null;
  regions?.forEach(requireRegion);
  const below = belowGco2PerKwh ?? null;
  const above = aboveGco2PerKwh ?? null;
  return {
    after: after ?? null,
    pick: (batch) => (regions ? batch.ofRegions(regions) : batch.ofTopics(GRID_SIGNALS)),
    show(event, objects) {
      const signal = objects.signal(event);
      if (!signal) return null;
      if (below === null && above === null) return { signal };
      const intensity = intensityOf(signal);
      const inside =
        intensity !== null && (below === null || intensity < below) && (above === null || intensity > above);
      return inside ? { signal } : null;
    },
  };
}
