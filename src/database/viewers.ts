import type pg from 'pg';
import { rowScopeOf, type Viewer } from '../domain/viewer.js';
import type { PrismaClient } from '../generated/prisma/client.js';

/** What tells the database whose rows may be seen; for the transaction alone, because connections are shared. */
const settingsOf = (viewer: Viewer): readonly [operator: string, role: string] => {
  const scope = rowScopeOf(viewer);
  if (viewer === null || scope === 'public') return ['', ''];
  return [String(viewer.operatorId), scope === 'admin' ? 'ADMIN' : viewer.role];
};

const clients = new WeakMap<PrismaClient, Map<string, PrismaClient>>();

/**
 * Prisma as a viewer: each of its queries runs in a transaction that says who asks, and row-level security does the rest.
 * Nobody in particular needs no transaction: he is who the database takes everyone for.
 */
export function prismaFor(prisma: PrismaClient, viewer: Viewer): PrismaClient {
  const scope = rowScopeOf(viewer);
  if (scope === 'public') return prisma;
  const known = clients.get(prisma) ?? new Map<string, PrismaClient>();
  clients.set(prisma, known);
  let client = known.get(scope);
  if (!client) {
    client = boundTo(prisma, viewer);
    known.set(scope, client);
  }
  return client;
}

function boundTo(prisma: PrismaClient, viewer: Viewer): PrismaClient {
  const [operator, role] = settingsOf(viewer);
  return prisma.$extends({
    query: {
      async $allOperations({ args, query }) {
        const [, result] = await prisma.$transaction([
          prisma.$executeRaw`select set_config('pylon.operator', ${operator}, true), set_config('pylon.role', ${role}, true)`,
          query(args),
        ]);
        return result;
      },
    },
  }) as unknown as PrismaClient; // the same models; only raw calls and events differ, and nothing here makes any
}

/** SQL as a viewer, in a transaction of its own that only reads. */
export async function readAs<Result>(
  pool: pg.Pool,
  viewer: Viewer,
  read: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin read only');
    await client.query(
      `select set_config('pylon.operator', $1, true), set_config('pylon.role', $2, true)`,
      settingsOf(viewer) as [string, string],
    );
    const result = await read(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
