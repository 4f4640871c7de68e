import { randomUUID } from 'node:crypto';
import { GraphQLError, type ExecutionResult, type GraphQLFormattedError } from 'graphql';
import { PylonError } from '../domain/errors.js';
import type { Logger } from '../logger.js';

/**
 * An error as the client sees it. Ours carry their code and details; the client's own mistakes keep their text; anything
 * else is a fault of ours: masked, and logged under the id the client is shown. Never a stack trace.
 */
export function formatError(error: GraphQLError, log: Logger): GraphQLFormattedError {
  const { message, locations, path } = error;
  const where = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) };
  const cause = causeOf(error);
  if (cause instanceof PylonError)
    return { message: cause.message, ...where, extensions: { ...publicDetails(cause), code: cause.code } };
  const code = typeof error.extensions['code'] === 'string' ? error.extensions['code'] : null;
  if (!cause || cause instanceof GraphQLError)
    return { message, ...where, extensions: { ...clean(error.extensions), code: code ?? 'BAD_USER_INPUT' } };
  if (cause.name === 'PothosValidationError')
    return { message: cause.message, ...where, extensions: { code: 'BAD_USER_INPUT' } };
  const errorId = randomUUID();
  log.error({ errorId, path, error: cause.message, stack: cause.stack }, 'graph.field.failed');
  return {
    message: `something went wrong on our side; quote ${errorId} when you report it`,
    ...where,
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

/** A result whose errors are as the client sees them. */
export const formatResult =
  (log: Logger) =>
  ({
    data,
    errors,
  }: ExecutionResult): { readonly data?: unknown; readonly errors?: readonly GraphQLFormattedError[] } => ({
    ...(errors ? { errors: errors.map((error) => formatError(error, log)) } : {}),
    ...(data === undefined ? {} : { data }),
  });

/** What was thrown, below the errors that graphql-js wraps it in; null when the error is graphql's own. */
function causeOf(error: GraphQLError): Error | null {
  let cause: Error | undefined = error.originalError;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause ?? null;
}

const publicDetails = ({ details }: PylonError): Record<string, unknown> => clean(details);

/** Meant for us, not for clients: `http` is how Apollo carries the status. */
const PRIVATE = new Set(['stacktrace', 'exception', 'http']);

function clean(extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extensions).filter(([name]) => !PRIVATE.has(name)));
}
