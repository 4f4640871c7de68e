import type { LogEvent } from '../database/event-log.js';
import type { Batch } from './batch.js';
import type { LoadedObjects } from './loaded-objects.js';

export type StreamKind = 'READY' | 'CHANGE' | 'GAP' | 'PROGRESS';

/** What every message of every subscription holds. Cursors are opaque text. */
export interface StreamMessage {
  readonly kind: StreamKind;
  readonly cursor: string;
  readonly gap: { readonly from: string; readonly to: string } | null;
}

/** What one subscription field, with its arguments, wants of the log. */
export interface StreamDefinition {
  /** Cursor to resume from; null for live from now. */
  readonly after: string | null;
  /** The events it wants, told by their keys alone, in log order. */
  pick(batch: Batch): readonly LogEvent[];
  /**
   * The fields of a CHANGE that show the object as of the event; null when its values are outside the filter.
   * `objects` holds what was loaded for the events that were picked.
   */
  show(event: LogEvent, objects: LoadedObjects): Readonly<Record<string, unknown>> | null;
}

/**
 * A definition in the guise graphql-js asks of a `subscribe` resolver. It is never iterated: the hub takes the definition
 * and serves all subscribers of one document together.
 */
export class OpenedStream implements AsyncIterable<StreamMessage> {
  readonly definition: StreamDefinition;

  constructor(definition: StreamDefinition) {
    this.definition = definition;
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamMessage> {
    throw new Error("streams are served by subscriptions/hub.ts, not by graphql-js's own subscribe()");
  }
}
