import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../logger.js';
import { sources } from '../resolvers/sources.js';

/** `/health/live`: the process turns. `/health/ready`: it can answer, because the database can. */
export function registerHealth(
  app: FastifyInstance,
  createContext: () => Context,
  isStopping: () => boolean,
  log: Logger,
): void {
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    if (isStopping()) return reply.code(503).send({ status: 'stopping' });
    try {
      const health = await sources(createContext());
      return {
        status: 'ready',
        sources: Object.fromEntries(health.map(({ source, state }) => [source.id, state])),
      };
    } catch (error) {
      log.error({ error: messageOf(error) }, 'health.database.unavailable');
      return reply.code(503).send({ status: 'database unavailable' });
    }
  });
}
