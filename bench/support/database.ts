import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded/supervisor.js';
import { createLeaseKeeper } from '../../src/database/lease-keeper.js';
import type { Lease } from '../../src/database/leases.js';
import { openDatabase, type Database } from '../../src/database/open.js';
import { SOURCE_FACTS } from '../../src/ingest/catalog.js';
import type { Scope } from './benchmark.js';

/** A folder of one's own that PostgreSQL's user may walk into; removed at the end. */
export async function benchFolder(scope: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pylon-bench-'));
  scope.onEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  await chmod(folder, 0o755);
  return folder;
}

/** The embedded PostgreSQL as users have it, fsync and all. @returns the owner's URL. */
export async function startBenchPostgres(scope: Scope, folder: string): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  scope.onEnd(() => postgres.stop({ force: true }));
  return postgres.ownerUrl;
}

export interface BenchDatabase extends Database {
  readonly ownerUrl: string;
  /** Connections of the owner, for set-up and for sizes. */
  readonly owner: pg.Pool;
}

/** Opened as the server opens it. */
export async function openBenchDatabase(scope: Scope, ownerUrl: string): Promise<BenchDatabase> {
  const database = await openDatabase({
    ownerUrl,
    appUrl: null,
    pylonNow: null,
    sources: SOURCE_FACTS,
    onError: (error) => process.stderr.write(`${error.message}\n`),
  });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2, options: '-c TimeZone=UTC' });
  scope.onEnd(async () => {
    await owner.end();
    await database.close();
  });
  return { ...database, ownerUrl, owner };
}

/** A fresh server and database. */
export async function startBenchDatabase(scope: Scope): Promise<BenchDatabase> {
  return openBenchDatabase(scope, await startBenchPostgres(scope, await benchFolder(scope)));
}

/** The lease under which a source's statements are recorded, held to the end. */
export async function holdLease(scope: Scope, { pool }: Database, source: string): Promise<Lease> {
  const keeper = createLeaseKeeper(pool, {
    seconds: 60,
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  scope.onEnd(() => keeper.close());
  const lease = await keeper.acquire(`source:${source}`);
  if (!lease) throw new Error(`the lease of ${source} is held by somebody else`);
  return lease;
}

/** Bytes of a table with its partitions, indexes and TOAST. */
export async function bytesOf(owner: pg.Pool, table: string): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(relid))::text as bytes
     from (select $1::regclass as relid union select relid from pg_partition_tree($1::regclass)) parts`,
    [table],
  );
  return Number(rows[0]?.bytes);
}
