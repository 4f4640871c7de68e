const FINAL_TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const LARGEST_ONE_BYTE = 125;
const LARGEST_TWO_BYTES = 0xffff;

/** A text message as a server sends it, in one piece and one frame: final, unmasked (RFC 6455, section 5.2). */
export function textFrame(prefix: string, rest: Buffer): Buffer {
  const prefixLength = Buffer.byteLength(prefix);
  const length = prefixLength + rest.length;
  const headerLength = length <= LARGEST_ONE_BYTE ? 2 : length <= LARGEST_TWO_BYTES ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = FINAL_TEXT;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(prefix, headerLength);
  rest.copy(frame, headerLength + prefixLength);
  return frame;
}
