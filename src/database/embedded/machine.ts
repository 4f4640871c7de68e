import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { platformPackage } from './platform-package.js';

/** What the supervisor takes from the machine it runs on; tests hand it another one. */
export interface Machine {
  /** The folder of the package with this platform's binaries. @throws {Error} when there is none. */
  readonly packageRoot: () => string;
  /** Where root may keep a cluster whose own place the unprivileged user cannot reach; the first that can be used is. */
  readonly refuges: readonly string[];
  /** A TCP port of 127.0.0.1 that nobody listens on now. Somebody may before we do. */
  readonly freePort: () => Promise<number>;
}

export const thisMachine: Machine = {
  packageRoot: platformPackage,
  refuges: ['/var/lib/pylon', '/var/tmp/pylon', join(tmpdir(), 'pylon')],
  freePort,
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new TypeError('a TCP server has no port');
  return address.port;
}
