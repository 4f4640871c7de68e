import { keepMessage, type BecknMessage } from '../database/beckn-messages.js';
import type { RunReport } from '../ingest/run.js';
import { adapterOf } from './adapter.js';
import { recordInbound, type InboundDeps } from './inbound.js';
import { DEEPEST, along, isTooDeep, nameOf, quoted } from './json.js';
import { UNNAMED_PLATFORM, readContext } from './message-context.js';
import { takeOrderAnswer } from './order-answers.js';
import { signerOf, type PublicKeys } from './signature.js';

/** What callbacks are called in 2.0. */
const CALLBACKS = [
  'on_discover',
  'on_select',
  'on_init',
  'on_confirm',
  'on_status',
  'on_update',
  'on_track',
  'on_cancel',
  'on_rating',
  'on_support',
];

/** A request to `/beckn/:action`, of which nothing has been believed yet. */
export interface Callback {
  readonly action: string;
  readonly authorization: string | undefined;
  /** As it came; in words why it could not be read. */
  readonly body: Buffer | { readonly status: 400 | 413 | 415; readonly fault: string };
}

export interface CallbackAnswer {
  readonly httpStatus: 200 | 400 | 401 | 413 | 415;
  readonly body: AckBody;
  readonly report: RunReport | null;
}

export interface AckBody {
  readonly message: { readonly ack: { readonly status: 'ACK' | 'NACK' } };
  readonly error?: { readonly code: string; readonly message: string };
}

export const ack: AckBody = { message: { ack: { status: 'ACK' } } };
export const nack = (code: string, message: string): AckBody => ({
  message: { ack: { status: 'NACK' } },
  error: { code, message },
});

/**
 * Takes a callback: keeps it whatever it is, and does what it says where it is signed as it must be and answers a
 * question of ours. ACK says that it came in; a message that came before, or of a transaction that is not ours, is
 * acknowledged and does nothing.
 */
export async function takeCallback(
  deps: InboundDeps & { readonly publicKeys: PublicKeys },
  { action, authorization, body }: Callback,
): Promise<CallbackAnswer> {
  const read = Buffer.isBuffer(body) ? readJson(body) : { stored: null, json: undefined, ...body };
  const signer = signerOfCallback(deps, authorization, body);
  const isSigned = signer !== null && 'keyId' in signer;
  const keep = async (
    status: 'REFUSED' | 'MALFORMED' | 'UNSUPPORTED',
    httpStatus: CallbackAnswer['httpStatus'],
    fault: string,
  ): Promise<CallbackAnswer> => {
    const signature = status === 'REFUSED' ? 'REFUSED' : isSigned ? 'VERIFIED' : 'UNVERIFIED';
    await keepMessage(deps.database.pool, unread(action, read, signature, fault), status);
    deps.log.warn({ action, status, fault }, 'beckn.message.refused');
    return { httpStatus, body: nack(status, fault), report: null };
  };

  if (signer && 'fault' in signer) return keep('REFUSED', 401, signer.fault);
  if (read.fault !== null) return keep('MALFORMED', read.status, read.fault);
  if (!CALLBACKS.includes(action))
    return keep('MALFORMED', 400, `${quoted(action)} is no callback; those are ${CALLBACKS.join(', ')}`);
  const head = readContext(read.json, deps.database.clock.now());
  if ('fault' in head) return keep('MALFORMED', 400, head.fault);
  const { context } = head;
  if (context.action !== action)
    return keep('MALFORMED', 400, `context.action ${quoted(context.action)} was sent to ${action}`);
  if (signer && subscriberOf(signer.keyId) !== context.bppId)
    return keep('REFUSED', 401, 'the signature is not that of context.bpp_id');
  const adapter = adapterOf(context);
  if (!adapter)
    return keep(
      'UNSUPPORTED',
      400,
      `version ${quoted(context.version)} of domain ${quoted(context.domain)} is not spoken here`,
    );
  const signature = isSigned ? 'VERIFIED' : 'UNVERIFIED';
  const taken = await takeOrderAnswer(deps, { body: read.json, context, adapter, signature });
  if (taken) {
    if (!('fault' in taken)) return { httpStatus: 200, body: ack, report: null };
    if (taken.status === 'TOO_MANY')
      return { httpStatus: 400, body: nack(taken.status, taken.fault), report: null };
    return keep(taken.status, taken.status === 'REFUSED' ? 401 : 400, taken.fault);
  }
  const recorded = await recordInbound(deps, {
    body: read.json,
    context,
    adapter,
    signature,
    httpStatus: null,
    retries: 0,
  });
  return recorded.fault === null
    ? { httpStatus: 200, body: ack, report: recorded.report }
    : { httpStatus: 400, body: nack('BROKEN', recorded.fault), report: recorded.report };
}

interface ReadBody {
  readonly json: unknown;
  readonly stored: BecknMessage['body'];
  readonly status: 400 | 413 | 415;
  readonly fault: string | null;
}

function readJson(bytes: Buffer): ReadBody {
  const asText = (fault: string): ReadBody => ({
    json: undefined,
    stored: { text: bytes.toString('utf8') },
    status: 400,
    fault,
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return asText('the body is no UTF-8');
  }
  let json: unknown;
  try {
    json = JSON.parse(text) as unknown;
  } catch (error) {
    return asText(
      `the body is no JSON: ${error instanceof Error ? quoted(error.message) : 'it cannot be read'}`,
    );
  }
  if (isTooDeep(json)) return asText(`the body is nested more than ${DEEPEST} levels deep`);
  return { json, stored: { json }, status: 400, fault: null };
}

/** Null where no keys are known, and so no signature is asked for. */
function signerOfCallback(
  { publicKeys }: { readonly publicKeys: PublicKeys },
  authorization: string | undefined,
  body: Callback['body'],
): ReturnType<typeof signerOf> | null {
  if (publicKeys.size === 0) return null;
  if (!Buffer.isBuffer(body)) return { fault: 'the body could not be read, nor its signature checked' };
  return signerOf(authorization, body, publicKeys, new Date()); // real time, wherever PYLON_NOW has put our clock
}

const subscriberOf = (keyId: string): string => keyId.split('|', 1)[0] ?? '';

/** A message of which nothing is used, under the ids it claims. */
const unread = (
  action: string,
  { json, stored }: Pick<ReadBody, 'json' | 'stored'>,
  signature: BecknMessage['signature'],
  fault: string,
): BecknMessage => ({
  direction: 'INBOUND',
  action,
  party: nameOf(along(json, 'context', 'bpp_id')) ?? UNNAMED_PLATFORM,
  messageId: nameOf(along(json, 'context', 'message_id')),
  transactionId: nameOf(along(json, 'context', 'transaction_id')),
  signature,
  fault,
  statedAt: null,
  body: stored,
});
