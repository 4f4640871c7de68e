import type { Config } from '../config.js';
import { PylonError, messageOf } from '../domain/errors.js';

const PORTS_TRIED = 20;
const DEFAULT_PORT = 4000;

/**
 * Starts on the port that was set, or on the first free one from the default on.
 *
 * @throws {PylonError} CONFIG_INVALID when the port that was set is taken.
 */
export async function listen<Started>(
  { PORT, HOST }: Pick<Config, 'PORT' | 'HOST'>,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  const ports = PORT === undefined ? Array.from({ length: PORTS_TRIED }, (_, i) => DEFAULT_PORT + i) : [PORT];
  for (const port of ports) {
    try {
      const started = await start(port);
      if (PORT === undefined && port !== DEFAULT_PORT)
        process.stdout.write(`Port ${DEFAULT_PORT} is taken; using ${port}. Set PORT to choose.\n`);
      return started;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      if (PORT !== undefined) {
        throw new PylonError(
          'CONFIG_INVALID',
          `PORT=${PORT} on ${HOST} cannot be listened on: ${messageOf(error)}. Set another, or unset it to take the next free one.`,
          { cause: error },
        );
      }
    }
  }
  throw new PylonError(
    'CONFIG_INVALID',
    `ports ${DEFAULT_PORT} to ${DEFAULT_PORT + PORTS_TRIED - 1} on ${HOST} are all taken; set PORT`,
  );
}
