import { GraphQLError, Kind } from 'graphql';
import { builder } from './builder.js';

/** Date, time to the minute at least, and an offset: an instant without a zone would mean several. */
const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** @throws {GraphQLError} BAD_USER_INPUT for anything that is no instant, 30 February included. */
export function parseDateTime(value: unknown): Date {
  const match = typeof value === 'string' ? FORM.exec(value) : null;
  if (match) {
    const [, year, month, day, hour, minute, second = '00'] = match;
    // Date.parse reads 30 February as 2 March: the calendar day must be written back the same.
    const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    const instant = new Date(String(value));
    if (
      !Number.isNaN(local) &&
      new Date(local).toISOString().slice(0, 19) === `${year}-${month}-${day}T${hour}:${minute}:${second}` &&
      !Number.isNaN(instant.getTime())
    ) {
      return instant;
    }
  }
  throw new GraphQLError(
    `${JSON.stringify(value)?.slice(0, 60)} is no instant; write it like 2025-01-31T12:00Z, with a zone`,
    {
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}

builder.scalarType('DateTime', {
  description:
    'An instant: ISO 8601 with a zone, to the minute or finer (`2025-01-31T12:00Z`). Answers are in UTC.',
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
  serialize: (value) => (value instanceof Date ? value : parseDateTime(value)).toISOString(),
});
