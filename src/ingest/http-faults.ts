import type { Dispatcher } from 'undici';
import { PylonError, messageOf } from '../domain/errors.js';

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 400;
/** A longer Retry-After ends the run; the circuit then keeps to it. */
const LONGEST_WAIT_IN_RUN_MS = 5_000;
/** A Retry-After beyond it counts as this: a typing error there must not silence a source for years. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/** We stopped asking; it says nothing about the publisher. */
export class FetchAbandoned extends Error {}

export const abandoned = (url: string, cause: unknown): FetchAbandoned =>
  new FetchAbandoned(`${url} was given up: this process is stopping`, { cause });

/** Milliseconds until the next try, with full jitter; null when trying again cannot help, or must wait too long, or was tried enough. */
export function waitBeforeRetry(error: unknown, attempt: number, now: Date): number | null {
  if (attempt >= ATTEMPTS) return null;
  if (
    !(error instanceof PylonError) ||
    (error.code !== 'SOURCE_UNAVAILABLE' && error.code !== 'SOURCE_RATE_LIMITED')
  )
    return null;
  // A name that does not resolve or a port that refuses will do so again in a second: one more try is enough.
  if (error.details['unreachable'] === true && attempt >= 2) return null;
  const notBefore = error.details['notBefore'];
  if (notBefore instanceof Date) {
    const asked = notBefore.getTime() - now.getTime();
    return asked <= LONGEST_WAIT_IN_RUN_MS ? Math.max(asked, 0) + Math.random() * 200 : null;
  }
  return FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
}

const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** @param httpStatus of an answer whose body could not be read; null where there was no answer. */
export function readError(
  url: string,
  error: unknown,
  httpStatus: number | null,
  maxBodyBytes: number,
): PylonError {
  const cause =
    error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'ERR_BUFFER_TOO_LARGE') {
    return new PylonError('SOURCE_CONTRACT_BROKEN', `${url} answered more than ${maxBodyBytes} bytes`, {
      cause: error,
      details: { httpStatus },
    });
  }
  return new PylonError(
    'SOURCE_UNAVAILABLE',
    `${url} could not be read: ${code ? `${code}, ` : ''}${messageOf(cause)}`,
    { cause: error, details: { httpStatus, unreachable: UNREACHABLE.has(code) } },
  );
}

export function statusError(
  url: string,
  httpStatus: number,
  headers: Dispatcher.ResponseData['headers'],
  now: Date,
  text: string,
): PylonError {
  const said = `${url} answered ${httpStatus}: ${excerpt(text)}`;
  const notBefore = retryAfter(headers['retry-after'], now);
  if (httpStatus === 429)
    return new PylonError('SOURCE_RATE_LIMITED', said, { details: { httpStatus, notBefore } });
  if (httpStatus >= 500)
    return new PylonError('SOURCE_UNAVAILABLE', said, { details: { httpStatus, notBefore } });
  return new PylonError('SOURCE_CONTRACT_BROKEN', said, { details: { httpStatus } });
}

/**
 * The instant of a Retry-After header, in seconds or as an HTTP date (taken as a distance from the answer's real time);
 * null for anything else. JavaScript reads a date into nearly any text, so only the form of one is tried.
 */
function retryAfter(header: string | string[] | undefined, now: Date): Date | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]+, .* GMT$/.test(text)
      ? Date.parse(text) - Date.now()
      : Number.NaN;
  if (Number.isNaN(ms)) return null;
  return new Date(now.getTime() + Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS));
}

export const excerpt = (text: string): string => JSON.stringify(text.slice(0, 160).replaceAll(/\s+/g, ' '));
