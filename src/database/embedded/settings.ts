import { failure } from './failure.js';

/** PostgreSQL's parameters, by name. */
export type Settings = Readonly<Record<string, string>>;

/** A server for one machine's processes: little memory, no replication, nothing said that is not needed. */
const DEFAULTS: Settings = {
  max_connections: '200',
  shared_buffers: '256MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic', // a failed statement may hold what a log must not
};

/** Chosen by the supervisor, which would not find its own server otherwise. */
const FIXED: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  ssl: 'off',
  logging_collector: 'off',
};

/**
 * The configuration file of one start.
 * @throws {Error} for a setting that is the supervisor's to choose, or that a configuration file cannot hold.
 */
export function configuration(settings: Settings, port: number): string {
  for (const [name, value] of Object.entries(settings)) {
    if (name in FIXED || name === 'port') {
      throw failure(`The setting ${name} of the embedded PostgreSQL is fixed`, 'Leave it out');
    }
    if (!/^[A-Za-z_][\w.]*$/.test(name) || /[\r\n\0]/.test(value)) {
      throw failure(
        `The setting ${JSON.stringify(name)} of the embedded PostgreSQL is malformed`,
        'Correct it',
      );
    }
  }
  const lines = Object.entries({ ...DEFAULTS, ...settings, ...FIXED, port: String(port) });
  return ['# Written at every start of Pylon: what you change here is lost.', ...lines.map(line), ''].join(
    '\n',
  );
}

const line = ([name, value]: readonly [string, string]): string =>
  `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** Whether data must survive a power cut: always, unless a test says otherwise. */
export const isDurable = (settings: Settings): boolean => settings['fsync'] !== 'off';
