import type { FastifyInstance, FastifyReply } from 'fastify';
import { nack, takeCallback, type Callback } from '../beckn/callback.js';
import type { InboundDeps } from '../beckn/inbound.js';
import type { PublicKeys } from '../beckn/signature.js';
import { messageOf } from '../domain/errors.js';
import type { RunReport } from '../ingest/run.js';

export interface BecknRouteOptions extends InboundDeps {
  /** None: unsigned callbacks are taken, and marked so. */
  readonly publicKeys: PublicKeys;
  readonly countRun: (report: RunReport) => void;
}

/** `POST /beckn/:action`: callbacks, answered ACK or NACK in Beckn's form whatever comes. */
export async function registerBeckn(app: FastifyInstance, options: BecknRouteOptions): Promise<void> {
  await app.register(async (scope) => {
    // The signature is over the bytes as they came, and what is no JSON is kept as well.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const answer = async (reply: FastifyReply, callback: Callback): Promise<FastifyReply> => {
      try {
        const { httpStatus, body, report } = await takeCallback(options, callback);
        if (report) options.countRun(report);
        return await reply.code(httpStatus).send(body);
      } catch (error) {
        options.log.error({ error: messageOf(error), action: callback.action }, 'beckn.message.failed');
        return reply.code(503).header('retry-after', '30').send(nack('UNAVAILABLE', 'try again later'));
      }
    };
    scope.post<{ Params: { action: string } }>('/beckn/:action', (request, reply) =>
      answer(reply, {
        action: request.params.action,
        authorization: request.headers.authorization,
        body:
          request.headers['content-encoding'] === undefined
            ? bytesOf(request.body)
            : { status: 415, fault: 'bodies must not be compressed' },
      }),
    );
    // What could not be read at all: too long, cut short.
    scope.setErrorHandler<Error & { readonly statusCode?: number }>((error, request, reply) => {
      const { action = '' } = request.params as { readonly action?: string };
      const status = error.statusCode === 413 || error.statusCode === 415 ? error.statusCode : 400;
      return answer(reply, {
        action,
        authorization: request.headers.authorization,
        body: { status, fault: error.message },
      });
    });
  });
}

const bytesOf = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
