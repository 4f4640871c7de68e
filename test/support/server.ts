import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Database } from '../../src/database/open.js';
import { startApp, type App, type StreamSettings } from '../../src/server/app.js';
import { silent } from './runner.js';

export interface GraphAnswer<Data = Record<string, unknown>> {
  readonly status: number;
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string } & Record<string, unknown>;
  }[];
}

export interface TestServer extends App {
  readonly wsUrl: string;
  /** POST to /graphql. */
  query<Data = Record<string, unknown>>(
    query: string,
    variables?: Record<string, unknown>,
    key?: string,
  ): Promise<GraphAnswer<Data>>;
  /** A graphql-ws client, closed with the server. */
  client(): Client;
}

/** The real server on a free port, in this process. */
export async function startTestServer(
  database: Database,
  streams: Partial<StreamSettings> = {},
  publicKeys: ReadonlyMap<string, string> = new Map(),
  {
    publicRead = true,
    publicUrl,
  }: {
    readonly publicRead?: boolean;
    /** Where sellers answer; nothing can be bought where it is left out. */
    readonly publicUrl?: string;
  } = {},
): Promise<TestServer> {
  const app = await startApp({
    config: {
      HOST: '127.0.0.1',
      PORT: 0,
      ALLOWED_ORIGINS: [],
      BECKN_PUBLIC_KEYS: publicKeys,
      PUBLIC_READ: publicRead,
      ...(publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl, BECKN_BAP_ID: 'pylon.example' }),
    },
    database,
    log: silent,
    streams: { pollMs: 100, ...streams },
  });
  const wsUrl = `${app.url.replace('http', 'ws')}/graphql`;
  const clients: Client[] = [];
  return {
    ...app,
    wsUrl,
    async query(query, variables, key) {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Omit<GraphAnswer<never>, 'status'>;
      return { status: response.status, ...body };
    },
    client() {
      const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) await client.dispose();
      await app.stop();
    },
  };
}
