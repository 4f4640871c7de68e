import { realpath } from 'node:fs/promises';
import { Client } from 'pg';
import { codeOf, failure } from './failure.js';
import type { Home } from './home.js';
import type { Secrets } from './secrets.js';

/** Who connects, and to what. */
export interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Seen by others in pg_stat_activity. */
  readonly applicationName: string;
}

/** Opens one connection. Whatever the PG* variables of our environment say has no part in it. */
export async function connect(login: Login): Promise<Client> {
  const { applicationName, ...rest } = login;
  const client = new Client({
    ...rest,
    host: '127.0.0.1',
    ssl: false,
    options: '-c TimeZone=UTC',
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  client.on('error', () => undefined); // whoever awaits a query is told by it; nobody else need die of it
  await client.connect();
  return client;
}

/** A connection as the superuser; the name begins without `pylon` where it must not count as a user of the server. */
export const connectSuperuser = (port: number, secrets: Secrets, applicationName: string): Promise<Client> =>
  connect({ port, user: 'postgres', password: secrets.superuser, database: 'postgres', applicationName });

/**
 * Makes sure that the server behind a connection is the one on our cluster, not another's or a copy's.
 * @returns its version, `18.4`.
 */
export async function proveOurs(client: Client, home: Home): Promise<string> {
  const { rows } = await client.query<{ directory: string; version: string }>(
    `select current_setting('data_directory') as directory, current_setting('server_version') as version`,
  );
  const { directory = '', version = '' } = rows[0] ?? {};
  // The directory it was started with may have been moved away since.
  const really = await realpath(directory).catch(() => directory);
  if (really === home.cluster) return version.split(' ')[0] ?? version;
  throw failure(
    `A PostgreSQL runs on ${home.cluster} that was started as ${directory}: the folder was moved under it`,
    'Stop that server (send its postmaster SIGINT), then start again',
  );
}

/** Whether a connection failed because the server was just ending or not there, and not because it refuses us. */
export const isAbsence = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03'].includes(codeOf(error));

/** Whether the server knows another password than ours. */
export const isWrongPassword = (error: unknown): boolean => ['28P01', '28000'].includes(codeOf(error));
