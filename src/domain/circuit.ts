/**
 * Whether to ask a source, from its latest runs alone: after a failure it is asked again at the next look, after three in
 * a row only after a pause that doubles, and never before the publisher's own Retry-After. Derived, never stored: a
 * restart or another process comes to the same answer.
 */
export const FAILURES_TO_OPEN = 3;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

export interface CircuitEvidence {
  /** Failed runs since the last success. */
  readonly failures: number;
  /** When the newest run ended; null when there is none. */
  readonly lastFinishedAt: Date | null;
  /** Until when the publisher asked not to be asked. */
  readonly notBefore: Date | null;
}

export interface Circuit {
  readonly state: CircuitState;
  /** From when the source may be asked; null means at once. */
  readonly nextAttemptAt: Date | null;
}

/** OPEN: not asked. HALF_OPEN: the pause is over and one attempt decides. */
export function circuitOf({ failures, lastFinishedAt, notBefore }: CircuitEvidence, now: Date): Circuit {
  const pauseMs =
    failures < FAILURES_TO_OPEN
      ? 0
      : Math.min(FIRST_PAUSE_MS * 2 ** (failures - FAILURES_TO_OPEN), LONGEST_PAUSE_MS);
  const resume = Math.max(
    pauseMs > 0 && lastFinishedAt ? lastFinishedAt.getTime() + pauseMs : 0,
    notBefore?.getTime() ?? 0,
  );
  if (resume > now.getTime()) return { state: 'OPEN', nextAttemptAt: new Date(resume) };
  return { state: failures >= FAILURES_TO_OPEN ? 'HALF_OPEN' : 'CLOSED', nextAttemptAt: null };
}

/**
 * Whether the publisher has had an update since the last success: updates come every `everyMinutes`, `afterMinutes`
 * past the boundary, UTC.
 */
export function isDue(
  cadence: { readonly everyMinutes: number; readonly afterMinutes: number },
  lastSuccessAt: Date | null,
  now: Date,
): boolean {
  if (!lastSuccessAt) return true;
  const updatesBy = (instant: Date): number =>
    Math.floor((instant.getTime() / 60_000 - cadence.afterMinutes) / cadence.everyMinutes);
  return updatesBy(now) > updatesBy(lastSuccessAt);
}
