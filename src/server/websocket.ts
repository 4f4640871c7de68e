import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GraphQLError,
  execute,
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Context } from '../context.js';
import { messageOf } from '../domain/errors.js';
import type { Viewer } from '../domain/viewer.js';
import type { Logger } from '../logger.js';
import type { Hub } from '../subscriptions/hub.js';
import { ReaderWatch } from '../subscriptions/reader-watch.js';
import { serveSubscription, type ServedStream } from '../subscriptions/serve.js';
import { formatError, formatResult } from './format-error.js';
import type { Identity } from './identity.js';
import type { KeyWatch } from './key-watch.js';
import { KnownDocuments } from './known-documents.js';
import { unresolvedOperation } from './operation-request.js';
import { identifySocket } from './socket-identity.js';
import { SocketOperations, type Operation } from './socket-operations.js';
import { socketSink } from './socket-sink.js';
import { socketReader } from './socket-reader.js';

const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_FRAGMENTS = 64;
const OPERATIONS_A_SOCKET = 100;
const INIT_WAIT_MS = 10_000;
/** "Try again later": the reader was too slow. */
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
/** How long readers may take to answer a close when the server stops. */
const FAREWELL_MS = 1_000;
/** What graphql-ws throws at a message that clients never send. */
const NOT_FOR_SERVERS = /^Unexpected message of type/;
/** Answers to queries that a reader leaves lying, as a multiple of what makes it slow, before it is closed. */
const UNREAD_ANSWERS = 4;

export interface WebsocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly hub: Hub;
  readonly createContext: (viewer: Viewer) => Context;
  readonly identity: Identity;
  readonly keys: KeyWatch;
  readonly isAllowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
  readonly log: Logger;
  /** How long a socket may be open without `connection_init`. */
  readonly initWaitMs?: number;
}

/** What is known of one socket. */
interface Extra {
  readonly socket: WebSocket;
  /** What it runs over. */
  readonly connection: Socket;
  readonly operations: SocketOperations;
  /** Of its handshake; forgotten once they told who opened it, because a socket may live long. */
  headers: IncomingHttpHeaders | null;
  /** Who opened it: nobody in particular until `connection_init` was answered, and nothing is served before that. */
  viewer: Viewer;
}

/** A context that also knows which operation of which socket it belongs to. */
interface SocketContext extends Context {
  readonly id: string;
  readonly operation: Operation;
  readonly extra: Extra;
}

export interface Websockets {
  readonly count: () => number;
  /** Closes every socket with 1001: the reader resumes elsewhere by its cursor. */
  stop(): Promise<void>;
}

