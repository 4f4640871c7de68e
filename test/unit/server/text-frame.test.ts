import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textFrame } from '../../../src/server/text-frame.js';

describe('a text message in one frame', () => {
  let server: WebSocketServer;
  let frames: readonly Buffer[] = [];

  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, resolve);
        server.on('connection', (socket, { socket: connection }) => {
          for (const frame of frames) connection.write(frame);
          socket.send('and a message of the library');
        });
      }),
  );
  afterAll(() => server.close());

  /** What a client reads of some frames, and of a message of the library after them. */
  const read = (sent: readonly Buffer[]): Promise<readonly string[]> => {
    frames = sent;
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const texts: string[] = [];
    return new Promise((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (data, isBinary) => {
        if (isBinary) reject(new Error('it is binary'));
        texts.push((data as Buffer).toString());
        if (texts.length <= frames.length) return;
        client.close();
        resolve(texts);
      });
    });
  };

  it('is read as it was written, however long it is and whatever comes after it', async () => {
    const texts = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 200_000].map((length) =>
      'x'.repeat(length),
    );
    const split = (text: string): Buffer => {
      const half = Math.floor(text.length / 2);
      return textFrame(text.slice(0, half), Buffer.from(text.slice(half)));
    };
    expect(await read(texts.map(split))).toEqual([...texts, 'and a message of the library']);
  });

  it('may hold any characters on both sides', async () => {
    const [text] = await read([textFrame('{"id":"ключ 🔑","payload":', Buffer.from('"gCO₂ €"}'))]);
    expect(text).toBe('{"id":"ключ 🔑","payload":"gCO₂ €"}');
  });
});
