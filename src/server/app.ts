import { fastifyApolloHandler } from '@as-integrations/fastify';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import type { Context } from '../context.js';
import type { Database } from '../database/open.js';
import { withPrisma } from '../database/prisma.js';
import { prismaFor } from '../database/viewers.js';
import { PylonError } from '../domain/errors.js';
import type { Viewer } from '../domain/viewer.js';
import type { RunReport } from '../ingest/run.js';
import type { Logger } from '../logger.js';
import { createPlanner } from '../planning/planner.js';
import { createLoaders } from '../resolvers/loaders.js';
import { schema } from '../schema/index.js';
import { Hub } from '../subscriptions/hub.js';
import { bapOf } from '../beckn/bap.js';
import { publicKeysOf } from '../beckn/signature.js';
import type { AgentMetrics } from './agent-metrics.js';
import { createApollo } from './apollo.js';
import { publishDecisionHead } from './decision-head.js';
import { createEventStreamHandler } from './event-stream.js';
import { explorerContentSecurityPolicy, loadExplorerPage } from './explorer.js';
import { formatResult } from './format-error.js';
import { registerHealth } from './health.js';
import { registerBeckn } from './beckn.js';
import { answerBadRequests, answerError, errorBody } from './bad-requests.js';
import { identify, keyIn, type Identity } from './identity.js';
import { KeyWatch } from './key-watch.js';
import { createMetrics } from './metrics.js';
import { originGuard } from './origins.js';
import { sandboxContentSecurityPolicy, sandboxPage } from './sandbox.js';
import { serveWebsockets } from './websocket.js';

const BODY_LIMIT_BYTES = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** How streams are kept: a smaller set of numbers makes their edges testable. */
export interface StreamSettings {
  /** How often it is asked whether the keys that connections live by still count. */
  readonly keyLookMs: number;
  readonly progressMs: number;
  readonly pollMs: number;
  readonly slowBytes: number;
  readonly blockedMs: number;
}

const STREAM_SETTINGS: StreamSettings = {
  keyLookMs: 5_000,
  progressMs: 30_000,
  pollMs: 1_000,
  slowBytes: 1024 * 1024,
  blockedMs: 30_000,
};

