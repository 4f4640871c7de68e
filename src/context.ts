import type { GraphDatabase } from './database/prisma.js';
import type { Logger } from './logger.js';
import type { Loaders } from './resolvers/loaders.js';

/** What a resolver may use: one for each request, and one for each batch of events pushed to subscribers. */
export interface Context {
  readonly database: GraphDatabase;
  readonly loaders: Loaders;
  /** The instant the request is answered at, by the server's clock; the same for all its fields. */
  readonly now: Date;
  readonly log: Logger;
}