/** graphql-transport-ws on the same port and path as HTTP. */
export function serveWebsockets({
  server,
  path,
  schema,
  hub,
  createContext,
  identity,
  keys,
  isAllowedOrigin,
  log,
  initWaitMs = INIT_WAIT_MS,
}: WebsocketOptions): Websockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  const watch = new ReaderWatch(hub.options.blockedMs);
  const documents = new KnownDocuments(schema);
  const format = formatResult(log);
  const protocol = makeServer<Record<string, unknown>, Extra>({
    schema,
    connectionInitWaitTimeout: initWaitMs,
    async onConnect({ extra, connectionParams }) {
      const identified = await identifySocket(identity, extra.headers ?? {}, connectionParams);
      extra.headers = null;
      if ('refusal' in identified) {
        extra.socket.close(identified.refusal.code, identified.refusal.reason);
        return false;
      }
      extra.viewer = identified.viewer;
      const unwatch = keys.add(extra.viewer, {
        revoke(reason) {
          extra.operations.leaveAll();
          extra.socket.close(CloseCode.Forbidden, reason);
        },
      });
      if (extra.socket.readyState === extra.socket.OPEN) extra.socket.once('close', unwatch);
      else unwatch(); // it left while its key was looked at
      return true;
    },
    onSubscribe({ extra }, id, payload): ExecutionArgs | readonly GraphQLError[] {
      const { operations } = extra;
      const operation = operations.begin(id);
      const refuse = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
        operations.end(id, operation);
        return errors;
      };
      if (operations.count > OPERATIONS_A_SOCKET) return refuse([tooMany()]);
      const context = createContext(extra.viewer);
      const admitted = documents.admit(payload, context);
      if ('errors' in admitted) return refuse(admitted.errors);
      if (!getOperationAST(admitted.document, payload.operationName)) return refuse([unresolvedOperation()]);
      const contextValue: SocketContext = { ...context, id, operation, extra };
      return {
        schema,
        document: admitted.document,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? {},
        contextValue,
      };
    },
    async execute(args: ExecutionArgs) {
      const { id, operation, extra } = args.contextValue as SocketContext;
      try {
        return await extra.operations.settle(id, operation, execute(args), () => undefined);
      } finally {
        extra.operations.end(id, operation);
      }
    },
    async subscribe(args: ExecutionArgs) {
      const contextValue = args.contextValue as SocketContext;
      const { id, operation, extra } = contextValue;
      const end = (): void => extra.operations.end(id, operation);
      const served = await extra.operations.settle(
        id,
        operation,
        serveSubscription(
          hub,
          { ...args, contextValue },
          {
            viewer: extra.viewer,
            openSink: (finish) => socketSink(extra.socket, extra.connection, id, log, finish),
            onEnd: end,
          },
        ),
        (result) => isStream(result) && void result.return(),
      );
      // graphql-ws keeps the arguments for as long as the stream lives; a context is for one operation.
      args.contextValue = null;
      if (!isStream(served)) end();
      return served;
    },
    // The library types the result without the undefined that exactOptionalPropertyTypes asks for.
    onNext: (_ctx, _id, _payload, _args, result) =>
      format(result as ExecutionResult) as FormattedExecutionResult,
    onError: (_ctx, _id, _payload, errors) => errors.map((error) => formatError(error, log)),
  });

  const accept = (socket: WebSocket, connection: Socket, headers: IncomingHttpHeaders): void => {
    const operations = new SocketOperations();
    const reader = socketReader(socket, connection, () => {
      watch.delete(reader);
      hub.counts.abandoned += 1;
      operations.leaveAll();
      // The close waits behind what is pending; ws cuts a reader that does not take it either.
      socket.close(TRY_AGAIN_LATER, 'too slow; resume by your cursor');
    });
    let onMessage: (text: string) => Promise<void> = () => Promise.resolve();
    const onClosed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          onMessage = handle;
        },
      },
      { socket, connection, operations, headers, viewer: null },
    );
    watch.add(reader);
    socket.on('error', (error) => log.debug({ error: error.message }, 'socket.failed')); // ws closes it with the code that fits
    socket.on('message', (data, isBinary) => {
      if (socket.readyState !== socket.OPEN) return;
      if (isBinary) socket.close(CloseCode.BadRequest, 'messages are text');
      else if (socket.bufferedAmount > UNREAD_ANSWERS * hub.options.slowBytes) reader.abandon();
      else
        onMessage((data as Buffer).toString()).catch((error: unknown) => {
          if (NOT_FOR_SERVERS.test(messageOf(error)))
            return socket.close(CloseCode.BadRequest, 'only servers send that');
          log.error({ error: messageOf(error) }, 'socket.message.failed');
          return socket.close(INTERNAL_ERROR, 'something went wrong on our side');
        });
    });
    socket.once('close', (code, reason) => {
      watch.delete(reader);
      operations.leaveAll();
      void onClosed(code, String(reason));
    });
  };

  const onUpgradeError = (error: Error): void => log.debug({ error: error.message }, 'socket.upgrade.failed');
  const onUpgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    connection.on('error', onUpgradeError);
    const refusal = refusalOf(request);
    if (refusal) connection.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else
      sockets.handleUpgrade(request, connection, head, (socket) =>
        accept(socket, request.socket, request.headers),
      );
  };
  const refusalOf = ({ url, headers }: IncomingMessage): string | null => {
    if (url?.split('?', 1)[0] !== path) return '404 Not Found';
    return isAllowedOrigin(headers.origin, headers.host) ? null : '403 Forbidden';
  };
  server.on('upgrade', onUpgrade);
  return {
    count: () => sockets.clients.size,
    async stop() {
      server.off('upgrade', onUpgrade);
      const closed = new Promise<void>((resolve) => sockets.close(() => resolve()));
      for (const socket of sockets.clients)
        socket.close(GOING_AWAY, 'the server stops; resume by your cursor');
      await Promise.race([closed, sleep(FAREWELL_MS, undefined, { ref: false })]);
      for (const socket of sockets.clients) socket.terminate();
      await closed;
    },
  };
}

const tooMany = (): GraphQLError =>
  new GraphQLError(`this socket already holds ${OPERATIONS_A_SOCKET} operations; open another`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });

const isStream = (served: ServedStream | ExecutionResult): served is ServedStream =>
  Symbol.asyncIterator in served;

const send = (socket: WebSocket, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) resolve();
    else socket.send(text, (error) => (error ? reject(error) : resolve()));
  });
