import type pg from 'pg';
import { readEvents, type LogEvent } from '../database/event-log.js';
import {
  readEventReaders,
  readEventStates,
  type EventReaders,
  type EventState,
} from '../database/event-states.js';
import { readRunStates, type RunState } from '../database/forecast-revisions.js';
import { isComputeTopic, type Topic } from '../domain/codes.js';
import type { KnownViewer } from '../domain/viewer.js';
import type { AgentTopic, Stimulus } from './seen.js';

interface Batch {
  readonly events: readonly LogEvent[];
  readonly readers: EventReaders;
  /** Runs of ingestion by their number; they are everybody's to see. */
  readonly runs: ReadonlyMap<number, RunState>;
  /** The last sequence that it has come to. */
  readonly upTo: bigint;
}

/** What of a stretch of the log is an agent's business, and how far the stretch reaches. */
export interface Stretch {
  readonly stimuli: readonly Extract<Stimulus, { kind: 'EVENT' }>[];
  readonly upTo: bigint;
}

/** Events that are read at once. */
const BATCH = 500;

/** The log up to a head, read once for all agents that have come equally far, which is nearly all of them. */
export class LogReader {
  readonly #pool: pg.Pool;
  readonly #head: bigint;
  readonly #batches = new Map<bigint, Promise<Batch>>();

  constructor(pool: pg.Pool, head: bigint) {
    this.#pool = pool;
    this.#head = head;
  }

  /** What comes after a sequence, of some topics, as far as a viewer's operator is told of it. */
  async next(after: bigint, viewer: KnownViewer, topics: readonly AgentTopic[]): Promise<Stretch> {
    const { events, readers, runs, upTo } = await this.#batch(after);
    const own = events.filter(
      ({ sequence, topic }) =>
        (topics as readonly string[]).includes(topic) &&
        (readers.get(sequence) ?? [viewer.operatorId]).includes(viewer.operatorId),
    );
    if (own.length === 0) return { stimuli: [], upTo };
    const ofCompute = sequencesOf(own);
    const states: ReadonlyMap<bigint, EventState> =
      ofCompute.length === 0 ? new Map() : await readEventStates(this.#pool, viewer, ofCompute);
    const stimuli = own.flatMap(({ sequence, topic, objectId }) => {
      const state = topic === 'INGEST_RUNS' ? runs.get(objectId ?? 0) : states.get(sequence);
      if (!state) return [];
      return [
        {
          kind: 'EVENT' as const,
          sequence: String(sequence),
          topic: topic as AgentTopic,
          state: { ...state },
        },
      ];
    });
    return { stimuli, upTo };
  }

  #batch(after: bigint): Promise<Batch> {
    const known = this.#batches.get(after);
    if (known) return known;
    const reading = this.#read(after);
    this.#batches.set(after, reading);
    return reading;
  }

  async #read(after: bigint): Promise<Batch> {
    const events = await readEvents(this.#pool, { after, upTo: this.#head, limit: BATCH });
    const meant = events.filter(({ topic }) => isAgentTopic(topic));
    const ofCompute = sequencesOf(meant);
    const ofRuns = meant.flatMap(({ topic, objectId }) =>
      topic === 'INGEST_RUNS' && objectId !== null ? [objectId] : [],
    );
    const last = events.at(-1)?.sequence;
    return {
      events: meant,
      readers: ofCompute.length === 0 ? new Map() : await readEventReaders(this.#pool, ofCompute),
      runs: ofRuns.length === 0 ? new Map() : await readRunStates(this.#pool, ofRuns),
      upTo: last !== undefined && events.length === BATCH ? last : this.#head,
    };
  }
}

const isAgentTopic = (topic: Topic): boolean => isComputeTopic(topic) || topic === 'INGEST_RUNS';

/** Of events that carry a row. */
const sequencesOf = (events: readonly LogEvent[]): readonly bigint[] =>
  events.flatMap(({ sequence, topic }) => (isComputeTopic(topic) ? [sequence] : []));
