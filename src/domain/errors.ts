/**
 * Every code that Pylon's own errors carry: in `extensions.code` of an answer, in `errorCode` of an ingest run, before the
 * message of a command. With what it means and who acts. `docs/errors.md` is printed from it; a test holds the two
 * together. A released code is never reused.
 */
export const ERROR_CODES = {
  BAD_USER_INPUT:
    'An argument is malformed or out of range. The message names the argument and what is allowed. Caller mends.',
  UNAUTHENTICATED:
    'It needs an API key and got none, or one that is unknown or revoked, or whose operator is not active. Caller sends `Authorization: Bearer` or `x-api-key`.',
  FORBIDDEN:
    "The key is good, but not for this. The message names the scope it lacks. The key's operator makes another.",
  REGION_NOT_FOUND:
    'No region has that id, code or postcode. The message says how to name one. Caller mends.',
  SOURCE_NOT_FOUND: 'No source has that id. The message lists those that exist. Caller mends.',
  BAD_CURSOR:
    'The cursor is not one of this log or this connection. Caller drops it and starts without `after`.',
  CURSOR_EXPIRED:
    'The cursor is older than the log keeps. `extensions.oldestCursor` is the oldest that works; what lies between is read by `asOf` queries.',
  QUERY_TOO_COMPLEX:
    'The operation exceeds a limit on tokens, depth, aliases, directives or cost. The message names the limit. Caller splits it.',
  TOO_MANY_SUBSCRIPTIONS:
    'The socket holds as many subscriptions as one socket may. Caller opens another or uses fewer.',
  DATA_MISSING:
    'Nothing is known for that region and instant. The message says what was looked for. Caller asks another instant or waits.',
  DATA_ARCHIVED:
    'What is asked for was archived to a file and is no longer in the database. The message names the span and the file. Caller asks a later span; operator has the file.',
  SOURCE_UNAVAILABLE:
    'A publisher is down, slow or unreachable. The runner retries; the last good values are served with their age.',
  SOURCE_RATE_LIMITED: 'A publisher asked us to slow down. The runner waits as told.',
  SOURCE_CONTRACT_BROKEN:
    'A publisher answered something that its format does not allow. A person looks; nothing of it was stored.',
  SOURCE_EMPTY:
    'A publisher answered without any period where there should be some. Kept as a failed run, not as an empty success.',
  AGENT_FAILED:
    'A policy of an agent threw, took too long or proposed what it may not. The host tries again with growing pauses, then reports the agent as ERROR and goes on with the next event. A person looks.',
  LEASE_LOST:
    'This process was too slow and another one holds the lease now; what it wanted to write was refused.',
  LEASE_HELD: 'Another process holds the lease for that work. Wait for it or stop it.',
  PLANNER_BUSY:
    'As many plans are waiting as may, or the server is stopping. Nothing was planned. Caller tries again in a few seconds.',
  PLANNER_TIMEOUT:
    'A plan took longer than one may. Caller asks for fewer jobs, shorter windows or fewer centres.',
  CONFIG_INVALID: 'The configuration is wrong; every fault is listed. Operator mends.',
  DATABASE_UNAVAILABLE:
    'The database cannot be reached or used. The message says which step failed and what to do.',
  MIGRATION_CHANGED: 'A migration that was applied has been changed since. Operator restores the file.',
  CLOCK_CONFLICT:
    'PYLON_NOW contradicts the clock this database already runs on. Operator unsets it or takes another database.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The other codes in `extensions.code`: of GraphQL over HTTP and sockets, named as Apollo names them. */
export const PROTOCOL_CODES = {
  GRAPHQL_PARSE_FAILED: 'The document is no GraphQL; `locations` says where. Caller mends.',
  GRAPHQL_VALIDATION_FAILED:
    'The document does not fit the schema: an unknown field, a missing argument, a value of the wrong type. Caller mends.',
  OPERATION_RESOLUTION_FAILURE:
    'The document has several operations and none is named, or none has the name given. Caller mends.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'Persisted queries are not served. Caller sends the document.',
  BAD_REQUEST:
    'The HTTP request is none that is served here: another path or method, a body that is no JSON object with a `query`, too ' +
    'large or compressed, or a form that a foreign page could have sent. Caller mends.',
  INTERNAL_SERVER_ERROR:
    'Something is wrong on our side. `extensions.errorId` is the id under which it was logged. Operator looks it up.',
} as const;

/** The one error class: callers switch on `code`, never on text. `details` goes to `extensions` beside the code. */
export class PylonError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PylonError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** What to print of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
