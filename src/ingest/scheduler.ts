import { schedule } from 'node-cron';
import { maintainPartitions } from '../database/maintenance.js';
import { readSourceRecords, type SourceRecord } from '../database/source-health.js';
import { circuitOf, isDue } from '../domain/circuit.js';
import { PylonError, messageOf } from '../domain/errors.js';
import type { SeriesName } from '../domain/series.js';
import { createDeriver } from './derivations/run.js';
import { FetchAbandoned } from './http-faults.js';
import { isSeries } from './record-kinds.js';
import { SOURCES, type AnySource } from './registry.js';
import { runSource, type RunReport, type RunnerDeps } from './run.js';
import type { ListedSource } from './source.js';
import { fillWithSynthetic } from './synthetic-fill.js';
import { windowNow } from './window.js';

const LEADER_LEASE = 'ingest';
/** The timer fires once a second, a little early or late: a look that is due within half of one is due. */
const TIMER_SLACK_MS = 500;
const GIVE_UP_MS = 250;
const MAINTENANCE_EVERY_MS = 10 * 60_000;

/** What is asked when its source is due, as the sources are, but in a way of its own. */
export interface ScheduledJob {
  readonly source: ListedSource;
  /** Null: there is nothing to report yet. */
  readonly run: () => Promise<RunReport | null>;
}

export interface SchedulerOptions {
  readonly intervalSeconds: number;
  /** Seed of the synthetic values; null when they are off. */
  readonly syntheticSeed: number | null;
  readonly logRetentionHours: number;
  /** None when left out. */
  readonly jobs?: readonly ScheduledJob[];
  readonly onRun?: (report: RunReport) => void;
  /** Sources it looks at; all by default. */
  readonly sources?: readonly AnySource[];
}

export interface Scheduler {
  /**
   * Looks once, now: runs every source that is due, and answers when those are done whose publisher may be asked at
   * once. Those that wait for their turn come in by themselves; `onRun` tells. Null when another process leads.
   */
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
  const sources = options.sources ?? SOURCES;
  /** Runs that wait for their turn at a publisher, by source. */
  const inTurn = new Map<string, Promise<unknown>>();
  const deriver = createDeriver(deps);
  /** Families that runs changed since the last derivation. */
  let changed = new Set<SeriesName>();
  const run = async (due: readonly Due[]): Promise<RunReport[]> => {
    const results = await runEach(deps, due, options);
    for (const { brings, report } of results) if (report.rowsChanged > 0 && brings) changed.add(brings);
    return results.map(({ report }) => report);
  };

  const lookNow = async (): Promise<RunReport[] | null> => {
    if (!(await deps.leases.acquire(LEADER_LEASE))) return null;
    if (Date.now() - maintainedAt >= MAINTENANCE_EVERY_MS) {
      maintainedAt = Date.now();
      await maintainPartitions(deps.database, options.logRetentionHours);
    }
    const due = (await dueOf(deps, sources, options.jobs ?? [])).filter(
      ({ source }) => !inTurn.has(source.id),
    );
    for (const each of due.filter(({ waits }) => waits)) {
      const { id } = each.source;
      inTurn.set(
        id,
        run([each]).finally(() => inTurn.delete(id)),
      );
    }
    const reports = await run(due.filter(({ waits }) => !waits));
    const unreachable = sources.filter(({ id }) =>
      reports.some((report) => report.source === id && isUnreachable(report)),
    );
    if (options.syntheticSeed !== null && unreachable.length > 0)
      await fillWithSynthetic(deps, unreachable, options.syntheticSeed);
    const changedNow = changed;
    changed = new Set();
    await deriver.run(changedNow);
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
      // Also what a source was only about to ask when its look was stopped.
      const givingUp = setInterval(() => deps.http.abandon(), GIVE_UP_MS);
      await current.catch(() => null); // its own failure was already logged or thrown to who asked
      await Promise.all(inTurn.values());
      clearInterval(givingUp);
    },
  };
}

/** What is due now. */
interface Due extends ScheduledJob {
  /** Its publisher is asked in turn, and a look does not wait for that. */
  readonly waits: boolean;
  /** The family that it brings; null for what no value is derived from. */
  readonly brings: SeriesName | null;
}

async function dueOf(
  deps: RunnerDeps,
  sources: readonly AnySource[],
  jobs: readonly ScheduledJob[],
): Promise<Due[]> {
  const now = deps.database.clock.now();
  const records = new Map(
    (await readSourceRecords(deps.database.pool)).map((record) => [record.sourceId, record]),
  );
  const recordOf = ({ id }: ListedSource) => records.get(deps.database.sources.idOf(id));
  const all: readonly Due[] = [
    ...sources.map((source) => ({
      source,
      waits: source.limits !== undefined,
      brings: isSeries(source.produces) ? source.produces : null,
      run: () =>
        runSource(deps, { source, window: windowNow(source, recordOf(source), now), mode: 'SCHEDULED' }),
    })),
    ...jobs.map(({ source, run }) => ({ source, waits: false, brings: null, run })),
  ];
  return all.filter(({ source }) => mayAsk(source, recordOf(source), now));
}

/** Runs what is due side by side; one that fails is logged, and leaves the others alone. */
async function runEach(
  deps: RunnerDeps,
  due: readonly Due[],
  options: SchedulerOptions,
): Promise<{ readonly brings: SeriesName | null; readonly report: RunReport }[]> {
  const results = await Promise.allSettled(
    due.map(async ({ brings, run }) => {
      const report = await run();
      if (report) options.onRun?.(report);
      return report && { brings, report };
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
  if (!source.cadence) return false;
  if (!record) return true;
  return isDue(source.cadence, record.lastSuccessAt, now) && circuitOf(record, now).state !== 'OPEN';
}

export const isUnreachable = ({ error }: RunReport): boolean =>
  error?.code === 'SOURCE_UNAVAILABLE' || error?.code === 'SOURCE_RATE_LIMITED';
