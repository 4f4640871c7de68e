import type { Context } from '../context.js';
import type { SourceRecord } from '../database/source-health.js';
import { circuitOf, type Circuit } from '../domain/circuit.js';
import type { ErrorCode } from '../domain/errors.js';
import { LISTED_SOURCES } from '../ingest/registry.js';
import type { ListedSource } from '../ingest/source.js';

export type SourceState = 'NEVER_RUN' | 'HEALTHY' | 'FAILING' | 'STALE';

export interface SourceHealth {
  readonly source: ListedSource;
  readonly sourceId: number;
  readonly state: SourceState;
  readonly circuit: Circuit;
  readonly failures: number;
  readonly lastSuccessAt: Date | null;
  readonly ageSeconds: number | null;
  readonly lastError: string | null;
  readonly lastErrorCode: ErrorCode | null;
  readonly lastErrorAt: Date | null;
  readonly nextAttemptAt: Date | null;
}

const NO_RECORD: Omit<SourceRecord, 'sourceId'> = {
  lastRunId: null,
  lastFinishedAt: null,
  lastSuccessAt: null,
  heardFrom: null,
  heardTo: null,
  failures: 0,
  lastErrorAt: null,
  lastErrorCode: null,
  lastError: null,
  notBefore: null,
};

/** Answers `sources`: the health of every source of this version, from its latest runs. */
export async function sources({
  database,
  loaders,
  now,
}: Pick<Context, 'database' | 'loaders' | 'now'>): Promise<SourceHealth[]> {
  const records = await loaders.sourceRecords.load('now');
  return LISTED_SOURCES.map((source) => {
    const sourceId = database.sources.idOf(source.id);
    return healthOf(
      source,
      records.find((record) => record.sourceId === sourceId) ?? { ...NO_RECORD, sourceId },
      now,
    );
  });
}

function healthOf(source: ListedSource, record: SourceRecord, now: Date): SourceHealth {
  const ageSeconds = record.lastSuccessAt
    ? Math.max(0, Math.floor((now.getTime() - record.lastSuccessAt.getTime()) / 1000))
    : null;
  const circuit = circuitOf(record, now);
  return {
    source,
    sourceId: record.sourceId,
    state: stateOf(source, record, ageSeconds),
    circuit,
    failures: record.failures,
    lastSuccessAt: record.lastSuccessAt,
    ageSeconds,
    lastError: record.lastError,
    lastErrorCode: record.lastErrorCode,
    lastErrorAt: record.lastErrorAt,
    nextAttemptAt: circuit.nextAttemptAt,
  };
}

function stateOf({ cadence }: ListedSource, record: SourceRecord, ageSeconds: number | null): SourceState {
  if (record.lastRunId === null) return 'NEVER_RUN';
  if (record.failures > 0) return 'FAILING';
  const staleAfterSeconds = cadence ? 2 * cadence.everyMinutes * 60 : Infinity;
  return ageSeconds !== null && ageSeconds > staleAfterSeconds ? 'STALE' : 'HEALTHY';
}
