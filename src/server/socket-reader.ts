import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { takenBytes, type WatchedReader } from '../subscriptions/reader-watch.js';

/** The reader of a websocket: while it is alive it takes bytes and answers pings. */
export function socketReader(socket: WebSocket, connection: Socket, abandon: () => void): WatchedReader {
  let pings = 0;
  let pongs = 0;
  socket.on('pong', () => {
    pongs = pings;
  });
  return {
    progress: () => takenBytes(connection) + pongs,
    isOwing: () => connection.writableLength > 0 || pongs < pings,
    probe() {
      if (socket.readyState !== socket.OPEN) return;
      pings += 1;
      socket.ping();
    },
    abandon,
  };
}
