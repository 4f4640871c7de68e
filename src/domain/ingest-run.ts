import type { ErrorCode } from './errors.js';
import type { Refusal } from './grid-statement.js';

export type RunMode = 'SCHEDULED' | 'COMMAND' | 'BACKFILL';

/** Half-open span of time that a run asked for: `from` inside, `to` outside. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** What the runner knows of a run when it ends; the database adds what was new. */
export interface RunRecord {
  readonly sourceId: number;
  readonly mode: RunMode;
  readonly endpoint: string;
  readonly window: Window;
  readonly startedAt: Date;
  readonly httpStatus: number | null;
  readonly retries: number;
  readonly rowsRead: number;
  readonly rowsRefused: number;
  readonly rowsDuplicate: number;
  /** The first of them; `rowsRefused` counts all. */
  readonly refusals: readonly Refusal[];
  readonly backfillId: number | null;
  readonly failure: {
    readonly code: ErrorCode;
    readonly message: string;
    /** Until when the publisher asked not to be asked; null where it did not. */
    readonly notBefore: Date | null;
  } | null;
}

/** What a run brought. */
export interface RunOutcome {
  readonly runId: number;
  /** Rows about a half hour that the source had never spoken of. */
  readonly rowsNew: number;
  /** Rows that said something new; `rowsNew` of them for the first time. */
  readonly rowsChanged: number;
  /** Last sequence of its commit; null when it appended nothing. */
  readonly lastSequence: bigint | null;
}
