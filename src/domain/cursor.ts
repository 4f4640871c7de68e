/**
 * Where a subscriber has read to in the event log, as opaque text.
 *
 * Inside: `1.<logId>.<sequence, decimal>`, where 1 is the version of this form. Each position has one text and each
 * text one position, so cursors can be compared as they are.
 */
import { fromBase64url, toBase64url } from './base64url.js';

/** A position in one event log. */
export interface LogPosition {
  /** Which log: 8 lowercase hex digits, new whenever the database starts again from nothing. */
  readonly logId: string;
  /** The last event read; 0 before the first. At most 2^63 − 1, what a PostgreSQL bigint holds. */
  readonly sequence: bigint;
}

const MAX_SEQUENCE = 2n ** 63n - 1n;
const LOG_ID = /^[0-9a-f]{8}$/;
const FORM = /^1\.([0-9a-f]{8})\.(0|[1-9][0-9]{0,18})$/;

/** Length of the longest cursor: 30 characters, base64url. What is longer is refused unread. */
const MAX_LENGTH = 40;

/** @throws {RangeError} when the log id is not 8 lowercase hex digits, or the sequence not in 0 to 2^63 − 1. */
export function encodeCursor(logId: string, sequence: bigint): string {
  if (!LOG_ID.test(logId)) throw new RangeError(`"${logId}" is no log id`);
  if (sequence < 0n || sequence > MAX_SEQUENCE)
    throw new RangeError(`${sequence} is no sequence of an event log`);
  return toBase64url(`1.${logId}.${sequence}`);
}

/** The position a cursor stands for; null for any text that `encodeCursor` does not write. */
export function decodeCursor(text: string): LogPosition | null {
  if (text.length > MAX_LENGTH) return null;
  const [, logId, digits] = FORM.exec(fromBase64url(text) ?? '') ?? [];
  if (logId === undefined || digits === undefined) return null;
  const sequence = BigInt(digits);
  return sequence > MAX_SEQUENCE ? null : { logId, sequence };
}
