import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  | '500'
  | '503'
  | '429'
  | 'reset'
  | 'truncate'
  | 'html'
  | 'slow'
  | 'hang'
  | 'empty'
  | 'empty-list'
  | 'error-body'
  | 'not-json';

/** A publisher's HTTP API under a test's control: bodies by path, and faults. */
export interface Publisher {
  readonly url: string;
  /** Paths asked, oldest first. */
  readonly asked: readonly string[];
  /** Answers each path: a text as CSV, undefined as 404, anything else as JSON. */
  answer: (path: string) => unknown;
  /** Spoils the next answers to paths that contain `path`. */
  fail(
    fault: Fault,
    options?: {
      readonly times?: number;
      readonly path?: string;
      readonly retryAfter?: string;
      /** Of 'slow': how long after each tenth of the body. */
      readonly pauseMs?: number;
    },
  ): void;
  heal(): void;
  close(): Promise<void>;
}

interface Plan {
  readonly fault: Fault;
  readonly path: string;
  readonly retryAfter: string;
  readonly pauseMs: number;
  left: number;
}

export async function startPublisher(
  answer: (path: string) => unknown = () => undefined,
): Promise<Publisher> {
  const asked: string[] = [];
  let plans: Plan[] = [];
  const publisher = { answer };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const plan = plans.find((each) => each.left > 0 && path.includes(each.path));
    if (plan) plan.left -= 1;
    void reply(request, response, publisher.answer(path), plan).catch((error: unknown) =>
      response.destroy(error as Error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(publisher, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fail(fault: Fault, { times = Infinity, path = '', retryAfter = '2', pauseMs = 100 } = {}) {
      plans.push({ fault, path, retryAfter, pauseMs, left: times });
    },
    heal() {
      plans = [];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
  plan: Plan | undefined,
): Promise<void> {
  const json = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  switch (plan?.fault) {
    case '500':
    case '503':
      return json(Number(plan.fault), { message: 'Internal server error' });
    case '429':
      return json(429, { message: 'slow down' }, { 'retry-after': plan.retryAfter });
    case 'reset':
      return void request.socket.resetAndDestroy();
    case 'hang':
      return;
    case 'truncate':
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!DOCTYPE html><h1>We will be back soon</h1>');
      return;
    case 'not-json':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[');
      return;
    case 'empty':
      return json(200, {});
    case 'empty-list':
      return json(200, { data: [] });
    case 'error-body':
      return json(200, { error: { code: '400 Bad Request', message: 'Please enter a valid datetime' } });
    case 'slow':
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let i = 0; i < 10 && !response.destroyed; i += 1) {
        response.write(text.slice((text.length * i) / 10, (text.length * (i + 1)) / 10));
        await sleep(plan.pauseMs);
      }
      response.end();
      return;
    case undefined:
      if (body === undefined)
        return json(404, { error: { code: '404 Not Found', message: 'no such resource' } });
      if (typeof body === 'string')
        return void response.writeHead(200, { 'content-type': 'text/csv' }).end(text);
      return json(200, body);
  }
}
