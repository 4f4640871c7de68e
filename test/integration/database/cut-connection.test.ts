import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

it('a borrowed connection that is cut ends its query, not the process', async () => {
  const client = await database.pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  try {
    // The words depend on whether the query or the news of the cut came first.
    await expect(client.query('select 1')).rejects.toThrow(/terminat|closed|ended|connection error/i);
  } finally {
    client.release(true);
  }
  expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