export interface App {
  readonly hub: Hub;
  /** Address listened on, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  countRun(report: RunReport): void;
  readonly agents: AgentMetrics;
  /** Sockets closed with 1001, requests finished, hub stopped; the database is the caller's. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly config: Pick<Config, 'HOST' | 'PORT' | 'ALLOWED_ORIGINS'> &
    Partial<Pick<Config, 'BECKN_PUBLIC_KEYS' | 'PUBLIC_READ' | 'PUBLIC_URL' | 'BECKN_BAP_ID'>>;
  readonly database: Database;
  readonly log: Logger;
  readonly streams?: Partial<StreamSettings>;
}

/** Builds the one HTTP and websocket server and listens. */
export async function startApp({ config, log, streams, ...options }: AppOptions): Promise<App> {
  const onError = (error: Error): void => log.warn({ error: error.message }, 'database.connection.lost');
  const database = { ...withPrisma(options.database, onError), bap: bapOf(config) };
  const planner = createPlanner();
  const createContext = (viewer: Viewer = null): Context => ({
    database,
    loaders: createLoaders(database, viewer),
    viewer,
    prisma: prismaFor(database.prisma, viewer),
    planner,
    now: database.clock.now(),
    log,
  });
  const hub = await Hub.start({
    ...STREAM_SETTINGS,
    ...streams,
    database,
    log,
    createContext,
    formatErrors: formatResult(log),
  });
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, log),
    logger: false,
    routerOptions: { maxParamLength: 200 },
  });
  app.server.headersTimeout = HEADERS_TIMEOUT_MS;
  let stopping = false;

  const apollo = createApollo(schema, log);
  await apollo.start();
  const isAllowedOrigin = originGuard(config.ALLOWED_ORIGINS);
  const identity: Identity = { database, isOpen: config.PUBLIC_READ ?? true };
  const { keyLookMs } = { ...STREAM_SETTINGS, ...streams };
  const keys = new KeyWatch(database.pool, log, keyLookMs);
  const sockets = serveWebsockets({
    server: app.server,
    path: '/graphql',
    schema,
    hub,
    createContext,
    identity,
    keys,
    isAllowedOrigin,
    log,
  });
  const metrics = createMetrics({ hub, socketCount: sockets.count, createContext, log });

  answerBadRequests(app, log);
  guardBrowsers(app, isAllowedOrigin);
  app.addHook('onResponse', async (request, reply) => {
    metrics.requestSeconds.observe(
      { route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
  });
  app.decorateRequest('viewer', null);
  const recognise = (request: FastifyRequest, reply: FastifyReply): Promise<void> =>
    recogniseViewer(identity, request, reply);
  const overHttp = fastifyApolloHandler(apollo, { context: async ({ viewer }) => createContext(viewer) });
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: recognise,
    handler: (request, reply) =>
      isBrowsing(request)
        ? page(reply, sandboxPage(), sandboxContentSecurityPolicy)
        : overHttp.call(app, request, reply),
  });
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/graphql/stream',
    preHandler: recognise,
    handler: createEventStreamHandler({ schema, hub, createContext, keys, log }),
  });
  app.get('/explorer', async (request, reply) => {
    const { html, gzip } = await loadExplorerPage();
    const encodings = request.headers['accept-encoding'];
    const zipped = typeof encodings === 'string' && encodings.includes('gzip');
    reply.header('vary', 'origin, accept-encoding');
    if (zipped) reply.header('content-encoding', 'gzip');
    return page(reply, zipped ? gzip : html, explorerContentSecurityPolicy);
  });
  await registerBeckn(app, {
    database,
    log,
    publicKeys: publicKeysOf(config.BECKN_PUBLIC_KEYS ?? new Map()),
    countRun: (report) => metrics.countRun(report),
  });
  registerHealth(app, createContext, () => stopping, log);
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.scrape()),
  );

  const decisionHead = await publishDecisionHead({ database, log });
  const stop = async (): Promise<void> => {
    stopping = true;
    keys.stop();
    await planner.close(); // requests that wait for a plan are answered, and need not be waited for
    await decisionHead.stop();
    await hub.stop();
    await sockets.stop();
    await app.close();
    await apollo.stop();
    await database.disconnectPrisma();
  };
  try {
    const url = await app.listen({ host: config.HOST, port: config.PORT ?? 4000 });
    return { hub, url, countRun: (report) => metrics.countRun(report), agents: metrics.agents, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Puts who asks on his request; a key that is not good is refused with 401. A page shows nothing of its own. */
async function recogniseViewer(
  identity: Identity,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (isBrowsing(request)) return;
  try {
    request.viewer = await identify(identity, keyIn(request.headers));
  } catch (error) {
    if (!(error instanceof PylonError && error.code === 'UNAUTHENTICATED')) throw error;
    await reply.code(401).header('www-authenticate', 'Bearer').send(errorBody(error.message, error.code));
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer;
  }
}

/** A browser that opens the endpoint, and no GraphQL client. */
const isBrowsing = ({ method, headers, query }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  (headers.accept ?? '').includes('text/html') &&
  !(typeof query === 'object' && query !== null && 'query' in query);

const page = (reply: FastifyReply, html: string | Buffer, policy: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('referrer-policy', 'no-referrer')
    .send(html);

/** CORS for the origins that may use us, and for no other: a browser then keeps the answer from a foreign page. */
function guardBrowsers(
  app: FastifyInstance,
  isAllowed: (origin: string | undefined, host: string | undefined) => boolean,
): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, host } = request.headers;
    if (!URL.canParse(`http://${host}`)) {
      await reply.code(400).send(errorBody('the header Host names no host', 'BAD_REQUEST'));
      return;
    }
    reply.header('x-content-type-options', 'nosniff').header('vary', 'origin');
    if (origin !== undefined && isAllowed(origin, host)) reply.header('access-control-allow-origin', origin);
  });
  app.options('/*', (_request, reply) =>
    reply
      .header('access-control-allow-methods', 'GET, POST')
      .header(
        'access-control-allow-headers',
        'content-type, authorization, x-api-key, apollo-require-preflight',
      )
      .header('access-control-max-age', '86400')
      .code(204)
      .send(),
  );
}
