import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { PylonError } from '../domain/errors.js';

/** Prisma's own advisory lock, so that its `migrate deploy` and ours never run at once. */
const MIGRATION_LOCK = 72707369;

/** Prisma's own table, column for column. */
const CREATE_TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** Hex sha256 of the file, as Prisma computes it. */
  readonly checksum: string;
}

/** The migrations of a folder, in the order of their names. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Applies what is not applied yet, each migration in one transaction with its row in `_prisma_migrations`, so that
 * `prisma migrate deploy` agrees elsewhere. Several processes may call it at once.
 *
 * @returns the names applied now.
 * @throws {PylonError} MIGRATION_CHANGED when an applied file differs, or is missing, or failed half-way elsewhere.
 */
export async function migrate(client: pg.ClientBase, migrations: readonly Migration[]): Promise<string[]> {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await client.query(CREATE_TABLE);
    const { rows } = await client.query<{
      migration_name: string;
      checksum: string;
      finished_at: Date | null;
    }>('select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null');
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    refuseChanged(migrations, applied);
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

function refuseChanged(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, { readonly checksum: string; readonly finished_at: Date | null }>,
): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, row] of applied) {
    const fault =
      row.finished_at === null
        ? 'was begun by another tool and never finished; mark it with `prisma migrate resolve`'
        : !known.has(name)
          ? 'was applied to this database and is not in prisma/migrations: this version is older than the database'
          : known.get(name)?.checksum !== row.checksum
            ? 'was changed after it had been applied; restore the file and add a new migration'
            : null;
    if (fault) throw new PylonError('MIGRATION_CHANGED', `migration ${name} ${fault}`);
  }
}

async function apply(client: pg.ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new PylonError('DATABASE_UNAVAILABLE', `migration ${name} failed: ${String(cause)}`, { cause });
  }
}
