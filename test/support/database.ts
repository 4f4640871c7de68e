import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { adoptClock, clockAt, type Clock } from '../../src/database/clock.js';
import { openAsApp, type Database } from '../../src/database/open.js';
import { TEMPLATE_DATABASE, withDatabase } from './global-setup.js';

const OBJECT_IN_USE = '55006';

export interface TestDatabase extends Database {
  readonly ownerUrl: string;
  /** A connection of the owner, which may do what the app may not. */
  readonly owner: pg.Pool;
  /** Closes it and drops the database. */
  drop(): Promise<void>;
}

/** Makes and drops databases: one connection a worker, which does not keep it alive. */
let admin: pg.Pool | null = null;
function administrator(): pg.Pool {
  admin ??= new pg.Pool({
    connectionString: inject('ownerUrl'),
    max: 1,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  }).on(
    'error',
    () => undefined, // the server stops after the last test
  );
  return admin;
}

/** A database of one's own, migrated and seeded; its server's default zone is Europe/London, on purpose. */
export async function createTestDatabase(options: { readonly pylonNow?: Date } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Copied file by file: the default writes every page of it through the log.
  await administrator().query(`create database ${name} template ${TEMPLATE_DATABASE} strategy file_copy`);
  const ownerUrl = withDatabase(inject('ownerUrl'), name);
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  owner.on('error', () => undefined);
  const template = inject('template');
  const database = await openAsApp({
    ...template,
    appUrl: withDatabase(template.appUrl, name),
    clock: options.pylonNow ? await adoptClockAs(owner, options.pylonNow) : clockAt(0),
    servesSynthetic: true,
    onError: () => undefined, // connections are cut when the database is dropped
  });
  return {
    ...database,
    ownerUrl,
    owner,
    async drop() {
      await owner.end();
      await database.close();
      await dropDatabase(administrator(), name);
    },
  };
}

async function adoptClockAs(owner: pg.Pool, pylonNow: Date): Promise<Clock> {
  const client = await owner.connect();
  try {
    return await adoptClock(client, pylonNow);
  } finally {
    client.release();
  }
}

/**
 * Drops a database as an owner who is no superuser. A plain drop waits for connections that are on their way out and sends
 * autovacuum away; `with (force)` would fail on an autovacuum worker, which is a superuser's.
 */
export async function dropDatabase(admin: Pick<pg.Client, 'query'>, name: string): Promise<void> {
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
