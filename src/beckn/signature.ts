import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

/**
 * Beckn's signature of a request: ed25519 over the instants it is good for and the BLAKE2b-512 digest of its body, in the
 * header `Authorization: Signature keyId="…",algorithm="ed25519",created="…",expires="…",headers="(created) (expires)
 * digest",signature="…"`.
 *
 * @see https://github.com/beckn/protocol-specifications/blob/master/docs/BECKN-006-Signing-Beckn-APIs-In-HTTP-Draft-01.md
 */

/** Public keys by key id, `subscriber|key|ed25519`. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** A signature in full is some 400 characters. */
const LONGEST_HEADER = 2_000;
/** Sender's clock and ours may differ by this. */
const LEEWAY_SECONDS = 30;
const SIGNED = '(created) (expires) digest';
const RAW_KEY_BYTES = 32;

/** The key of 32 raw bytes in base64; null for anything else. */
function publicKeyOf(base64: string): KeyObject | null {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== RAW_KEY_BYTES) return null;
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  });
}

/** Keys as they are set, in base64. @throws {RangeError} for one that is no ed25519 key. */
export const publicKeysOf = (settings: ReadonlyMap<string, string>): PublicKeys =>
  new Map(
    [...settings].map(([keyId, base64]) => {
      const key = publicKeyOf(base64);
      if (!key) throw new RangeError(`the key of ${keyId} is not ${RAW_KEY_BYTES} bytes in base64`);
      return [keyId, key];
    }),
  );

/** The text that is signed. */
export const signingText = (created: number, expires: number, body: Buffer): string =>
  `(created): ${created}\n(expires): ${expires}\ndigest: BLAKE-512=${createHash('blake2b512').update(body).digest('base64')}`;

/**
 * Who signed a body.
 *
 * @returns the key id, whose part before the first `|` is the subscriber; or in words why the signature does not hold.
 */
export function signerOf(
  authorization: string | undefined,
  body: Buffer,
  keys: PublicKeys,
  now: Date,
): { readonly keyId: string } | { readonly fault: string } {
  const scheme = /^Signature\s+/i.exec(authorization ?? '');
  if (authorization === undefined || !scheme) return { fault: 'the message is not signed' };
  if (authorization.length > LONGEST_HEADER) return { fault: 'the signature is too long' };
  const parameters = parametersOf(authorization.slice(scheme[0].length));
  const keyId = parameters.get('keyId') ?? '';
  const key = keys.get(keyId);
  if (!key) return { fault: 'the signature names no key that is known here' };
  if (parameters.get('algorithm') !== 'ed25519')
    return { fault: 'the algorithm of the signature is not ed25519' };
  if (parameters.get('headers') !== SIGNED) return { fault: `the signature does not cover "${SIGNED}"` };
  const created = secondsOf(parameters.get('created'));
  const expires = secondsOf(parameters.get('expires'));
  if (created === null || expires === null) return { fault: 'the signature does not say when it was made' };
  const seconds = now.getTime() / 1000;
  if (created > seconds + LEEWAY_SECONDS) return { fault: 'the signature was made in the future' };
  if (expires < seconds - LEEWAY_SECONDS) return { fault: 'the signature has expired' };
  const signature = Buffer.from(parameters.get('signature') ?? '', 'base64');
  const holds = verify(null, Buffer.from(signingText(created, expires, body)), key, signature);
  return holds ? { keyId } : { fault: 'the signature is not one of this body' };
}

/** `name="value"` and `name=value`, separated by commas; of two of one name the first counts. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quotedValue, plain] of text.matchAll(/\b(\w+)=(?:"([^"]*)"|([^\s,"]+))/g))
    if (!parameters.has(name)) parameters.set(name, quotedValue ?? plain ?? '');
  return parameters;
}

const secondsOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
