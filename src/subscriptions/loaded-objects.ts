import { readWindows } from '../database/compute-market.js';
import type { LogEvent } from '../database/event-log.js';
import { readSignalsAt } from '../database/grid-signals.js';
import type { Database } from '../database/open.js';
import type { IngestRun } from '../generated/prisma/client.js';
import type { SignalNode } from '../resolvers/signal-node.js';
import { nodeOf } from '../resolvers/signal-node.js';
import { windowNode, type ComputeWindowNode } from '../resolvers/window-node.js';

/** The objects that some events are about, each as of its event. */
export interface LoadedObjects {
  signal(event: LogEvent): SignalNode | null;
  ingestRun(event: LogEvent): IngestRun | null;
  computeWindow(event: LogEvent): ComputeWindowNode | null;
}

/** Loads each object once, however many subscribers will be shown it: one statement for signals, one for runs, one for windows. */
export async function loadObjects(
  { pool, prisma, reader }: Database,
  events: readonly LogEvent[],
): Promise<LoadedObjects> {
  const keys = events.flatMap(({ topic, regionId, from, sequence }) =>
    topic === 'GRID_SIGNALS' && regionId !== null && from ? [{ regionId, from, asOf: sequence }] : [],
  );
  const windowIds = idsOf(events.filter(({ topic }) => topic === 'COMPUTE_WINDOWS'));
  const runIds = idsOf(events.filter(({ topic }) => topic !== 'COMPUTE_WINDOWS'));
  const [signals, runs, loadedWindows] = await Promise.all([
    keys.length > 0 ? readSignalsAt(reader, keys) : [],
    runIds.length > 0 ? prisma.ingestRun.findMany({ where: { ingestRunId: { in: runIds } } }) : [],
    windowIds.length > 0 ? readWindows(pool, windowIds) : [],
  ]);
  const bySequence = new Map(keys.map(({ asOf }, i) => [asOf, signals[i] ?? null]));
  const byRun = new Map(runs.map((run) => [run.ingestRunId, run]));
  const byWindow = new Map(loadedWindows.map((window) => [window.computeWindowId, window]));
  return {
    signal({ sequence, knownAt }) {
      const signal = bySequence.get(sequence);
      return signal ? nodeOf(signal, { instant: knownAt, sequence }) : null;
    },
    ingestRun: ({ topic, objectId }) =>
      objectId === null || topic === 'COMPUTE_WINDOWS' ? null : (byRun.get(objectId) ?? null),
    computeWindow({ topic, objectId, sequence }) {
      const window = objectId === null || topic !== 'COMPUTE_WINDOWS' ? undefined : byWindow.get(objectId);
      return window ? windowNode(window, sequence) : null;
    },
  };
}

const idsOf = (events: readonly LogEvent[]): number[] => [
  ...new Set(events.flatMap(({ objectId }) => objectId ?? [])),
];
