import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { request, type Dispatcher } from 'undici';
import { PylonError } from '../domain/errors.js';
import { abandoned, excerpt, readError, statusError } from './http-faults.js';

const USER_AGENT = 'pylon/0.1 (grid ontology; one request per publisher update)';
const headersFor = (accept: string): Record<string, string> => ({
  accept,
  'accept-encoding': 'gzip',
  'user-agent': USER_AGENT,
});

interface ReadOptions {
  readonly dispatcher: Dispatcher;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

export interface WholeOptions extends ReadOptions {
  readonly accept: string;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** JSON text to POST; null for a GET. */
  readonly sent: string | null;
}

/** An answer of success, read to its end. */
export interface Answer {
  readonly text: string;
  readonly type: string;
  readonly httpStatus: number;
}

/** @throws {PylonError} SOURCE_UNAVAILABLE, SOURCE_RATE_LIMITED, SOURCE_CONTRACT_BROKEN */
export async function readWhole(
  url: string,
  { dispatcher, accept, timeoutMs, now, maxBodyBytes, signal, sent }: WholeOptions,
): Promise<Answer> {
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
      headers: { ...headersFor(accept), ...(sent === null ? {} : { 'content-type': 'application/json' }) },
      ...(sent === null ? {} : { method: 'POST', body: sent }),
    });
    text = await textOf(response, maxBodyBytes);
  } catch (error) {
    throw readError(url, error, response?.statusCode ?? null, maxBodyBytes);
  } finally {
    clearTimeout(timer);
  }
  const httpStatus = response.statusCode;
  if (httpStatus !== 200) throw statusError(url, httpStatus, response.headers, now(), text);
  return { text, type: String(response.headers['content-type'] ?? 'no content type'), httpStatus };
}

/** @throws {PylonError} SOURCE_CONTRACT_BROKEN for a text that is no JSON. */
export function parsed(
  url: string,
  { text, type, httpStatus }: Answer,
): { readonly body: unknown; readonly httpStatus: number } {
  try {
    return { body: JSON.parse(text) as unknown, httpStatus };
  } catch (cause) {
    throw new PylonError(
      'SOURCE_CONTRACT_BROKEN',
      `${url} answered 200 with ${type}, which is no JSON: ${excerpt(text)}`,
      { cause, details: { httpStatus } },
    );
  }
}

interface PiecesOptions extends ReadOptions {
  readonly deadlineMs: number;
}

interface Opened {
  readonly pieces: AsyncIterable<Buffer>;
  close(): void;
}

/** Begins to read an answer of any size. @throws {PylonError} as `readWhole` */
export async function openPieces(
  url: string,
  { dispatcher, deadlineMs, now, signal }: PiecesOptions,
): Promise<Opened> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new Error(`not done after ${deadlineMs} ms`)), deadlineMs);
  let status: number | null = null;
  try {
    const response = await request(url, {
      dispatcher,
      signal: AbortSignal.any([signal, deadline.signal]),
      headers: headersFor('application/json'),
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
