import { PylonError, messageOf } from '../domain/errors.js';

/** SQLSTATE of a write that names a lease which another process has by now. */
const LEASE_LOST = 'PY001';
/** Classes of SQLSTATE that pass by themselves: lost connections, conflicts, no resources, locks, a server that is told to stop. */
const PASSING_CLASSES = ['08', '40', '53', '55', '57'];
const PASSING_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'DATABASE_UNAVAILABLE',
  'PLANNER_BUSY',
];
/** What pg says without a code. */
const PASSING_WORDS = /connection terminated|timeout exceeded when trying to connect|query read timeout/i;

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

export const isLeaseLost = (error: unknown): boolean => codeOf(error) === LEASE_LOST;

/** Whether it is the database, or the way there, that fails, and not what is to be done: then it is tried for as long as it takes. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (code === null) return PASSING_WORDS.test(messageOf(error));
  return PASSING_CODES.includes(code) || (code.length === 5 && PASSING_CLASSES.includes(code.slice(0, 2)));
}

/** What a policy throws is its own failure. */
export const asFailure = (error: unknown): PylonError =>
  error instanceof PylonError && error.code === 'AGENT_FAILED'
    ? error
    : new PylonError('AGENT_FAILED', `the policy failed: ${messageOf(error)}`, { cause: error });

/** @throws {PylonError} AGENT_FAILED */
export function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw asFailure(error);
  }
}
