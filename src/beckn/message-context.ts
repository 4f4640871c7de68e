import { at, isObject, nameOf, quoted } from './json.js';

/** Who sends a message without saying who it is. */
export const UNNAMED_PLATFORM = 'unnamed';

/** Head of every message: what it is, who sends it, and what it answers. */
export interface MessageContext {
  readonly version: string;
  readonly domain: string;
  readonly action: string;
  /** When the sender says it wrote it. */
  readonly statedAt: Date;
  readonly messageId: string;
  readonly transactionId: string;
  /** The provider platform, which sends callbacks; null where it does not say who it is. */
  readonly bppId: string | null;
}

/** Date, time to the second or finer, and an offset. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** A sender's clock may be wrong; by a day it would date its windows wrongly. */
const FURTHEST_AHEAD_MS = 24 * 3_600_000;

/** The context of a message, or in words why it has none. */
export function readContext(
  body: unknown,
  now: Date,
): { readonly context: MessageContext } | { readonly fault: string } {
  const context = at(body, 'context');
  if (!isObject(context)) return { fault: `context is ${quoted(context)}, not an object` };
  const names = {
    version: nameOf(at(context, 'version')),
    domain: nameOf(at(context, 'domain')),
    action: nameOf(at(context, 'action')),
    messageId: nameOf(at(context, 'message_id')),
    transactionId: nameOf(at(context, 'transaction_id')),
  };
  const { version, domain, action, messageId, transactionId } = names;
  if (!version || !domain || !action || !messageId || !transactionId) {
    const missing = Object.entries(names).flatMap(([name, value]) => (value === null ? [name] : []));
    return { fault: `context names no usable ${missing.join(', ')}` };
  }
  const bppId = at(context, 'bpp_id') ?? null;
  if (bppId !== null && nameOf(bppId) === null)
    return { fault: `context.bpp_id ${quoted(bppId)} is no name` };
  const timestamp = at(context, 'timestamp');
  const statedAt = instantOf(timestamp);
  if (!statedAt) return { fault: `context.timestamp ${quoted(timestamp)} is no instant` };
  if (statedAt.getTime() > now.getTime() + FURTHEST_AHEAD_MS)
    return { fault: `context.timestamp ${quoted(timestamp)} lies in the future` };
  return { context: { version, domain, action, statedAt, messageId, transactionId, bppId: nameOf(bppId) } };
}

/** An instant with its offset, of the years 2000 to 9999; null for anything else, 30 February included. */
export function instantOf(value: unknown): Date | null {
  if (typeof value !== 'string' || !INSTANT.test(value) || value < '2000') return null;
  const instant = new Date(value);
  const day = new Date(`${value.slice(0, 10)}T00:00Z`);
  // Date reads 30 February as 2 March: the day must be written back the same.
  return Number.isNaN(instant.getTime()) ||
    Number.isNaN(day.getTime()) ||
    day.toISOString().slice(0, 10) !== value.slice(0, 10)
    ? null
    : instant;
}
