import type { Context } from '../context.js';
import type { GridSignal } from '../domain/grid-signal.js';
import type { SignalNode } from './signal-node.js';

/** No outturn is known for it: what is served is an expectation. */
export const isForecast = (signal: GridSignal): boolean =>
  (signal.carbon?.outturnGco2PerKwh ?? null) === null;

/**
 * Seconds since the carbon values were last confirmed: when they became known or, if later, when their source last
 * answered about that half hour, changed or not. Counted to `asOf` where that was asked. Null without carbon values.
 */
export async function ageSeconds(
  signal: SignalNode,
  { loaders, database, now }: Context,
): Promise<number | null> {
  if (!signal.carbon) return null;
  const { source, knownAt } = signal.carbon.provenance;
  const instant = signal.asOf?.instant ?? now;
  const records = await loaders.sourceRecords.load(signal.asOf?.instant ?? 'now');
  const record = records.find(({ sourceId }) => sourceId === database.sources.idOf(source));
  const heard =
    record?.heardFrom && record.heardTo && record.heardFrom <= signal.from && signal.from < record.heardTo;
  const confirmedAt = Math.max(
    knownAt.getTime(),
    heard && record.lastSuccessAt ? record.lastSuccessAt.getTime() : 0,
  );
  return Math.max(0, Math.floor((instant.getTime() - confirmedAt) / 1000));
}
