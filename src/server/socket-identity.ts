import type { IncomingHttpHeaders } from 'node:http';
import { CloseCode } from 'graphql-ws';
import { PylonError } from '../domain/errors.js';
import type { Viewer } from '../domain/viewer.js';
import { identify, keyIn, type Identity } from './identity.js';

/** Why a socket is not served. */
export interface SocketRefusal {
  readonly code: number;
  /** At most the 123 bytes that a close frame has room for. */
  readonly reason: string;
}

const LONGEST_REASON = 123;

/**
 * Who opened a socket: by the headers of its handshake, or by `authorization`, `x-api-key` or `apiKey` in the payload of
 * `connection_init`, in any case of letters, because a browser sets no headers on a websocket.
 *
 * @returns 4401 for no key where one is needed, 4403 for one that is not good.
 */
export async function identifySocket(
  identity: Identity,
  headers: IncomingHttpHeaders,
  payload: Readonly<Record<string, unknown>> | undefined,
): Promise<{ readonly viewer: Viewer } | { readonly refusal: SocketRefusal }> {
  let key: string | null = null;
  try {
    key = sameKey(keyIn(headers), keyIn(shownIn(payload ?? {})));
    return { viewer: await identify(identity, key) };
  } catch (error) {
    if (!(error instanceof PylonError && error.code === 'UNAUTHENTICATED')) throw error;
    const isMissing = key === null && !showsSomething(headers, payload);
    const code = isMissing ? CloseCode.Unauthorized : CloseCode.Forbidden;
    return { refusal: { code, reason: error.message.slice(0, LONGEST_REASON) } };
  }
}

interface Shown {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string[];
}

/** @throws {PylonError} UNAUTHENTICATED for what is no text. */
function shownIn(payload: Readonly<Record<string, unknown>>): Shown {
  const named = (name: string): string[] =>
    Object.entries(payload).flatMap(([given, value]) => {
      if (given.toLowerCase() !== name || value == null) return [];
      if (typeof value === 'string') return [value];
      throw new PylonError('UNAUTHENTICATED', `${name} in the payload of connection_init must be text`);
    });
  return {
    authorization: named('authorization')[0],
    'x-api-key': [...named('x-api-key'), ...named('apikey')],
  };
}

function sameKey(ofHandshake: string | null, ofPayload: string | null): string | null {
  if (ofHandshake !== null && ofPayload !== null && ofHandshake !== ofPayload)
    throw new PylonError(
      'UNAUTHENTICATED',
      'the handshake and connection_init show different keys; send one',
    );
  return ofPayload ?? ofHandshake;
}

const KEY_NAMES = /^(authorization|x-api-key|apikey)$/i;

const showsSomething = (...places: readonly (Readonly<Record<string, unknown>> | undefined)[]): boolean =>
  places.some((place) => Object.keys(place ?? {}).some((name) => KEY_NAMES.test(name)));
