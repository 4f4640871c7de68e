import { afterAll, beforeAll, expect, it } from 'vitest';
import { withPrisma, type GraphDatabase } from '../../../src/database/prisma.js';
import { prismaFor } from '../../../src/database/viewers.js';
import { viewerOfKey } from '../../../src/database/api-keys.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';

/** As many connections as Prisma has. */
const BUSY = 6;

let database: TestDatabase;
let graph: GraphDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  graph = withPrisma(database, () => undefined);
});
afterAll(async () => {
  await graph.disconnectPrisma();
  await database.drop();
});

it('what a viewer asks waits for a connection for longer than the 2 s that Prisma gives a transaction', async () => {
  const { key } = await createTenant(database, 'Patient');
  const viewer = await viewerOfKey(database.pool, key);
  const busy = Promise.all(
    Array.from({ length: BUSY }, () => graph.prisma.$queryRaw`select pg_sleep(2.5)::text`),
  );
  const asked = prismaFor(graph.prisma, viewer).operator.findMany({ select: { name: true } });
  expect(await asked).toEqual([{ name: 'Patient' }]);
  await busy;
});
