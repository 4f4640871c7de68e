import { WebSocket } from 'ws';
import { until } from './until.js';

export interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A websocket without a library between: every frame as it came. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  send(...messages: readonly (Frame | string | Buffer)[]): void;
  /** Waits for a frame of this type and id, and answers its payload. */
  frame(type: string, id?: string): Promise<unknown>;
  /** Code it was closed with. */
  readonly closed: Promise<number>;
  /** Reason it was closed with. */
  readonly reason: Promise<string>;
}

export interface RawOptions {
  readonly protocol?: string | null;
  readonly origin?: string;
  /** Say `connection_init` first; the default. */
  readonly init?: boolean;
  /** Of the handshake. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws {Error} `Unexpected server response: <status>` when the handshake is refused. */
export async function openRaw(
  url: string,
  { protocol = 'graphql-transport-ws', origin, init = true, headers = {} }: RawOptions = {},
): Promise<RawSocket> {
  const socket = new WebSocket(url, protocol ?? [], {
    headers,
    ...(origin === undefined ? {} : { origin }),
  });
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as Frame));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const reason = new Promise<string>((resolve) => {
    socket.once('close', (_code, text) => resolve(String(text)));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined); // told by `closed`
  const raw: RawSocket = {
    socket,
    frames,
    closed,
    reason,
    send(...messages) {
      for (const message of messages)
        socket.send(
          typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
        );
    },
    frame: (type, id) =>
      until(`a frame ${type} ${id ?? ''}`, () => {
        const frame = frames.find((each) => each.type === type && each.id === id);
        return frame && (frame.payload ?? {});
      }),
  };
  if (init) {
    raw.send({ type: 'connection_init' });
    await raw.frame('connection_ack');
  }
  return raw;
}
