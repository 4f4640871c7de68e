import type { GraphDatabase } from './database/prisma.js';
import type { Viewer } from './domain/viewer.js';
import type { PrismaClient } from './generated/prisma/client.js';
import type { Logger } from './logger.js';
import type { Planner } from './planning/planner.js';
import type { Loaders } from './resolvers/loaders.js';

/** What a resolver may use: one for each request, and one for each batch of events pushed to subscribers. */
export interface Context {
  readonly database: GraphDatabase;
  readonly loaders: Loaders;
  /** Who asks. */
  readonly viewer: Viewer;
  /** Prisma as the viewer: row-level security shows it what he may see. */
  readonly prisma: PrismaClient;
  /** Plans on threads of its own; the same for all requests. */
  readonly planner: Pick<Planner, 'run'>;
  /** The instant the request is answered at, by the server's clock; the same for all its fields. */
  readonly now: Date;
  readonly log: Logger;
}
