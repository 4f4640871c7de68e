import { GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import type { Logger } from '../logger.js';
import type { Sink } from '../subscriptions/sink.js';
import { formatError } from './format-error.js';

/** Writes a group's shared text under this operation's id, around graphql-ws, which would serialise it once a socket. */
export function socketSink(socket: WebSocket, id: string, log: Logger, finish: () => void): Sink {
  const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  return {
    send({ text }) {
      if (isOpen()) socket.send(`${prefix}${text}}`);
    },
    pendingBytes: () => (isOpen() ? socket.bufferedAmount : 0),
    end(errors) {
      const shown = errors.map((error) =>
        formatError(new GraphQLError(error.message, { originalError: error }), log),
      );
      if (isOpen() && shown.length > 0) socket.send(`${prefix}${JSON.stringify({ errors: shown })}}`);
      finish();
    },
  };
}
