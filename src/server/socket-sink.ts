import type { Socket } from 'node:net';
import { GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import type { Logger } from '../logger.js';
import type { RenderedMessage, Sink } from '../subscriptions/sink.js';
import { formatError } from './format-error.js';
import { textFrame } from './text-frame.js';

/** Each message as bytes, once for all sockets, with the brace that ends it. */
const encoded = new WeakMap<RenderedMessage, Buffer>();

function bytesOf(message: RenderedMessage): Buffer {
  let bytes = encoded.get(message);
  if (!bytes) {
    bytes = Buffer.from(`${message.text}}`);
    encoded.set(message, bytes);
  }
  return bytes;
}

/**
 * Writes a group's shared text under this operation's id, around graphql-ws, which would serialise it once a socket, and
 * around ws, which would encode it once a socket and write it in two pieces. Nothing is compressed or sent in fragments
 * here, so that a frame of ours always stands between two of theirs.
 */
export function socketSink(
  socket: WebSocket,
  connection: Socket,
  id: string,
  log: Logger,
  finish: () => void,
): Sink {
  const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  return {
    send(message) {
      if (isOpen()) connection.write(textFrame(prefix, bytesOf(message)));
    },
    pendingBytes: () => (isOpen() ? connection.writableLength : 0),
    end(errors) {
      const shown = errors.map((error) =>
        formatError(new GraphQLError(error.message, { originalError: error }), log),
      );
      if (isOpen() && shown.length > 0) socket.send(`${prefix}${JSON.stringify({ errors: shown })}}`);
      finish();
    },
  };
}
