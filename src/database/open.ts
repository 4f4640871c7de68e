import pg from 'pg';
import { PylonError, messageOf } from '../domain/errors.js';
import { archivedSpans } from './archive/archived-spans.js';
import { prepareAppLogin } from './app-login.js';
import { adoptClock, type Clock } from './clock.js';
import type { GridSignalReader } from './grid-signals.js';
import { migrate, readMigrations } from './migrate.js';
import { readLogHead } from './event-log.js';
import { OWNER_CONNECTION_SETTINGS, connectionTo, createPool } from './pools.js';
import { seedRegions } from './regions.js';
import {
  loadSourceCatalog,
  registerSources,
  type SourceCatalog,
  type SourceFacts,
} from './source-catalog.js';

/** Migrations beside the code: `prisma/` is a sibling of `src/` and of `dist/`. */
export const MIGRATIONS_FOLDER = new URL('../../prisma/migrations', import.meta.url).pathname;

const OLDEST_POSTGRES = 150000;

const SEED_LOCK = 72707372;

/** The database as requests use it: the app's login, never the owner's. */
export interface Database {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly sources: SourceCatalog;
  /** What signals and observations are read through. */
  readonly reader: GridSignalReader;
  /** URL of the app's login. */
  readonly appUrl: string;
  /** e.g. `PostgreSQL 18.4`. */
  readonly version: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly ownerUrl: string;
  readonly appUrl: string | null;
  readonly pylonNow: Date | null;
  readonly sources: readonly SourceFacts[];
  /** False: synthetic values that were stored before are not served as signals. Default true. */
  readonly servesSynthetic?: boolean;
  readonly onError: (error: Error) => void;
}

/**
 * Brings a database to this version (as the owner, whose connection is then closed) and opens it as the app.
 * Safe for several processes at once.
 *
 * @throws {PylonError} DATABASE_UNAVAILABLE, MIGRATION_CHANGED, CLOCK_CONFLICT
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { onError, servesSynthetic = true } = options;
  return openAsApp({ ...(await prepareDatabase(options)), onError, servesSynthetic });
}

/** A database that is of this version, and how the app reaches it. */
export interface PreparedDatabase {
  /** URL of the app's login. */
  readonly appUrl: string;
  readonly clock: Clock;
  /** e.g. `PostgreSQL 18.4`. */
  readonly version: string;
  /** Of its event log, by which the app knows that it reached this very database. */
  readonly logId: string;
}

/**
 * Brings a database to this version as its owner, whose connection is then closed.
 *
 * @throws {PylonError} DATABASE_UNAVAILABLE, MIGRATION_CHANGED, CLOCK_CONFLICT
 */
export async function prepareDatabase(
  options: Pick<OpenOptions, 'ownerUrl' | 'appUrl' | 'pylonNow' | 'sources' | 'onError'>,
): Promise<PreparedDatabase> {
  const owner = await connectOwner(options.ownerUrl, options.onError);
  try {
    const version = await refuseOld(owner);
    await migrate(owner, await readMigrations(MIGRATIONS_FOLDER));
    await owner.query('select pg_advisory_lock($1)', [SEED_LOCK]); // until this connection ends: two first starts would both insert
    await seedRegions(owner);
    await registerSources(owner, options.sources);
    await owner.query('select pg_advisory_unlock($1)', [SEED_LOCK]);
    const clock = await adoptClock(owner, options.pylonNow);
    const appUrl = await prepareAppLogin(owner, options.ownerUrl, options.appUrl);
    const { logId } = await readLogHead(owner);
    return { appUrl, clock, version, logId };
  } finally {
    await owner.end();
  }
}

/**
 * Opens a database that was prepared, as the app.
 *
 * @throws {PylonError} DATABASE_UNAVAILABLE
 */
export async function openAsApp({
  logId,
  onError,
  servesSynthetic,
  ...app
}: PreparedDatabase & {
  readonly onError: (error: Error) => void;
  /** False: synthetic values that were stored before are not served as signals. */
  readonly servesSynthetic: boolean;
}): Promise<Database> {
  const pool = createPool({ url: app.appUrl, name: 'pylon', max: 12, onError });
  try {
    await refuseOther(pool, logId);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const sources = await loadSourceCatalog(pool);
  return {
    ...app,
    pool,
    sources,
    reader: { db: pool, sources, servesSynthetic, archive: archivedSpans(pool, app.clock.now) },
    close: () => pool.end(),
  };
}

/** The app's login must reach the very database that the owner prepared. */
async function refuseOther(pool: pg.Pool, logId: string): Promise<void> {
  let reached: string;
  try {
    reached = (await readLogHead(pool)).logId;
  } catch (cause) {
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      `the login that requests use cannot read the database: ${messageOf(cause)}. Check DATABASE_APP_URL.`,
      { cause },
    );
  }
  if (reached !== logId) {
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      'DATABASE_APP_URL names another database than DATABASE_URL; give both the same host and name',
    );
  }
}

async function connectOwner(url: string, onError: (error: Error) => void): Promise<pg.Client> {
  const client = new pg.Client({
    ...OWNER_CONNECTION_SETTINGS,
    ...connectionTo(url, OWNER_CONNECTION_SETTINGS.options),
    application_name: 'pylon-owner',
  });
  client.on('error', onError); // its queries tell of it too; without a listener it would end the process
  try {
    await client.connect();
    return client;
  } catch (cause) {
    const { host, pathname } = new URL(url);
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      `cannot connect to the database ${pathname.slice(1)} at ${host}: ${messageOf(cause)}. Check DATABASE_URL, or unset it for the embedded PostgreSQL.`,
      { cause },
    );
  }
}

async function refuseOld(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, split_part(current_setting('server_version'), ' ', 1) as version`,
  );
  const { number, version } = rows[0] ?? { number: '0', version: 'unknown' };
  if (Number(number) < OLDEST_POSTGRES) {
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      `PostgreSQL ${version} is too old: Pylon needs 15 or newer.`,
    );
  }
  return `PostgreSQL ${version}`;
}
