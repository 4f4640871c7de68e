import { Agent, request } from 'undici';
import { messageOf } from '../domain/errors.js';

/** How one try of a message ended: an answer of the receiver's, whatever it says, or none to use. */
export type Posted =
  | { readonly httpStatus: number; readonly body: unknown }
  | {
      readonly httpStatus: number | null;
      readonly fault: string;
      /** Until when the receiver asked not to be asked; null where he did not. */
      readonly waitMs: number | null;
    };

export interface Post {
  /** One try, over after `timeoutMs` at the latest. Never throws for what the receiver does. */
  send(url: string, text: string, timeoutMs: number): Promise<Posted>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Largest answer read: an order is some kilobytes. */
const MOST_BYTES = 256 * 1024;
const LONGEST_CONNECT_MS = 4_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** Posts JSON, one try at a time: who sends it again, and when, is written in the database. */
export function createPost(): Post {
  const agent = new Agent({
    connect: { timeout: LONGEST_CONNECT_MS },
    connections: 8,
    maxResponseSize: MOST_BYTES,
  });
  const stopped = new AbortController();
  return {
    async send(url, text, timeoutMs) {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
      let httpStatus: number | null = null;
      try {
        const response = await request(url, {
          method: 'POST',
          dispatcher: agent,
          signal: AbortSignal.any([stopped.signal, deadline.signal]),
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: text,
        });
        httpStatus = response.statusCode;
        const answer = await response.body.text();
        if (httpStatus === 429 || httpStatus >= 500)
          return {
            httpStatus,
            fault: `HTTP ${httpStatus}`,
            waitMs: retryAfterMs(response.headers['retry-after']),
          };
        return { httpStatus, body: parsed(answer) };
      } catch (error) {
        return { httpStatus, fault: messageOf(error), waitMs: null };
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      stopped.abort();
      await agent.destroy();
    },
  };
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Of a Retry-After in seconds; null for anything else. */
const retryAfterMs = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header) * 1000, LONGEST_WAIT_MS)
    : null;
