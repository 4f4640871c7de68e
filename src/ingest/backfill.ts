import { setTimeout as sleep } from 'node:timers/promises';
import { PylonError } from '../domain/errors.js';
import { floorToHalfHour } from '../domain/half-hour.js';
import type { Window } from '../domain/ingest-run.js';
import { openBackfill, type Checkpoint } from '../database/backfills.js';
import type { Lease } from '../database/leases.js';
import type { AnySource } from './registry.js';
import { giveBack, runSource, type RunReport, type RunnerDeps } from './run.js';
import { historyWindows } from './window.js';

const TRIES_A_WINDOW = 4;
const FIRST_WAIT_MS = 2_000;
/** A longer Retry-After ends the backfill; the same command goes on later. */
const LONGEST_WAIT_MS = 5 * 60_000;
const LEASE_POLL_MS = 1_000;
/** A scheduled run of the same source, which a window waits for, takes no longer than its time-outs and retries. */
const SOURCE_LEASE_POLLS = 180;

export interface BackfillReport {
  /** Rows about the span that the publisher sent, good or not; what adjoining windows answer twice counts once. */
  readonly rows: number;
  readonly changed: number;
  readonly refused: number;
  readonly windows: number;
  readonly retries: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Most memory that this process ever held, MiB. */
  readonly peakRssMb: number;
}

export interface BackfillProgress extends BackfillReport {
  /** Share done of the whole span, 0–1, what an earlier run did included. */
  readonly done: number;
  readonly secondsLeft: number | null;
}

export interface BackfillOptions {
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Waits between tries, in real time; a test passes one that does not. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** How long a backfill of the same source that was killed may still hold its lease, seconds. */
  readonly leaseSeconds?: number;
}

/** A history to bring in, window by window. */
export interface BackfillJob {
  /** What it is of, in the lease and in messages. */
  readonly name: string;
  readonly whole: Window;
  readonly open: () => Promise<Checkpoint>;
  /** The windows from a checkpoint on, oldest first. */
  readonly windowsFrom: (from: Date) => readonly Window[];
  /** Brings one in, and moves the checkpoint in the same transaction. */
  readonly run: (
    window: Window,
    backfillId: number,
    onRows: (rowsRead: number) => void,
  ) => Promise<RunReport>;
}

type BackfillDeps = Pick<RunnerDeps, 'database' | 'leases' | 'log'>;

/**
 * Streams a source's history in: {@link runBackfill} of its windows.
 *
 * @throws {PylonError} BAD_USER_INPUT for a span the source has no history of; else as `runBackfill`.
 */
export async function backfill(
  deps: RunnerDeps,
  source: AnySource,
  span: Window,
  options: BackfillOptions = {},
): Promise<BackfillReport> {
  const whole = { from: floorToHalfHour(span.from), to: floorToHalfHour(span.to) };
  const { windowDays } = historyOf(source, whole, deps.database.clock.now());
  return runBackfill(
    deps,
    {
      name: source.id,
      whole,
      open: () => openBackfill(deps.database, source.id, whole),
      windowsFrom: (from) => historyWindows({ from, to: whole.to }, windowDays),
      run: (window, backfillId) => runSource(deps, { source, window, mode: 'BACKFILL', backfillId }),
    },
    options,
  );
}

/**
 * Runs a backfill, oldest window first, one window a transaction that also moves the checkpoint: killed at any moment, the
 * same command goes on after the last window that was stored. One backfill of a name at a time.
 *
 * @throws {PylonError} LEASE_HELD when another process is backfilling the same; or the error of a window that failed four
 *   times, with the checkpoint where it was.
 */
export async function runBackfill(
  deps: BackfillDeps,
  job: BackfillJob,
  { onProgress = () => undefined, wait = sleep, leaseSeconds = 10 }: BackfillOptions = {},
): Promise<BackfillReport> {
  const lease = await acquire(deps, job.name, wait, leaseSeconds);
  try {
    const { backfillId, nextFrom } = await job.open();
    const tally = startTally();
    const tell = (reached: Date): void => {
      const report = tally.report();
      onProgress({ ...report, ...progressOf(job.whole, nextFrom, reached, report.seconds) });
    };
    for (const window of job.windowsFrom(nextFrom)) {
      tally.count(
        await runWindow(deps, {
          job,
          window,
          backfillId,
          wait,
          onRetry: (retries) => tally.countRetries(retries),
          onRows(rowsRead) {
            tally.expect(rowsRead);
            tell(reachedIn(window, tally.shareOfWindow(rowsRead)));
          },
        }),
      );
      tell(window.to);
    }
    return tally.report();
  } finally {
    await giveBack(deps, lease);
  }
}

/** How far into a window it is by the share of its rows that came in. */
const reachedIn = ({ from, to }: Window, share: number): Date =>
  new Date(from.getTime() + share * (to.getTime() - from.getTime()));

