import pg from 'pg';

/** Sequences pass 2^53 only in theory, but a cursor must never be off by one: bigint columns are read as BigInt. */
const BIGINT_OID = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === BIGINT_OID && format !== 'binary'
      ? BigInt
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export interface PoolOptions {
  readonly url: string;
  /** Shown in pg_stat_activity; begins with `pylon`, by which the embedded supervisor knows who still uses it. */
  readonly name: string;
  readonly max?: number;
  readonly onError: (error: Error) => void;
}

/** What our SQL relies on whatever the server's, the database's or the role's own defaults are. */
const SESSION = [
  'TimeZone=UTC',
  'search_path=public',
  'default_transaction_isolation=read\\ committed', // what is read after the head is locked must be what is committed
  'jit=off', // short statements over many partitions look costly and are not: compiling them takes longer
  'plan_cache_mode=force_generic_plan', // each statement has one good plan, a probe a key; planning it anew for its values costs as much as running it
];

const optionsOf = (settings: readonly string[]): string =>
  settings.map((setting) => `-c ${setting}`).join(' ');

/**
 * What every connection of ours is: UTC whatever the server's default, and bounded in time, because pg waits for ever
 * by default. An idle transaction is cut well before a lease ends, so that a frozen writer frees its locks.
 */
export const CONNECTION_SETTINGS = {
  options: optionsOf([
    ...SESSION,
    'statement_timeout=60000',
    'lock_timeout=20000',
    'idle_in_transaction_session_timeout=5000',
  ]),
  connectionTimeoutMillis: 10_000,
  query_timeout: 65_000,
  keepAlive: true,
  types,
} as const;

/** A window of a data set takes as long as its publisher and the machine need; then it is given up. */
export const LONGEST_WINDOW_MS = 30 * 60_000;

/** For the one connection that fills and merges windows of hundreds of thousands of rows. */
const BULK_CONNECTION_SETTINGS = {
  ...CONNECTION_SETTINGS,
  options: optionsOf([
    ...SESSION,
    `statement_timeout=${LONGEST_WINDOW_MS}`,
    'lock_timeout=20000',
    'idle_in_transaction_session_timeout=5000',
  ]),
  query_timeout: LONGEST_WINDOW_MS + 5_000,
} as const;

/** The same for the owner, whose migrations take as long as they take, and wait for those of other processes. */
export const OWNER_CONNECTION_SETTINGS = {
  options: optionsOf([...SESSION, 'statement_timeout=0', 'lock_timeout=0']),
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  types,
} as const;

/** Options that the URL itself carries come first, so that ours hold: pg would drop ours for them. */
export function connectionTo(url: string, options: string): { connectionString: string; options: string } {
  const parsed = new URL(url);
  const own = parsed.searchParams.get('options');
  if (own === null) return { connectionString: url, options };
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, options: `${own} ${options}` };
}

export const createPool = (options: PoolOptions): pg.Pool => poolWith(CONNECTION_SETTINGS, options);

export const createBulkPool = (options: Omit<PoolOptions, 'max'>): pg.Pool =>
  poolWith(BULK_CONNECTION_SETTINGS, { ...options, max: 1 });

function poolWith(
  settings: typeof CONNECTION_SETTINGS | typeof BULK_CONNECTION_SETTINGS,
  { url, name, max = 10, onError }: PoolOptions,
): pg.Pool {
  const pool = new pg.Pool({
    ...settings,
    ...connectionTo(url, settings.options),
    application_name: name,
    max,
  });
  pool.on('error', onError); // an idle connection that breaks; the pool drops it by itself
  // A borrowed one tells its query; without a listener of its own its end would be the end of the process.
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
