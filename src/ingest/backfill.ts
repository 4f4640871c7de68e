import { setTimeout as sleep } from 'node:timers/promises';
import { PylonError } from '../domain/errors.js';
import { floorToHalfHour } from '../domain/half-hour.js';
import type { Window } from '../domain/ingest-run.js';
import { openBackfill } from '../database/backfills.js';
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
  /** Most memory seen at the end of a window, MiB. */
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

/**
 * Streams a source's history in, oldest first, one window a transaction that also moves the checkpoint: killed at any
 * moment, the same command goes on after the last window that was stored. One backfill of a source at a time.
 *
 * @throws {PylonError} BAD_USER_INPUT for a span the source has no history of; LEASE_HELD when another process is
 *   backfilling this source; or the error of a window that failed four times, with the checkpoint where it was.
 */
export async function backfill(
  deps: RunnerDeps,
  source: AnySource,
  span: Window,
  { onProgress = () => undefined, wait = sleep, leaseSeconds = 10 }: BackfillOptions = {},
): Promise<BackfillReport> {
  const whole = { from: floorToHalfHour(span.from), to: floorToHalfHour(span.to) };
  const { windowDays } = historyOf(source, whole, deps.database.clock.now());
  const lease = await acquire(deps, source, wait, leaseSeconds);
  try {
    const { backfillId, nextFrom } = await openBackfill(deps.database, source.id, whole);
    const tally = startTally();
    for (const window of historyWindows({ from: nextFrom, to: whole.to }, windowDays)) {
      tally.count(
        await runWindow(deps, {
          source,
          window,
          backfillId,
          wait,
          onRetry: (retries) => tally.countRetries(retries),
        }),
      );
      const report = tally.report();
      onProgress({ ...report, ...progressOf(whole, nextFrom, window.to, report.seconds) });
    }
    return tally.report();
  } finally {
    await giveBack(deps, lease);
  }
}

function startTally() {
  const startedAt = performance.now();
  const rssMb = (): number => process.memoryUsage.rss() / 2 ** 20;
  const total = { rows: 0, changed: 0, refused: 0, windows: 0, retries: 0, peakRssMb: rssMb() };
  return {
    countRetries(retries: number): void {
      total.retries += retries;
    },
    count(run: RunReport): void {
      total.rows += run.rowsRead - run.rowsOutside;
      total.changed += run.rowsChanged;
      total.refused += run.rowsRefused;
      total.windows += 1;
      total.retries += run.retries;
      total.peakRssMb = Math.max(total.peakRssMb, rssMb());
    },
    report(): BackfillReport {
      const { rows, changed, refused, windows, retries, peakRssMb } = total;
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

/** The right to backfill this source. A killed predecessor's runs out by itself, and is waited for. */
async function acquire(
  { leases }: RunnerDeps,
  source: AnySource,
  wait: (ms: number) => Promise<unknown>,
  leaseSeconds: number,
): Promise<Lease> {
  for (let waited = 0; ; waited += LEASE_POLL_MS) {
    const lease = await leases.acquire(`backfill:${source.id}`);
    if (lease) return lease;
    if (waited > leaseSeconds * 1000)
      throw new PylonError(
        'LEASE_HELD',
        `another process is backfilling ${source.id} now; wait for it or stop it`,
      );
    await wait(LEASE_POLL_MS);
  }
}

interface WindowRun {
  readonly source: AnySource;
  readonly window: Window;
  readonly backfillId: number;
  readonly wait: (ms: number) => Promise<unknown>;
  readonly onRetry: (retries: number) => void;
}

async function runWindow(deps: RunnerDeps, run: WindowRun): Promise<RunReport> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await runAlone(deps, run);
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
async function runAlone(
  deps: RunnerDeps,
  { source, window, backfillId, wait }: WindowRun,
): Promise<RunReport> {
  for (let poll = 1; ; poll += 1) {
    try {
      return await runSource(deps, { source, window, mode: 'BACKFILL', backfillId });
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
