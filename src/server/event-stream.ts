import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  GraphQLError,
  OperationTypeNode,
  execute,
  getOperationAST,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context.js';
import type { Viewer } from '../domain/viewer.js';
import type { Logger } from '../logger.js';
import type { Hub } from '../subscriptions/hub.js';
import { ReaderWatch } from '../subscriptions/reader-watch.js';
import { serveSubscription } from '../subscriptions/serve.js';
import { errorBody } from './bad-requests.js';
import { EventWriter } from './event-writer.js';
import { formatResult } from './format-error.js';
import type { KeyWatch } from './key-watch.js';
import { KnownDocuments } from './known-documents.js';
import { operationOf, unresolvedOperation, type AskedOperation } from './operation-request.js';

export interface EventStreamOptions {
  readonly schema: GraphQLSchema;
  readonly hub: Hub;
  readonly createContext: (viewer: Viewer) => Context;
  readonly keys: KeyWatch;
  readonly log: Logger;
}

/**
 * Subscriptions over server-sent events, GET or POST, one connection a subscription: the "distinct connections mode" of the
 * GraphQL over SSE protocol. What is wrong with the operation is told in the stream, where an EventSource can read it.
 *
 * Every event carries its cursor as its id, so that an EventSource that reconnects by itself resumes where it was.
 */
export function createEventStreamHandler({
  schema,
  hub,
  createContext,
  keys,
  log,
}: EventStreamOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const watch = new ReaderWatch(hub.options.blockedMs);
  const documents = new KnownDocuments(schema);
  const format = formatResult(log);

  return async (request, reply) => {
    const asked = operationOf(request);
    if ('refusal' in asked) {
      const { status, message } = asked.refusal;
      if (status === 405) reply.header('allow', 'GET, POST');
      await reply.code(status).send(errorBody(message, 'BAD_REQUEST'));
      return;
    }
    reply.hijack();
    const events = new EventWriter(reply, request.raw.socket, log);
    const reader = events.watched(() => {
      hub.counts.abandoned += 1;
      events.cut();
    });
    watch.add(reader);
    events.onClose(() => watch.delete(reader));
    try {
      await serve(asked, request.viewer, events);
    } catch (error) {
      const originalError = error instanceof Error ? error : new Error(String(error));
      events.answer(format({ errors: [new GraphQLError(originalError.message, { originalError })] }));
    }
  };

  async function serve(asked: AskedOperation, viewer: Viewer, events: EventWriter): Promise<void> {
    const contextValue = createContext(viewer);
    const admitted = documents.admit(asked, contextValue);
    if ('errors' in admitted) return events.answer(format({ errors: admitted.errors }));
    const { document } = admitted;
    const { operationName, variables: variableValues } = asked;
    const args = { schema, document, operationName, variableValues, contextValue };
    const operation = getOperationAST(document, operationName)?.operation;
    if (operation === undefined) return events.answer(format({ errors: [unresolvedOperation()] }));
    if (operation === OperationTypeNode.MUTATION && asked.isSafeMethod)
      return events.answer(format({ errors: [mutationByGet()] }));
    if (operation !== OperationTypeNode.SUBSCRIPTION) return events.answer(format(await execute(args)));
    return subscribe(args, asked.lastEventId, events);
  }

  async function subscribe(
    args: ExecutionArgs & { readonly contextValue: Context },
    resumeFrom: string | null,
    events: EventWriter,
  ): Promise<void> {
    const { viewer } = args.contextValue;
    const served = await serveSubscription(hub, args, {
      viewer,
      resumeFrom,
      openSink: (finish) => events.sink(finish),
    });
    if (!(Symbol.asyncIterator in served)) return events.answer(format(served));
    events.onClose(() => void served.return());
    const unwatch = keys.add(viewer, {
      revoke(reason) {
        void served.return();
        events.answer(format({ errors: [keyRefused(reason)] }));
      },
    });
    events.onClose(unwatch);
    await served.next();
    events.complete();
  }
}

const keyRefused = (reason: string): GraphQLError =>
  new GraphQLError(reason, { extensions: { code: 'UNAUTHENTICATED' } });

const mutationByGet = (): GraphQLError =>
  new GraphQLError('a mutation must be sent by POST', { extensions: { code: 'BAD_REQUEST' } });
