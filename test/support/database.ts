import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.js';
import { SOURCE_FACTS } from '../../src/ingest/catalog.js';
import { TEMPLATE_DATABASE, withDatabase } from './global-setup.js';

const OBJECT_IN_USE = '55006';

export interface TestDatabase extends Database {
  readonly ownerUrl: string;
  /** A connection of the owner, which may do what the app may not. */
  readonly owner: pg.Pool;
  /** Closes it and drops the database. */
  drop(): Promise<void>;
}

/** A database of one's own, migrated and seeded; its server's default zone is Europe/London, on purpose. */
export async function createTestDatabase(options: { readonly pylonNow?: Date } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('ownerUrl') });
  await admin.connect();
  // Copied file by file: the default writes every page of it through the log.
  await admin.query(`create database ${name} template ${TEMPLATE_DATABASE} strategy file_copy`);
  await admin.end();
  const ownerUrl = withDatabase(inject('ownerUrl'), name);
  const database = await openDatabase({
    ownerUrl,
    appUrl: null,
    pylonNow: options.pylonNow ?? null,
    sources: SOURCE_FACTS,
    onError: () => undefined, // connections are cut when the database is dropped
  });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  owner.on('error', () => undefined);
  return {
    ...database,
    ownerUrl,
    owner,
    async drop() {
      await owner.end();
      await database.close();
      const client = new pg.Client({ connectionString: inject('ownerUrl') });
      await client.connect();
      await dropDatabase(client, name);
      await client.end();
    },
  };
}

/**
 * Drops a database as an owner who is no superuser. A plain drop waits for connections that are on their way out and sends
 * autovacuum away; `with (force)` would fail on an autovacuum worker, which is a superuser's.
 */
export async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  try {
    await admin.query(`drop database ${name}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === OBJECT_IN_USE)) throw error;
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = $1 and backend_type = 'client backend'`,
      [name],
    ); // a child process that was killed may have left some
    await admin.query(`drop database ${name}`);
  }
}
