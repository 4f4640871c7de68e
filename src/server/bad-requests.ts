import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.js';

/** Answers what is no request of ours in the shape of a GraphQL error: JSON, a code, no stack. */
export function answerBadRequests(app: FastifyInstance, log: Logger): void {
  // Any text is taken as text: whether it is JSON is then told in our own words.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.headers['content-encoding'] !== undefined)
      return done(refusal(415, 'bodies must not be compressed'));
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer);
      return done(null, JSON.parse(text) as unknown);
    } catch (error) {
      return done(
        refusal(
          400,
          `the body is no JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    }
  });
  app.setErrorHandler((error: RequestError, request, reply) => answerError(error, request, reply, log));
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?', 1)[0] ?? '';
    const allowed = METHODS.filter((each) => app.hasRoute({ url: path, method: each }));
    const asked = `${method} ${url.slice(0, 100)}`;
    if (allowed.length > 0) {
      return reply
        .code(405)
        .header('allow', allowed.join(', '))
        .send(errorBody(`${asked} is not served; ${allowed.join(', ')} are`, 'BAD_REQUEST'));
    }
    return reply
      .code(404)
      .send(
        errorBody(`${asked} is not served here; try /graphql, /explorer or /health/ready`, 'BAD_REQUEST'),
      );
  });
}

type RequestError = Error & { readonly statusCode?: number | undefined };

/** A request that could not be handled, told as the client's fault or masked as ours. */
export function answerError(
  error: RequestError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const status = error.statusCode ?? 500;
  const ours = status >= 500;
  if (ours) log.error({ error: error.message, stack: error.stack, url: request.url }, 'http.request.failed');
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(
      errorBody(
        ours ? 'something went wrong on our side' : status === 413 ? tooLarge(request) : error.message,
        ours ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST',
      ),
    );
}

const tooLarge = ({ routeOptions }: FastifyRequest): string =>
  `the body of the request is larger than ${routeOptions.bodyLimit} bytes, the most that is read`;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

/** An error outside GraphQL in the shape of a GraphQL one. */
export const errorBody = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });

const refusal = (statusCode: number, message: string): RequestError =>
  Object.assign(new Error(message), { statusCode });
