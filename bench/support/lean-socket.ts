import { connect, type Socket } from 'node:net';

/** Bytes of all sockets come into one buffer, one after the other: nothing is allocated for a message. */
const shared = Buffer.allocUnsafe(64 * 1024);
const TEXT = 0x1;
const PING = 0x9;
const PONG = 0xa;

/**
 * Just enough of a websocket client (RFC 6455) to count what a server sends: short unfragmented frames, pings answered.
 * A close is an error.
 */
export class LeanSocket {
  readonly connection: Socket;
  /** Called with each text; the bytes are only valid during the call. */
  onMessage: ((text: Buffer) => void) | null = null;
  /** The beginning of a frame whose end has not come yet. */
  #rest: Buffer = Buffer.alloc(0);
  #upgraded = false;
  readonly #texts: string[] = [];
  #wake: ((failure?: Error) => void) | null = null;

  private constructor(url: URL, protocol: string | null) {
    this.connection = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (bytes) => {
          this.#take(shared.subarray(0, bytes));
          return true;
        },
      },
    });
    this.connection.on('error', (error) => this.#fail(error));
    this.connection.write(
      `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}\r\n` +
        `${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`,
    );
  }

  static async open(address: string, protocol: string | null): Promise<LeanSocket> {
    const socket = new LeanSocket(new URL(address), protocol);
    await socket.#until(() => socket.#upgraded);
    return socket;
  }

  /** @param text shorter than 64 KiB. */
  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  /** The next text; only while `onMessage` is not set. */
  async next(): Promise<string> {
    await this.#until(() => this.#texts.length > 0);
    return this.#texts.shift() ?? '';
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve, reject) => {
        this.#wake = (failure) => (failure ? reject(failure) : resolve());
      });
    }
  }

  #fail(error: Error): void {
    if (!this.#wake) throw error;
    this.#wake(error);
  }

  #take(bytes: Buffer): void {
    let input = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    if (!this.#upgraded) {
      const end = input.indexOf('\r\n\r\n');
      if (end >= 0 && !input.toString('latin1', 0, 12).endsWith('101'))
        return this.#fail(new Error(input.toString('latin1', 0, end)));
      this.#upgraded = end >= 0;
      if (end >= 0) input = input.subarray(end + 4);
    }
    const rest = this.#upgraded ? this.#takeFrames(input) : input;
    this.#rest = rest.length > 0 ? Buffer.from(rest) : rest;
    this.#wake?.();
  }

  /** @returns what is left over: the beginning of a frame. */
  #takeFrames(input: Buffer): Buffer {
    let at = 0;
    while (input.length - at >= 2) {
      const short = (input[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : 4;
      if (short === 127 || input.length - at < header) break;
      const length = short < 126 ? short : input.readUInt16BE(at + 2);
      if (input.length - at < header + length) break;
      this.#takeFrame((input[at] ?? 0) & 0x0f, input.subarray(at + header, at + header + length));
      at += header + length;
    }
    return input.subarray(at);
  }

  #takeFrame(opcode: number, payload: Buffer): void {
    if (opcode === PING) return this.#write(PONG, payload);
    if (opcode !== TEXT) return this.#fail(new Error(`a frame of kind ${opcode}: ${payload.toString()}`));
    if (this.onMessage) this.onMessage(payload);
    else this.#texts.push(payload.toString());
  }

  /** Client frames must be masked; a mask of zeros leaves the payload as it is. */
  #write(opcode: number, payload: Buffer): void {
    const long = payload.length > 125;
    const header = Buffer.alloc(long ? 8 : 6);
    header[0] = 0x80 | opcode;
    header[1] = 0x80 | (long ? 126 : payload.length);
    if (long) header.writeUInt16BE(payload.length, 2);
    this.connection.write(Buffer.concat([header, payload]));
  }
}
