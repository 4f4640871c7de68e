import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPost, type Post } from '../../../src/beckn/post.js';

let url: string;
let post: Post;
let respond: (response: ServerResponse) => void;
let close: () => Promise<void>;

beforeAll(async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => respond(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  post = createPost();
  close = async () => {
    await post.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterAll(() => close());

const LONG_MS = 20_000;
const sent = (response: (to: ServerResponse) => void, timeoutMs = LONG_MS) => {
  respond = response;
  return post.send(url, '{}', timeoutMs);
};

it('a try answers what the receiver says, refusals and nonsense included', async () => {
  expect(await sent((to) => to.end('{"a":1}'))).toEqual({ httpStatus: 200, body: { a: 1 } });
  expect(await sent((to) => to.writeHead(400).end('{"no":1}'))).toEqual({ httpStatus: 400, body: { no: 1 } });
  expect(await sent((to) => to.end('<html>'))).toEqual({ httpStatus: 200, body: undefined });
});

it('a try that is told to come again says when, as far as it is told', async () => {
  expect(await sent((to) => to.writeHead(503, { 'retry-after': '7' }).end())).toEqual({
    httpStatus: 503,
    fault: 'HTTP 503',
    waitMs: 7_000,
  });
  expect(await sent((to) => to.writeHead(429, { 'retry-after': '999999' }).end())).toMatchObject({
    waitMs: 15 * 60_000,
  });
  expect(await sent((to) => to.writeHead(500, { 'retry-after': 'soon' }).end())).toMatchObject({
    waitMs: null,
  });
});

it('a try that is not answered in its time, or cut, or flooded, ends with a fault', async () => {
  expect(await sent(() => undefined, 50)).toEqual({
    httpStatus: null,
    fault: expect.stringMatching(/\S/),
    waitMs: null,
  });
  const begun = sent((to) => to.writeHead(200).write('{'), 200);
  expect(await begun).toMatchObject({ fault: expect.any(String) });
  expect(await sent((to) => to.destroy())).toMatchObject({ httpStatus: null, fault: expect.any(String) });
  expect(await sent((to) => to.end('x'.repeat(300_000)))).toMatchObject({ fault: expect.any(String) });
  expect(await post.send('http://127.0.0.1:1', '{}', LONG_MS)).toMatchObject({ httpStatus: null });
});

it('a try that is under way ends when the sender stops', async () => {
  const stopping = createPost();
  const asked = new Promise<void>((resolve) => (respond = () => resolve()));
  const waiting = stopping.send(url, '{}', LONG_MS);
  await asked;
  await stopping.close();
  expect(await waiting).toMatchObject({ httpStatus: null, fault: expect.any(String) });
});
