import type { EventState } from '../../database/event-states.js';
import type { ComputeTopic } from '../../domain/codes.js';
import { requireRegion } from '../../resolvers/regions.js';
import { filterOf } from '../series.js';
import type { StreamDefinition, StreamMessage } from '../stream.js';

/** A message about a row of the compute side. */
export interface ComputeMessage extends StreamMessage {
  /** Of CHANGE: the row as of the event, by its columns. */
  readonly state?: EventState | null;
}

/** Lets a row through whose column, or one of whose columns, holds one of some values. */
export type RowFilter = (state: EventState) => boolean;

/**
 * @param name of the argument, for whom it is refused.
 * @param wanted null or left out: every row passes.
 * @throws {PylonError} BAD_USER_INPUT for a filter that lets nothing through.
 */
export function among(
  name: string,
  columns: readonly string[],
  wanted: readonly unknown[] | null | undefined,
): RowFilter {
  const values = filterOf(name, wanted);
  return values ? (state) => columns.some((column) => values.has(state[column])) : () => true;
}

/** @throws {PylonError} BAD_USER_INPUT, REGION_NOT_FOUND */
export function amongRegions(regionIds: readonly number[] | null | undefined): RowFilter {
  regionIds?.forEach(requireRegion);
  return among('regionIds', ['region_id'], regionIds);
}

/** Changes of the rows of one topic that pass all filters, each as of its event; of those that the reader may see. */
export function computeStream(
  topic: ComputeTopic,
  after: string | null | undefined,
  filters: readonly RowFilter[],
): StreamDefinition {
  const topics = new Set([topic]);
  return {
    after: after ?? null,
    pick: (batch) => batch.ofTopics(topics),
    show(event, objects) {
      const state = objects.state(event);
      return state && filters.every((passes) => passes(state)) ? { state } : null;
    },
  };
}
