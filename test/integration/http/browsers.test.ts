import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startApp, type App } from '../../../src/server/app.js';
import { explorerContentSecurityPolicy } from '../../../src/server/explorer.js';
import { sandboxContentSecurityPolicy, sandboxPage } from '../../../src/server/sandbox.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { silent } from '../../support/runner.js';
import { post, send } from './requests.js';

const FRIEND = 'https://grid.example';
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

let database: TestDatabase;
let app: App;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({
    config: { HOST: '127.0.0.1', PORT: 0, ALLOWED_ORIGINS: [FRIEND] },
    database,
    log: silent,
    streams: { pollMs: 100 },
  });
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

describe('a browser', () => {
  it('that opens /graphql is shown the sandbox under its policy', async () => {
    const { status, headers, text } = await send(`${app.url}/graphql`, { headers: BROWSER });
    expect(status).toBe(200);
    expect(text).toBe(sandboxPage());
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe(sandboxContentSecurityPolicy);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const head = await send(`${app.url}/graphql`, { method: 'HEAD', headers: BROWSER });
    expect([head.status, head.text, head.headers.get('content-type')]).toEqual([
      200,
      '',
      'text/html; charset=utf-8',
    ]);
  });

  it('that follows a link with a query, or posts one, is answered by GraphQL', async () => {
    const linked = await send(`${app.url}/graphql?query={__typename}`, { headers: BROWSER });
    expect([linked.status, linked.code]).toEqual([400, 'BAD_REQUEST']);
    const posted = await post(app.url, '{ __typename }', undefined, BROWSER);
    expect(posted.body).toEqual({ data: { __typename: 'Query' } });
  });

  it('that opens /explorer is shown a page that loads nothing else', async () => {
    const { status, headers, text } = await send(`${app.url}/explorer`, {
      headers: { ...BROWSER, 'accept-encoding': 'gzip' },
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe(explorerContentSecurityPolicy);
    expect(headers.get('vary')).toContain('accept-encoding');
    expect(text).toContain('Pylon explorer');
    const plain = await bytesOf('/explorer', 'identity');
    const zipped = await bytesOf('/explorer', 'gzip');
    expect(plain.encoding).toBeUndefined();
    expect(zipped.encoding).toBe('gzip');
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(plain.body.toString('utf8')).toBe(text);
  });
});

/** A body as it goes over the wire: fetch would unpack it. */
const bytesOf = (path: string, encoding: string): Promise<{ body: Buffer; encoding: string | undefined }> =>
  new Promise((resolve, reject) => {
    request(`${app.url}${path}`, { headers: { 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ body: Buffer.concat(chunks), encoding: response.headers['content-encoding'] }),
      );
    })
      .on('error', reject)
      .end();
  });

describe('a page of another origin', () => {
  const asked = (origin: string | undefined, init: RequestInit = {}) =>
    send(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
      body: '{"query":"{ __typename }"}',
      ...init,
    });

  it('may read answers when it is ours or was allowed, and is told by name', async () => {
    for (const origin of [app.url, FRIEND]) {
      const { status, headers } = await asked(origin);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
      expect(headers.get('vary')).toContain('origin');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1',
    `${FRIEND}.evil.example`,
    `${FRIEND}:8443`,
    'https://GRID.example.',
    'nonsense',
    '',
  ])('may not otherwise: %s', async (origin) => {
    const { headers } = await asked(origin);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('vary')).toContain('origin');
  });

  it('asks before it sends, and is told the methods and headers there are', async () => {
    const preflight = (origin: string) =>
      send(`${app.url}/graphql`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    const friend = await preflight(FRIEND);
    expect(friend.status).toBe(204);
    expect(friend.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(friend.headers.get('access-control-allow-methods')).toContain('POST');
    expect(friend.headers.get('access-control-allow-headers')).toContain('content-type');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may open a socket when it is ours or was allowed, and no other', async () => {
    const open = (origin: string | undefined): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
          ...(origin === undefined ? {} : { origin }),
        });
        socket.on('open', () => {
          socket.close();
          resolve('open');
        });
        socket.on('unexpected-response', (_request, response) => resolve(String(response.statusCode)));
        socket.on('error', () => undefined); // what follows an unexpected response
      });
    expect(await open(undefined)).toBe('open');
    expect(await open(app.url)).toBe('open');
    expect(await open(FRIEND)).toBe('open');
    expect(await open('https://evil.example')).toBe('403');
    expect(await open('null')).toBe('403');
  });
});

describe('every answer', () => {
  it.each(['/graphql', '/explorer', '/health/live', '/health/ready', '/metrics', '/nonsense'])(
    'of %s keeps browsers from guessing its type, and does not name our software',
    async (path) => {
      const { headers } = await send(`${app.url}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );
});