function startTally() {
  const startedAt = performance.now();
  const total = { rows: 0, changed: 0, refused: 0, windows: 0, retries: 0 };
  /** Rows of the window under way, and of the one before it. */
  let [underWay, before] = [0, 0];
  return {
    expect(rowsRead: number): void {
      underWay = rowsRead;
    },
    /** Told by the rows of the window before; nothing is known of the first one's. */
    shareOfWindow: (rowsRead: number): number => (before > 0 ? Math.min(rowsRead / before, 0.99) : 0),
    countRetries(retries: number): void {
      total.retries += retries;
    },
    count(run: RunReport): void {
      underWay = 0;
      before = run.rowsRead;
      total.rows += run.rowsRead - run.rowsOutside;
      total.changed += run.rowsChanged;
      total.refused += run.rowsRefused;
      total.windows += 1;
      total.retries += run.retries;
    },
    report(): BackfillReport {
      const { changed, refused, windows, retries } = total;
      const rows = total.rows + underWay;
      const peakRssMb = process.resourceUsage().maxRSS / 1024;
      const seconds = (performance.now() - startedAt) / 1000;
      const rowsPerSecond = rows / Math.max(seconds, 1e-3);
      return { rows, changed, refused, windows, retries, seconds, rowsPerSecond, peakRssMb };
    },
  };
}

function progressOf(
  whole: Window,
  begun: Date,
  reached: Date,
  seconds: number,
): { done: number; secondsLeft: number | null } {
  const span = whole.to.getTime() - whole.from.getTime();
  const now = reached.getTime() - begun.getTime();
  return {
    done: (reached.getTime() - whole.from.getTime()) / span,
    secondsLeft: now > 0 ? (seconds * (whole.to.getTime() - reached.getTime())) / now : null,
  };
}

/** The right to backfill this. A killed predecessor's runs out by itself, and is waited for. */
async function acquire(
  { leases }: BackfillDeps,
  name: string,
  wait: (ms: number) => Promise<unknown>,
  leaseSeconds: number,
): Promise<Lease> {
  for (let waited = 0; ; waited += LEASE_POLL_MS) {
    const lease = await leases.acquire(`backfill:${name}`);
    if (lease) return lease;
    if (waited > leaseSeconds * 1000)
      throw new PylonError(
        'LEASE_HELD',
        `another process is backfilling ${name} now; wait for it or stop it`,
      );
    await wait(LEASE_POLL_MS);
  }
}

interface WindowRun {
  readonly job: BackfillJob;
  readonly window: Window;
  readonly backfillId: number;
  readonly wait: (ms: number) => Promise<unknown>;
  readonly onRetry: (retries: number) => void;
  readonly onRows: (rowsRead: number) => void;
}

async function runWindow(deps: BackfillDeps, run: WindowRun): Promise<RunReport> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await runAlone(run);
    if (!report.error) return report;
    const { code, message, notBefore } = report.error;
    const backOffMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
    const askedMs = notBefore ? notBefore.getTime() - deps.database.clock.now().getTime() : 0;
    if (attempt === TRIES_A_WINDOW || askedMs > LONGEST_WAIT_MS) {
      const { from, to } = run.window;
      const until = askedMs > 0 ? ` after ${notBefore?.toISOString()}` : '';
      throw new PylonError(
        code,
        `${from.toISOString()} to ${to.toISOString()}: ${message}. The same command goes on from here${until}.`,
      );
    }
    run.onRetry(report.retries + 1);
    await run.wait(Math.max(backOffMs, askedMs));
  }
}

/** Waits for a scheduled run of the same source, and runs again what another process took over while this one was frozen. */
async function runAlone({ job, window, backfillId, wait, onRows }: WindowRun): Promise<RunReport> {
  for (let poll = 1; ; poll += 1) {
    try {
      return await job.run(window, backfillId, onRows);
    } catch (error) {
      const mayPass =
        error instanceof PylonError && (error.code === 'LEASE_HELD' || error.code === 'LEASE_LOST');
      if (!mayPass || poll === SOURCE_LEASE_POLLS) throw error;
      await wait(LEASE_POLL_MS);
    }
  }
}

function historyOf(
  { id, history }: AnySource,
  { from, to }: Window,
  now: Date,
): { readonly windowDays: number } {
  const refusal = (fault: string): PylonError => new PylonError('BAD_USER_INPUT', fault);
  if (!history) throw refusal(`source ${id} has no history to fetch`);
  if (from >= to)
    throw refusal(`no half hour lies between --from ${from.toISOString()} and --to ${to.toISOString()}`);
  if (from < new Date(history.since)) throw refusal(`source ${id} publishes nothing before ${history.since}`);
  if (to > now) throw refusal(`--to ${to.toISOString()} lies in the future`);
  return history;
}
