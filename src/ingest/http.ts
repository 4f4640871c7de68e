import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { Agent, request, type Dispatcher } from 'undici';
import { PylonError, messageOf } from '../domain/errors.js';

/** Largest body taken: the largest seen (all regions, 14 days) is about 5 MB. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 400;
/** A longer Retry-After ends the run; the circuit then keeps to it. */
const LONGEST_WAIT_IN_RUN_MS = 5_000;
/** A Retry-After beyond it counts as this: a typing error there must not silence a source for years. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

export type NoteAttempt = (attempt: {
  readonly httpStatus: number | null;
  readonly retried: boolean;
}) => void;

export interface HttpClient {
  /**
   * GET of JSON, tried up to three times where another try can help.
   *
   * @throws {PylonError} SOURCE_UNAVAILABLE (network, time-out, 5xx, cut short), SOURCE_RATE_LIMITED (429, with
   *   `details.notBefore`), SOURCE_CONTRACT_BROKEN (other statuses, too large, not JSON).
   * @throws {FetchAbandoned} when `abandon` was called meanwhile.
   */
  json(url: string, note: NoteAttempt): Promise<unknown>;
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

/** We stopped asking; it says nothing about the publisher. */
export class FetchAbandoned extends Error {}

export interface HttpClientOptions {
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Waits between tries, in real time, until the signal ends it; a test passes one that does not. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Largest body taken, compressed or not; a test passes a small one. */
  readonly maxBodyBytes?: number;
}

const sleepUntil = (ms: number, signal: AbortSignal): Promise<unknown> => sleep(ms, undefined, { signal });

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeoutMs, now, wait = sleepUntil, maxBodyBytes = MAX_BODY_BYTES } = options;
  let underWay = new AbortController();
  const settings = {
    connect: { timeout: Math.min(timeoutMs, 4_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: 4,
  };
  const dispatcher = new Agent({ ...settings, maxResponseSize: maxBodyBytes });
  const streaming = new Agent(settings);

  const tried = async <Answer>(
    url: string,
    note: NoteAttempt,
    ask: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const { signal } = underWay;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await ask(signal);
        note({ httpStatus: 200, retried: false });
        return answer;
      } catch (error) {
        if (signal.aborted) throw abandoned(url, error);
        const waitMs = attempt < ATTEMPTS ? waitBeforeRetry(error, attempt, now()) : null;
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
  };
  return {
    json: (url, note) =>
      tried(url, note, (signal) => get(url, { dispatcher, timeoutMs, now, maxBodyBytes, signal })),
    async stream(url, note, deadlineMs, read) {
      const opened = await tried(url, note, (signal) =>
        open(url, { dispatcher: streaming, deadlineMs, now, signal }),
      );
      try {
        return await read(opened.pieces);
      } finally {
        opened.close();
      }
    },
    abandon() {
      underWay.abort();
      underWay = new AbortController();
    },
    async close() {
      await Promise.all([dispatcher.close(), streaming.close()]);
    },
  };
}

const abandoned = (url: string, cause: unknown): FetchAbandoned =>
  new FetchAbandoned(`${url} was given up: this process is stopping`, { cause });

/** Milliseconds until the next try, with full jitter; null when trying again cannot help or must wait too long. */
function waitBeforeRetry(error: unknown, attempt: number, now: Date): number | null {
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

const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'pylon/0.1 (grid ontology; one request per publisher update)',
};

interface GetOptions {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly now: () => Date;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
}

async function get(
  url: string,
  { dispatcher, timeoutMs, now, maxBodyBytes, signal }: GetOptions,
): Promise<unknown> {
  let response: Dispatcher.ResponseData | undefined;
  let text: string;
  // A timer of our own: the one of AbortSignal.timeout is not held by what AbortSignal.any makes of it.
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new Error(`not done after ${timeoutMs * 3} ms`)),
    timeoutMs * 3,
  );
  try {
    response = await request(url, {
      dispatcher,
      signal: AbortSignal.any([signal, deadline.signal]),
      headers: HEADERS,
    });
    text = await textOf(response, maxBodyBytes);
  } catch (error) {
    throw readError(url, error, response?.statusCode ?? null, maxBodyBytes);
  } finally {
    clearTimeout(timer);
  }
  const httpStatus = response.statusCode;
  if (httpStatus !== 200) throw statusError(url, httpStatus, response.headers, now(), text);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const type = String(response.headers['content-type'] ?? 'no content type');
    throw new PylonError(
      'SOURCE_CONTRACT_BROKEN',
      `${url} answered 200 with ${type}, which is no JSON: ${excerpt(text)}`,
      { cause, details: { httpStatus } },
    );
  }
}

interface Opened {
  readonly pieces: AsyncIterable<Buffer>;
  close(): void;
}

/** Begins to read an answer. */
async function open(
  url: string,
  {
    dispatcher,
    deadlineMs,
    now,
    signal,
  }: Pick<GetOptions, 'dispatcher' | 'now' | 'signal'> & { readonly deadlineMs: number },
): Promise<Opened> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new Error(`not done after ${deadlineMs} ms`)), deadlineMs);
  let status: number | null = null;
  try {
    const response = await request(url, {
      dispatcher,
      signal: AbortSignal.any([signal, deadline.signal]),
      headers: HEADERS,
    });
    status = response.statusCode;
    const { body, headers } = response;
    if (status !== 200) throw statusError(url, status, headers, now(), await beginningOf(body));
    return {
      pieces: piecesOf(url, response, signal),
      close() {
        clearTimeout(timer);
        body.on('error', () => undefined).destroy(); // who read it was told
      },
    };
  } catch (error) {
    clearTimeout(timer);
    throw error instanceof PylonError ? error : readError(url, error, status, Infinity);
  }
}

async function* piecesOf(
  url: string,
  { body, headers }: Dispatcher.ResponseData,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const isZipped = /^(x-)?gzip$/.test(String(headers['content-encoding'] ?? '').toLowerCase());
  // What breaks off is told to the reader of the last of the two.
  const pieces = isZipped ? pipeline(body, createGunzip(), () => undefined) : body;
  try {
    for await (const piece of pieces) yield piece as Buffer;
  } catch (error) {
    throw signal.aborted ? abandoned(url, error) : readError(url, error, 200, Infinity);
  }
}

const LONGEST_ERROR = 4096;

/** As much of a body as an error needs. */
async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= LONGEST_ERROR) break; // which destroys the body
  }
  return Buffer.concat(pieces).toString('utf8', 0, LONGEST_ERROR);
}

const unzip = promisify(gunzip);

async function textOf({ body, headers }: Dispatcher.ResponseData, maxBodyBytes: number): Promise<string> {
  const bytes = Buffer.from(await body.arrayBuffer());
  const encoding = String(headers['content-encoding'] ?? '').toLowerCase();
  const plain =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? await unzip(bytes, { maxOutputLength: maxBodyBytes })
      : bytes;
  return plain.toString('utf8');
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
function readError(url: string, error: unknown, httpStatus: number | null, maxBodyBytes: number): PylonError {
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

function statusError(
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

const excerpt = (text: string): string => JSON.stringify(text.slice(0, 160).replaceAll(/\s+/g, ' '));
