import type { LogEvent } from '../database/event-log.js';
import { readSignalsAt } from '../database/grid-signals.js';
import type { Database } from '../database/open.js';
import type { IngestRun } from '../generated/prisma/client.js';
import type { SignalNode } from '../resolvers/signal-node.js';
import { nodeOf } from '../resolvers/signal-node.js';

/** The objects that some events are about, each as of its event. */
export interface LoadedObjects {
  signal(event: LogEvent): SignalNode | null;
  ingestRun(event: LogEvent): IngestRun | null;
}

/** Loads each object once, however many subscribers will be shown it: one statement for signals, one for runs. */
export async function loadObjects(
  { prisma, reader }: Database,
  events: readonly LogEvent[],
): Promise<LoadedObjects> {
  const keys = events.flatMap(({ topic, regionId, from, sequence }) =>
    topic === 'GRID_SIGNALS' && regionId !== null && from ? [{ regionId, from, asOf: sequence }] : [],
  );
  const runIds = [...new Set(events.flatMap(({ objectId }) => objectId ?? []))];
  const [signals, runs] = await Promise.all([
    keys.length > 0 ? readSignalsAt(reader, keys) : [],
    runIds.length > 0 ? prisma.ingestRun.findMany({ where: { ingestRunId: { in: runIds } } }) : [],
  ]);
  const bySequence = new Map(keys.map(({ asOf }, i) => [asOf, signals[i] ?? null]));
  const byRun = new Map(runs.map((run) => [run.ingestRunId, run]));
  return {
    signal({ sequence, knownAt }) {
      const signal = bySequence.get(sequence);
      return signal ? nodeOf(signal, { instant: knownAt, sequence }) : null;
    },
    ingestRun: ({ objectId }) => (objectId === null ? null : (byRun.get(objectId) ?? null)),
  };
}
