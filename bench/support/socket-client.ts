/** Many websockets in one process of their own, as lean as can be, so that what is measured is the server. */
import { once } from 'node:events';
import { LeanSocket } from './lean-socket.js';
import { answerCommands } from './worker.js';

/** Sockets opened at the same time. */
const AT_ONCE = 100;

export interface Arrival {
  /** When the first and the last awaited message came, nanoseconds of the machine's monotonic clock. */
  readonly first: bigint;
  readonly last: bigint;
}

let sockets: LeanSocket[] = [];
let awaited = 0;
let first = 0n;
/** What the first socket received since `expect`. */
let texts: string[] = [];
let arrived: (arrival: Arrival) => void = () => undefined;
let arrival: Promise<Arrival> = Promise.resolve({ first: 0n, last: 0n });

function onMessage(socket: LeanSocket, text: Buffer): void {
  if (awaited === 0) return;
  if (first === 0n) first = process.hrtime.bigint();
  if (socket === sockets[0]) texts.push(text.toString());
  awaited -= 1;
  if (awaited === 0) arrived({ first, last: process.hrtime.bigint() });
}

async function openOne(url: string, subscription: string | null): Promise<LeanSocket> {
  const socket = await LeanSocket.open(url, subscription === null ? null : 'graphql-transport-ws');
  if (subscription !== null) {
    socket.send('{"type":"connection_init"}');
    await socket.next(); // connection_ack
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: subscription } }));
    const ready = await socket.next();
    if (!ready.includes('"READY"')) throw new Error(`no READY but ${ready}`);
  }
  socket.onMessage = (text) => onMessage(socket, text);
  return socket;
}

export const socketClient = {
  /** Opens `count` more sockets; with a subscription, in graphql-transport-ws and up to its READY. */
  async open({
    url,
    count,
    subscription,
  }: {
    readonly url: string;
    readonly count: number;
    readonly subscription: string | null;
  }): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      const some = Array.from({ length: Math.min(left, AT_ONCE) }, () => openOne(url, subscription));
      sockets.push(...(await Promise.all(some)));
    }
  },
  /** Begins to count: `messages` to every socket. */
  expect: (messages: number): void => {
    awaited = messages * sockets.length;
    first = 0n;
    texts = [];
    arrival = new Promise((resolve) => (arrived = resolve));
  },
  /** Resolves when all that was expected has come. */
  arrival: (_: null): Promise<Arrival> => arrival,
  /** What the first socket received since then. */
  texts: (_: null): readonly string[] => texts,
  async close(_: null): Promise<void> {
    await Promise.all(
      sockets.map(async ({ connection }) => {
        const closed = once(connection, 'close');
        connection.destroy();
        await closed;
      }),
    );
    sockets = [];
  },
};

answerCommands(socketClient, () => socketClient.close(null));
