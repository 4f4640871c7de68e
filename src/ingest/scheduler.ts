import { schedule } from 'node-cron';
import { maintainPartitions } from '../database/maintenance.js';
import { readSourceRecords, type SourceRecord } from '../database/source-health.js';
import { circuitOf, isDue } from '../domain/circuit.js';
import { PylonError, messageOf } from '../domain/errors.js';
import { FetchAbandoned } from './http.js';
import { SOURCES } from './registry.js';
import { runSource, type RunReport, type RunnerDeps } from './run.js';
import type { ListedSource } from './source.js';
import { fillWithSynthetic } from './synthetic-fill.js';
import { windowNow } from './window.js';

const LEADER_LEASE = 'ingest';
/** The timer fires once a second, a little early or late: a look that is due within half of one is due. */
const TIMER_SLACK_MS = 500;
const MAINTENANCE_EVERY_MS = 10 * 60_000;

/** What is asked when its source is due, as the sources are, but in a way of its own. */
export interface ScheduledJob {
  readonly source: ListedSource;
  /** Null: there is nothing to report yet. */
  run(): Promise<RunReport | null>;
}

export interface SchedulerOptions {
  readonly intervalSeconds: number;
  /** Seed of the synthetic values; null when they are off. */
  readonly syntheticSeed: number | null;
  readonly logRetentionHours: number;
  /** None when left out. */
  readonly jobs?: readonly ScheduledJob[];
  readonly onRun?: (report: RunReport) => void;
}

export interface Scheduler {
  /** Looks once, now: runs every source that is due. Null when another process leads. */
  look(): Promise<RunReport[] | null>;
  /** No more looks; one under way is ended without waiting for publishers, and what it did not finish is not recorded. */
  stop(): Promise<void>;
}

/**
 * Looks every `intervalSeconds` from now, in one process at a time, at which sources are due, and runs those, side by
 * side. A look never overlaps itself, and a source that fails leaves the others alone.
 */
export function startScheduler(deps: RunnerDeps, options: SchedulerOptions): Scheduler {
  let lookedAt = Date.now();
  let maintainedAt = 0;
  let current: Promise<RunReport[] | null> = Promise.resolve(null);

  const lookNow = async (): Promise<RunReport[] | null> => {
    if (!(await deps.leases.acquire(LEADER_LEASE))) return null;
    if (Date.now() - maintainedAt >= MAINTENANCE_EVERY_MS) {
      maintainedAt = Date.now();
      await maintainPartitions(deps.database, options.logRetentionHours);
    }
    const reports = await runDue(deps, options);
    const unreachable = SOURCES.filter(({ id }) =>
      reports.some((report) => report.source === id && isUnreachable(report)),
    );
    if (options.syntheticSeed !== null && unreachable.length > 0)
      await fillWithSynthetic(deps, unreachable, options.syntheticSeed);
    return reports;
  };
  const look = (): Promise<RunReport[] | null> => {
    lookedAt = Date.now();
    current = current.catch(() => null).then(lookNow);
    return current;
  };

  const task = schedule(
    '* * * * * *',
    async () => {
      if (Date.now() - lookedAt < options.intervalSeconds * 1000 - TIMER_SLACK_MS) return;
      try {
        await look();
      } catch (error) {
        deps.log.error({ error: messageOf(error) }, 'ingest.look.failed');
      }
    },
    { noOverlap: true, timezone: 'UTC', name: 'ingest' },
  );
  return {
    look,
    async stop() {
      await task.stop();
      deps.http.abandon();
      await current.catch(() => null); // its own failure was already logged or thrown to who asked
    },
  };
}

async function runDue(deps: RunnerDeps, options: SchedulerOptions): Promise<RunReport[]> {
  const now = deps.database.clock.now();
  const records = new Map(
    (await readSourceRecords(deps.database.pool)).map((record) => [record.sourceId, record]),
  );
  const recordOf = ({ id }: ListedSource) => records.get(deps.database.sources.idOf(id));
  const jobs: readonly ScheduledJob[] = [
    ...SOURCES.map((source) => ({
      source,
      run: () =>
        runSource(deps, { source, window: windowNow(source, recordOf(source), now), mode: 'SCHEDULED' }),
    })),
    ...(options.jobs ?? []),
  ];
  const due = jobs.filter(({ source }) => mayAsk(source, recordOf(source), now));
  const results = await Promise.allSettled(
    due.map(async (job) => {
      const report = await job.run();
      if (report) options.onRun?.(report);
      return report;
    }),
  );
  return results.flatMap((result, i) => {
    if (result.status === 'fulfilled') return result.value ? [result.value] : [];
    const error: unknown = result.reason;
    const expected =
      error instanceof FetchAbandoned ||
      (error instanceof PylonError && (error.code === 'LEASE_HELD' || error.code === 'LEASE_LOST'));
    deps.log[expected ? 'warn' : 'error'](
      { source: due[i]?.source.id, error: messageOf(error) },
      'ingest.run.refused',
    );
    return [];
  });
}

function mayAsk(source: ListedSource, record: SourceRecord | undefined, now: Date): boolean {
  if (!record) return true;
  return isDue(source.cadence, record.lastSuccessAt, now) && circuitOf(record, now).state !== 'OPEN';
}

export const isUnreachable = ({ error }: RunReport): boolean =>
  error?.code === 'SOURCE_UNAVAILABLE' || error?.code === 'SOURCE_RATE_LIMITED';
