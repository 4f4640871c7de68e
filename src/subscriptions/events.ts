import { TOPIC_CODES, isComputeTopic, type Topic } from '../domain/codes.js';
import { PylonError } from '../domain/errors.js';
import type { StreamDefinition } from './stream.js';

export interface EventStreamArgs {
  readonly topics?: readonly Topic[] | null | undefined;
  readonly after?: string | null | undefined;
}

/** Everything that can be subscribed to and that its reader may see, in one stream. @throws {PylonError} BAD_USER_INPUT */
export function eventStream({ topics, after }: EventStreamArgs): StreamDefinition {
  if (topics?.length === 0)
    throw new PylonError('BAD_USER_INPUT', 'topics names no topic; leave it out for all');
  const wanted = new Set(topics ?? (Object.keys(TOPIC_CODES) as Topic[]));
  return {
    after: after ?? null,
    pick: (batch) => batch.ofTopics(wanted),
    show(event, objects) {
      const state = objects.state(event);
      // Another operator's: not even that it happened is shown.
      if (state === null && isComputeTopic(event.topic)) return null;
      return {
        topic: event.topic,
        knownAt: event.knownAt,
        signal: objects.signal(event),
        ingestRun: objects.ingestRun(event),
        generation: objects.generation(event),
        price: objects.price(event),
        frequency: objects.frequency(event),
        computeWindow: objects.computeWindow(event),
        state,
      };
    },
  };
}
