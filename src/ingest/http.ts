import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, interceptors } from 'undici';
import { PylonError } from '../domain/errors.js';
import { openPieces, parsed, readWhole } from './http-answer.js';
import { abandoned, waitBeforeRetry } from './http-faults.js';
import { createLimiter, type RateLimit } from './limiter.js';

/** Largest body taken whole: the largest seen (all regions, 14 days) is about 5 MB. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** A download link leads to the store of the file at most so many steps on. */
const MAX_REDIRECTIONS = 3;

/** Called once a try. */
export type NoteAttempt = (attempt: {
  readonly httpStatus: number | null;
  readonly retried: boolean;
}) => void;

export interface AskOptions {
  /** The publisher's limits, which every try keeps to. */
  readonly limits?: readonly RateLimit[];
}

export interface JsonOptions extends AskOptions {
  /** An answer no older than this, by real time, need not be asked for again. Left out: it is asked for, and not kept. */
  readonly maxAgeMs?: number;
}

export interface HttpClient {
  /**
   * GET of JSON, tried up to three times where another try can help.
   *
   * @throws {PylonError} SOURCE_UNAVAILABLE (network, time-out, 5xx, cut short), SOURCE_RATE_LIMITED (429, with
   *   `details.notBefore`), SOURCE_CONTRACT_BROKEN (other statuses, too large, not JSON).
   * @throws {FetchAbandoned} when `abandon` was called meanwhile.
   */
  json(url: string, note: NoteAttempt, options?: JsonOptions): Promise<unknown>;
  /** The same by POST of a JSON text. Every try sends the same one, so that a receiver can tell it was sent before. */
  post(url: string, text: string, note: NoteAttempt): Promise<unknown>;
  /** GET of text, as `json`, but not parsed; a redirection is followed. */
  text(url: string, note: NoteAttempt, options?: AskOptions): Promise<string>;
  /**
   * GET of an answer of any size, given to `read` in pieces as they come and as fast as it takes them. Tried like `json`
   * until it begins; what breaks off later is told by the pieces. The request is over when `read` is, whether it took all or not.
   *
   * @param deadlineMs how long it may take in all.
   * @throws {PylonError} as `json`; or whatever `read` throws.
   */
  stream<Answer>(
    url: string,
    note: NoteAttempt,
    deadlineMs: number,
    read: (pieces: AsyncIterable<Buffer>) => Promise<Answer>,
  ): Promise<Answer>;
  /** Ends what is under way, waits between tries included: an orderly stop does not wait for a publisher. */
  abandon(): void;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Waits between tries, in real time, until the signal ends it; a test passes one that does not. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Largest body taken, compressed or not; a test passes a small one. */
  readonly maxBodyBytes?: number;
}

const sleepUntil = (ms: number, signal: AbortSignal): Promise<unknown> => sleep(ms, undefined, { signal });

/** As many wait on it as there are publishers that fail at once: Node would warn of a leak from the eleventh on. */
function abortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeoutMs, now, wait = sleepUntil, maxBodyBytes = MAX_BODY_BYTES } = options;
  let underWay = abortController();
  const settings = {
    connect: { timeout: Math.min(timeoutMs, 4_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: 4,
  };
  const agent = new Agent({ ...settings, maxResponseSize: maxBodyBytes });
  const following = agent.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }));
  const streaming = new Agent(settings);
  const limiter = createLimiter({ wait });
  const kept = new Map<string, { readonly body: unknown; readonly askedAt: number }>();

  /** Tries up to three times where another try can help, each try within the limits. */
  async function ask<T>(
    url: string,
    note: NoteAttempt,
    limits: readonly RateLimit[],
    tryOnce: (signal: AbortSignal) => Promise<{ readonly body: T; readonly httpStatus: number }>,
  ): Promise<T> {
    const { signal } = underWay;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { body, httpStatus } = await limiter.inTurn(limits, url, signal, () => tryOnce(signal));
        note({ httpStatus, retried: false });
        return body;
      } catch (error) {
        if (signal.aborted) throw abandoned(url, error);
        const waitMs = waitBeforeRetry(error, attempt, now());
        const httpStatus =
          error instanceof PylonError && typeof error.details['httpStatus'] === 'number'
            ? error.details['httpStatus']
            : null;
        note({ httpStatus, retried: waitMs !== null });
        if (waitMs === null) throw error;
        try {
          await wait(waitMs, signal);
        } catch (cause) {
          throw signal.aborted ? abandoned(url, cause) : cause;
        }
      }
    }
  }
  const whole = { timeoutMs, now, maxBodyBytes };
  const readJson = async (url: string, sent: string | null, signal: AbortSignal) =>
    parsed(
      url,
      await readWhole(url, { ...whole, dispatcher: agent, accept: 'application/json', sent, signal }),
    );

  return {
    async json(url, note, { limits = [], maxAgeMs } = {}) {
      const known = kept.get(url);
      if (known && performance.now() - known.askedAt < (maxAgeMs ?? 0)) return known.body;
      const askedAt = performance.now();
      const body = await ask(url, note, limits, (signal) => readJson(url, null, signal));
      if (maxAgeMs !== undefined) kept.set(url, { body, askedAt });
      return body;
    },
    post: (url, text, note) => ask(url, note, [], (signal) => readJson(url, text, signal)),
    text: (url, note, { limits = [] } = {}) =>
      ask(url, note, limits, async (signal) => {
        const accept = 'text/csv, text/plain';
        const answer = await readWhole(url, { ...whole, dispatcher: following, accept, sent: null, signal });
        return { body: answer.text, httpStatus: answer.httpStatus };
      }),
    async stream(url, note, deadlineMs, read) {
      const opened = await ask(url, note, [], async (signal) => ({
        body: await openPieces(url, { dispatcher: streaming, deadlineMs, now, signal }),
        httpStatus: 200,
      }));
      try {
        return await read(opened.pieces);
      } finally {
        opened.close();
      }
    },
    abandon() {
      underWay.abort();
      underWay = abortController();
    },
    async close() {
      await Promise.all([agent.close(), streaming.close()]);
    },
  };
}
