import type { Config } from './config.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './database/embedded/supervisor.js';
import { createLeaseKeeper } from './database/lease-keeper.js';
import { openDatabase, type Database } from './database/open.js';
import { PylonError, messageOf } from './domain/errors.js';
import { createHttpClient } from './ingest/http.js';
import { SOURCE_FACTS } from './ingest/catalog.js';
import type { RunnerDeps } from './ingest/run.js';
import type { Logger } from './logger.js';

/** What every command stands on: an open database and the means to run sources. */
export interface Runtime extends RunnerDeps {
  readonly config: Config;
  readonly database: Database;
  /** One line for people: which database, where. */
  readonly databaseLine: string;
  /** Login that migrates and archives. */
  readonly ownerUrl: string;
  /** Gives leases back, ends connections, stops the embedded PostgreSQL unless another process uses it. */
  close(): Promise<void>;
}

/** @throws {PylonError} DATABASE_UNAVAILABLE, MIGRATION_CHANGED, CLOCK_CONFLICT */
export async function openRuntime(config: Config, log: Logger): Promise<Runtime> {
  const embedded = config.DATABASE_URL ? null : await startEmbedded(config, log);
  const ownerUrl = config.DATABASE_URL ?? embedded?.ownerUrl ?? '';
  let database: Database;
  try {
    database = await openDatabase({
      ownerUrl,
      appUrl: config.DATABASE_APP_URL ?? null,
      pylonNow: config.PYLON_NOW ?? null,
      sources: SOURCE_FACTS,
      servesSynthetic: config.SYNTHETIC,
      onError: (error) => log.warn({ error: error.message }, 'database.connection.lost'),
    });
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  const leases = createLeaseKeeper(database.pool, {
    seconds: config.LEASE_SECONDS,
    onError: (error, lease) => log.warn({ lease, error: messageOf(error) }, 'lease.prolong.failed'),
  });
  const http = createHttpClient({ timeoutMs: config.SOURCE_TIMEOUT_MS, now: database.clock.now });
  return {
    config,
    database,
    leases,
    http,
    log,
    baseUrlOf: (source) => config[source.baseUrl],
    ownerUrl,
    databaseLine: describe(database, embedded, ownerUrl),
    close: () =>
      inOrder([
        () => leases.close(),
        () => http.close(),
        () => database.close(),
        async () => void (await embedded?.stop()),
      ]),
  };
}

/** Takes every step, the next one also after one that failed; then throws the first failure. */
export async function inOrder(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function startEmbedded(config: Config, log: Logger): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({
      dataDir: config.PYLON_DATA_DIR,
      onNotice: (message) => log.info({ message }, 'database.embedded'),
    });
  } catch (cause) {
    throw new PylonError('DATABASE_UNAVAILABLE', messageOf(cause), { cause });
  }
}

function describe({ version }: Database, embedded: EmbeddedPostgres | null, ownerUrl: string): string {
  if (embedded) return `embedded ${version} in ${embedded.dataDirectory} (${embedded.outcome})`;
  const { host, pathname } = new URL(ownerUrl);
  return `${version} at ${host}${pathname}`;
}
