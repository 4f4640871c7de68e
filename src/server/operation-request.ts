import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';

/** An operation as it was asked for over HTTP; nothing of it is parsed yet. */
export interface AskedOperation {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The id of the last event an EventSource got before it reconnected; null on its first connection. */
  readonly lastEventId: string | null;
  /** Whether it came by GET, which must change nothing. */
  readonly isSafeMethod: boolean;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** The operation of a GET's query string or a POST's JSON body, or why there is none. */
export function operationOf({
  method,
  query,
  body,
  headers,
}: Pick<FastifyRequest, 'method' | 'query' | 'body' | 'headers'>):
  AskedOperation | { readonly refusal: Refusal } {
  if (method !== 'GET' && method !== 'POST') return refuse(405, 'subscriptions are asked for by GET or POST');
  const isSafeMethod = method === 'GET';
  // A text that a foreign page may post unasked is no JSON body.
  if (!isSafeMethod && !isRecord(body))
    return refuse(415, 'the body must be a JSON object, sent as application/json');
  const asked = (isSafeMethod ? query : body) as Readonly<Record<string, unknown>>;
  const { query: text, operationName = null } = asked;
  if (typeof text !== 'string') return refuse(400, 'query, the GraphQL document, is missing');
  if (operationName !== null && typeof operationName !== 'string')
    return refuse(400, 'operationName must be text');
  const variables = isSafeMethod ? parsed(asked['variables']) : (asked['variables'] ?? {});
  if (!isRecord(variables)) return refuse(400, 'variables must be a JSON object');
  const lastEventId = headers['last-event-id'];
  return {
    query: text,
    operationName,
    variables,
    lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
    isSafeMethod,
  };
}

/** Of a document that is valid, but does not say which of its operations is meant. */
export const unresolvedOperation = (): GraphQLError =>
  new GraphQLError('the document holds several operations, or none of that name; name one by operationName', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

const refuse = (status: number, message: string): { readonly refusal: Refusal } => ({
  refusal: { status, message },
});

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a parameter holds as JSON: nothing when it is left out, null when it is no JSON. */
function parsed(parameter: unknown): unknown {
  if (parameter === undefined || parameter === '') return {};
  try {
    return typeof parameter === 'string' ? (JSON.parse(parameter) as unknown) : null;
  } catch {
    return null;
  }
}
