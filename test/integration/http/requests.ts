/** Requests as clients of every sort send them, and what no answer may ever hold. */
import { expect } from 'vitest';
import { ERROR_CODES, PROTOCOL_CODES } from '../../../src/domain/errors.js';

const CODES = new Set([...Object.keys(ERROR_CODES), ...Object.keys(PROTOCOL_CODES)]);

/** A stack frame, a path of this machine, SQL, or the name of a table. */
const INTERNAL =
  /\n\s+at |node_modules|\/src\/|\bselect\b.*\bfrom\b|\brelation "|\binvocation\b|grid_signals|ingest_runs|event_(log|head)|stacktrace|ECONN/i;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Null when the body is no JSON object. */
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions: Readonly<Record<string, unknown>>;
    }[];
  } | null;
  /** Code of the first error; undefined without one. */
  readonly code: unknown;
}

export const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** Sends a request and holds its answer to what holds for all: known codes, and nothing of our insides. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = /^application\/(graphql-response\+)?json/.test(response.headers.get('content-type') ?? '');
  const body = isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : null;
  for (const { message, extensions } of body?.errors ?? []) {
    expect(CODES).toContain(extensions['code']);
    expect(message).not.toMatch(INTERNAL);
    expect(
      Object.keys(extensions).filter((name) => !['code', 'errorId', 'oldestCursor'].includes(name)),
    ).toEqual([]);
  }
  if (isJson) expect(text).not.toMatch(/stacktrace|node_modules/);
  expect(response.headers.get('x-powered-by')).toBeNull();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    code: body?.errors?.[0]?.extensions['code'],
  };
}

/** A GraphQL request as most clients send it. */
export const post = (
  url: string,
  query: unknown,
  variables?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  send(`${url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ query, variables }),
  });
