import { readWindows } from '../database/compute-market.js';
import type { LogEvent } from '../database/event-log.js';
import { readEventStates, type EventReaders, type EventState } from '../database/event-states.js';
import { readSignalsAt } from '../database/grid-signals.js';
import type { GraphDatabase } from '../database/prisma.js';
import { readFrequencyBySequence, type FrequencyReading } from '../database/series/frequency.js';
import { readGenerationBySequence, type FuelGeneration } from '../database/series/generation.js';
import { readPricesBySequence, type MarketPrice } from '../database/series/prices.js';
import type { AsOf } from '../resolvers/as-of.js';
import { isComputeTopic, type Topic } from '../domain/codes.js';
import type { Viewer } from '../domain/viewer.js';
import type { IngestRun } from '../generated/prisma/client.js';
import type { SignalNode } from '../resolvers/signal-node.js';
import { nodeOf } from '../resolvers/signal-node.js';
import { windowNode, type ComputeWindowNode } from '../resolvers/window-node.js';

/** The objects that some events are about, each as of its event: those that everybody sees. */
export interface OpenObjects {
  signal(event: LogEvent): SignalNode | null;
  ingestRun(event: LogEvent): IngestRun | null;
  generation(event: LogEvent): FuelGeneration | null;
  price(event: LogEvent): (MarketPrice & { readonly asOf: AsOf }) | null;
  frequency(event: LogEvent): FrequencyReading | null;
  computeWindow(event: LogEvent): ComputeWindowNode | null;
}

/** The same, and those that an audience may see. */
export interface LoadedObjects extends OpenObjects {
  /** The row of the compute side as of the event; null for other topics, and for what the audience may not see. */
  state(event: LogEvent): EventState | null;
}

/**
 * Adds what a viewer may see of the compute side to objects that were loaded for everybody: one statement at most.
 *
 * @param readers of the events, where they are known: then there is none where he may see nothing.
 */
export async function withStates(
  { pool }: Pick<GraphDatabase, 'pool'>,
  viewer: Viewer,
  events: readonly LogEvent[],
  open: OpenObjects,
  readers: EventReaders | null = null,
): Promise<LoadedObjects> {
  const sequences = computeSequences(events).filter((sequence) => mayRead(viewer, sequence, readers));
  const states: ReadonlyMap<bigint, EventState> =
    sequences.length > 0 ? await readEventStates(pool, viewer, sequences) : new Map();
  return { ...open, state: ({ sequence }) => states.get(sequence) ?? null };
}

/** The events that carry a row. */
export const computeSequences = (events: readonly LogEvent[]): readonly bigint[] =>
  events.filter(({ topic }) => isComputeTopic(topic)).map(({ sequence }) => sequence);

function mayRead(viewer: Viewer, sequence: bigint, readers: EventReaders | null): boolean {
  const operators = readers?.get(sequence) ?? null;
  if (operators === null || viewer?.role === 'ADMIN') return true;
  return viewer !== null && operators.includes(viewer.operatorId);
}

/** Loads each object once, however many subscribers will be shown it: one statement a topic. */
export async function loadObjects(
  { pool, prisma, reader }: GraphDatabase,
  events: readonly LogEvent[],
): Promise<OpenObjects> {
  const keys = events.flatMap(({ topic, regionId, from, sequence }) =>
    topic === 'GRID_SIGNALS' && regionId !== null && from ? [{ regionId, from, asOf: sequence }] : [],
  );
  const windowKeys = events.flatMap(({ topic, objectId, sequence }) =>
    topic === 'COMPUTE_WINDOWS' && objectId !== null ? [{ computeWindowId: objectId, asOf: sequence }] : [],
  );
  const runIds = idsOf(events.filter(isOfRun));
  const [signals, runs, loadedWindows, generation, prices, frequency] = await Promise.all([
    keys.length > 0 ? readSignalsAt(reader, keys) : [],
    runIds.length > 0 ? prisma.ingestRun.findMany({ where: { ingestRunId: { in: runIds } } }) : [],
    windowKeys.length > 0 ? readWindows(pool, windowKeys) : [],
    ofTopic(events, 'GENERATION', (statements) => readGenerationBySequence(reader, statements)),
    ofTopic(events, 'PRICES', (statements) => readPricesBySequence(reader, statements)),
    ofTopic(events, 'FREQUENCY', (statements) => readFrequencyBySequence(reader, statements)),
  ]);
  const bySequence = new Map(keys.map(({ asOf }, i) => [asOf, signals[i] ?? null]));
  const byRun = new Map(runs.map((run) => [run.ingestRunId, run]));
  const windowAt = new Map(windowKeys.map(({ asOf }, i) => [asOf, loadedWindows[i] ?? null]));
  return {
    signal({ sequence, knownAt }) {
      const signal = bySequence.get(sequence);
      return signal ? nodeOf(signal, { instant: knownAt, sequence }) : null;
    },
    ingestRun: (event) =>
      event.objectId !== null && isOfRun(event) ? (byRun.get(event.objectId) ?? null) : null,
    computeWindow({ sequence, knownAt }) {
      const window = windowAt.get(sequence);
      return window ? windowNode(window, { instant: knownAt, sequence }) : null;
    },
    generation: ({ sequence }) => generation.get(sequence) ?? null,
    price({ sequence, knownAt }) {
      const price = prices.get(sequence);
      return price ? { ...price, asOf: { instant: knownAt, sequence } } : null;
    },
    frequency: ({ sequence }) => frequency.get(sequence) ?? null,
  };
}

/** The statements that the events of one topic are about, by their sequence, which is the events' own. */
async function ofTopic<Statement extends { readonly sequence: bigint }>(
  events: readonly LogEvent[],
  topic: Topic,
  read: (
    statements: readonly { readonly sequence: bigint; readonly from: Date }[],
  ) => Promise<readonly Statement[]>,
): Promise<Map<bigint, Statement>> {
  const wanted = events.flatMap((event) =>
    event.topic === topic && event.from ? [{ sequence: event.sequence, from: event.from }] : [],
  );
  const statements = wanted.length > 0 ? await read(wanted) : [];
  return new Map(statements.map((statement) => [statement.sequence, statement]));
}

/** Whether the object of an event is an ingest run: numbers of other objects mean other tables. */
const isOfRun = ({ topic }: LogEvent): boolean => topic === 'INGEST_RUNS' || topic === 'CARBON_FACTORS';

const idsOf = (events: readonly LogEvent[]): number[] => [
  ...new Set(events.flatMap(({ objectId }) => objectId ?? [])),
];
