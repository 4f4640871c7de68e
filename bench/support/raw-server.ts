/** What there is to beat: a bare `ws` broadcast, and a bare node:http answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { settledMemory } from './memory.js';
import { answerCommands } from './worker.js';

let body = '';
const http = createServer((request, response) => {
  request.resume().on('end', () => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
});
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });

export const rawServer = {
  /** @returns its URL. */
  async start(_: null): Promise<string> {
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  },
  /** What it answers to every request over HTTP. */
  answerWith: (text: string): void => {
    body = text;
  },
  /** Sends these texts to every socket. @returns when it began, nanoseconds of the machine's monotonic clock. */
  broadcast: (texts: readonly string[]): bigint => {
    const begun = process.hrtime.bigint();
    for (const socket of sockets.clients) for (const text of texts) socket.send(text);
    return begun;
  },
  sockets: (_: null): number => sockets.clients.size,
  memory: (_: null) => settledMemory(),
  cpuMs: (_: null): number => {
    const { user, system } = process.cpuUsage(asked);
    asked = process.cpuUsage();
    return (user + system) / 1000;
  },
};
let asked = process.cpuUsage();

answerCommands(rawServer, async () => {
  for (const socket of sockets.clients) socket.terminate();
  http.closeAllConnections();
  http.close();
});
