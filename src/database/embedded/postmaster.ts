import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveTo } from './account.js';
import type { Binaries } from './binaries.js';
import { CONFIGURATION } from './cluster.js';
import { failure, OWN_SERVER } from './failure.js';
import type { Home } from './home.js';
import type { Machine } from './machine.js';
import { readPostmaster } from './postmaster-pid.js';
import { surroundings } from './run.js';
import { openLog, tailOf, type ServerLog } from './server-log.js';
import { configuration, type Settings } from './settings.js';

/** How long a start may take, recovery after a crash included. */
const PATIENCE_MS = 60_000;

/** How long the processes of a killed server may need to notice. */
const SURVIVORS_MS = 15_000;

const PORT_ATTEMPTS = 5;

/** The server took its first step and ended; what it wrote tells why. */
interface Ended {
  readonly tail: string;
}

/**
 * Starts the server on a cluster that no server runs on, and waits until it accepts connections.
 *
 * @returns its port, or 'taken' when another server was faster on this cluster.
 * @throws {Error} with the end of the log.
 */
export async function launch(
  home: Home,
  binaries: Binaries,
  settings: Settings,
  machine: Machine,
): Promise<number | 'taken'> {
  const survivorsUntil = performance.now() + SURVIVORS_MS;
  let portsLeft = PORT_ATTEMPTS;
  for (;;) {
    const port = await machine.freePort();
    const path = join(home.cluster, CONFIGURATION);
    await writeFile(path, configuration(settings, port));
    await giveTo(home.account, path);

    const ended = await attempt(home, binaries);
    if (ended === null) return port;
    if (ended.tail.includes('lock file "postmaster.pid" already exists')) return 'taken';
    if (/could not (bind|create any TCP)/.test(ended.tail) && --portsLeft > 0) continue;
    if (ended.tail.includes('pre-existing shared memory block') && performance.now() < survivorsUntil) {
      await sleep(200);
      continue;
    }
    throw failure(
      `PostgreSQL does not start on ${home.cluster}. The end of ${join(home.folder, 'postgres.log')}:\n${ended.tail}\n`,
      `Correct that and start again, or move ${home.cluster} away to begin anew, or ${OWN_SERVER}`,
    );
  }
}

/** @returns null once it accepts connections. */
async function attempt(home: Home, binaries: Binaries): Promise<Ended | null> {
  const log = await openLog(home);
  try {
    return process.platform === 'win32'
      ? await throughPgCtl(home, binaries, log)
      : await directly(home, binaries, log);
  } finally {
    await log.file.close();
  }
}

/**
 * In a session of its own, so that Ctrl-C in a terminal reaches only us, and with its output in the log, so that it
 * outlives us.
 */
async function directly(home: Home, binaries: Binaries, log: ServerLog): Promise<Ended | null> {
  const child = spawn(binaries.postgres, ['-D', home.cluster], {
    ...surroundings(home.account),
    cwd: home.cluster,
    detached: true,
    stdio: ['ignore', log.file.fd, log.file.fd],
  });
  await once(child, 'spawn');
  child.unref();
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const found = await readPostmaster(home.cluster);
    if (found && found !== 'unreadable' && found.pid === child.pid && found.status === 'ready') return null;
    if (hasEnded(child)) return { tail: await tailOf(log) };
    await sleep(20);
  }
  // Left alone: if it is recovering, ending it would only make the next start begin again.
  throw failure(
    `PostgreSQL (process ${child.pid}) on ${home.cluster} is not ready after ${PATIENCE_MS / 1000} s. ` +
      `The end of ${log.path}:\n${await tailOf(log)}\n`,
    'It goes on in the background and may be recovering: start again later, or read that log',
  );
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** On Windows only pg_ctl can give up an administrator's rights, with which PostgreSQL refuses to run. */
async function throughPgCtl(home: Home, binaries: Binaries, log: ServerLog): Promise<Ended | null> {
  const args = ['start', '--wait', `--timeout=${PATIENCE_MS / 1000}`, '-D', home.cluster, '-l', log.path];
  const child = spawn(binaries.pgCtl, args, { ...surroundings(null), detached: true, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0 ? null : { tail: await tailOf(log) };
}
