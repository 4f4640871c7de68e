import type { LogEvent } from '../database/event-log.js';
import type { Topic } from '../domain/codes.js';

/** A run of the log, indexed once by the keys that subscriptions route by. */
export class Batch {
  readonly #byTopic = new Map<Topic, LogEvent[]>();
  readonly #byRegion = new Map<number, LogEvent[]>();

  constructor(events: readonly LogEvent[]) {
    for (const event of events) {
      append(this.#byTopic, event.topic, event);
      if (event.topic === 'GRID_SIGNALS' && event.regionId !== null)
        append(this.#byRegion, event.regionId, event);
    }
  }

  /** Events of some topics, in log order. */
  ofTopics(topics: ReadonlySet<Topic>): readonly LogEvent[] {
    return inLogOrder([...topics].map((topic) => this.#byTopic.get(topic) ?? []));
  }

  /** Grid signals of some regions, in log order. */
  ofRegions(regionIds: ReadonlySet<number>): readonly LogEvent[] {
    return inLogOrder([...regionIds].map((regionId) => this.#byRegion.get(regionId) ?? []));
  }
}

function append<Key>(lists: Map<Key, LogEvent[]>, key: Key, event: LogEvent): void {
  const list = lists.get(key);
  if (list) list.push(event);
  else lists.set(key, [event]);
}

function inLogOrder(lists: readonly (readonly LogEvent[])[]): readonly LogEvent[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length < 2) return filled[0] ?? [];
  return filled.flat().sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
}
