/**
 * Text that cursors are wrapped in: base64url without padding (RFC 4648, section 5), one character a byte.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-5
 */

/**
 * @param text ASCII.
 * @throws {RangeError} for anything else, which would not come back the same.
 */
export function toBase64url(text: string): string {
  const wrapped = Buffer.from(text, 'latin1').toString('base64url');
  if (fromBase64url(wrapped) !== text) throw new RangeError('only ASCII text can be wrapped');
  return wrapped;
}

/** The ASCII text wrapped; null for what `toBase64url` never writes, so that two texts never mean the same. */
export function fromBase64url(wrapped: string): string | null {
  const bytes = Buffer.from(wrapped, 'base64url');
  // Buffer skips letters outside the alphabet and spare bits at the end: only what is written back the same is real.
  if (bytes.toString('base64url') !== wrapped) return null;
  return bytes.every((byte) => byte < 0x80) ? bytes.toString('latin1') : null;
}
