import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.js';
import type { Bap } from './actions.js';
import type { Database } from './open.js';
import { CONNECTION_SETTINGS, createPool } from './pools.js';

/** The database as the graph asks it. */
export interface GraphDatabase extends Database {
  readonly prisma: PrismaClient;
  /** Who we are to sellers of the Beckn network; null or left out: nothing can be bought. */
  readonly bap?: Bap | null;
  /** Ends Prisma's own connections; the rest of the database stays open. Once more does no harm. */
  readonly disconnectPrisma: () => Promise<void>;
}

/** Only who serves loads Prisma: a command that writes does without its 10 MB. */
export function withPrisma(database: Database, onError: (error: Error) => void): GraphDatabase {
  const pool = createPool({ url: database.appUrl, name: 'pylon-prisma', max: 6, onError });
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    // What a viewer asks is a transaction: it waits for a connection, and lasts, as long as any query. Prisma's own limits
    // of 2 s and 5 s failed deep answers on a busy machine.
    transactionOptions: {
      maxWait: CONNECTION_SETTINGS.connectionTimeoutMillis,
      timeout: CONNECTION_SETTINGS.query_timeout,
    },
  });
  return {
    ...database,
    prisma,
    disconnectPrisma: async () => {
      await prisma.$disconnect();
      if (!pool.ending) await pool.end();
    },
  };
}
