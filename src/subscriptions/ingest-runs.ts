import { PylonError } from '../domain/errors.js';
import type { StreamDefinition } from './stream.js';

export interface IngestRunStreamArgs {
  readonly sources?: readonly string[] | null | undefined;
  readonly after?: string | null | undefined;
}

const INGEST_RUNS = new Set(['INGEST_RUNS'] as const);

/**
 * Runs that a subscriber may want to hear of.
 *
 * @param sourceIdOf throws SOURCE_NOT_FOUND for an id that no source has.
 * @throws {PylonError} BAD_USER_INPUT
 */
export function ingestRunStream(
  { sources, after }: IngestRunStreamArgs,
  sourceIdOf: (code: string) => number,
): StreamDefinition {
  if (sources?.length === 0)
    throw new PylonError('BAD_USER_INPUT', 'sources names no source; leave it out for all');
  const wanted = sources ? new Set(sources.map(sourceIdOf)) : null;
  return {
    after: after ?? null,
    pick: (batch) => batch.ofTopics(INGEST_RUNS),
    show(event, objects) {
      const ingestRun = objects.ingestRun(event);
      return ingestRun && (!wanted || wanted.has(ingestRun.sourceId)) ? { ingestRun } : null;
    },
  };
}
