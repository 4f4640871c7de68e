import { readFile, unlink, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, failure } from './failure.js';
import type { Home } from './home.js';
import { lookUp } from './process-table.js';
import { statOrNull } from './stat-or-null.js';

/** What a running server says of itself in its data directory, in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  /** Null until it has chosen one. */
  readonly port: number | null;
  readonly status: 'starting' | 'ready' | 'stopping';
}

/** A file that makes no sense for this long is what a power cut left of one. */
const WRITING_MS = 2_000;

/** How long a server may take to recover, or to write out what it holds before it ends. */
const PATIENCE_MS = 60_000;

/** @returns null without a file, or 'unreadable' while it is being written. */
export async function readPostmaster(cluster: string): Promise<Postmaster | 'unreadable' | null> {
  const text = await readFile(pidFile(cluster), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw failure(`${pidFile(cluster)} cannot be read`, 'Run as the user who created the cluster', error);
  });
  if (text === null) return null;
  // Lines: pid (negative for a single-user server), directory, start, port, socket folder, address, memory key, status.
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isSafeInteger(pid) || pid === 0) return 'unreadable';
  const status = lines[7] === 'ready' || lines[7] === 'stopping' ? lines[7] : 'starting';
  return { pid, port: Number(lines[3]) || null, status };
}

/**
 * The server that runs on a cluster, once it is ready for connections; null when none does.
 * Call it with the start lock held: it clears away what would keep a new server from starting.
 */
export async function livePostmaster(
  home: Home,
  notice: (message: string) => void,
): Promise<(Postmaster & { readonly port: number }) | null> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await readPostmaster(home.cluster);
    if (found === null) return null;
    if (found === 'unreadable') {
      if (await discardIfOld(home.cluster)) notice(`Removed ${pidFile(home.cluster)}, which was unreadable.`);
    } else {
      const who = await whoHas(found.pid, home.cluster);
      if (who === 'nobody') return null; // PostgreSQL clears the file itself, after looking for survivors
      if (who === 'another') {
        await disown(home.cluster);
        notice(`${pidFile(home.cluster)} named process ${found.pid}, which is another program: ignored.`);
        return null;
      }
      if (found.status === 'ready' && found.port !== null) return { ...found, port: found.port };
      if (performance.now() > giveUpAt) {
        throw failure(
          `PostgreSQL (process ${found.pid}) on ${home.cluster} has been ${found.status} for ${PATIENCE_MS / 1000} s`,
          `Read ${join(home.folder, 'postgres.log')}; it may be recovering, then start again later`,
        );
      }
    }
    await sleep(25);
  }
}

/** Whose process it is. When the system will not say, it is taken for the server: nothing is done to it unasked. */
export async function whoHas(pid: number, cluster: string): Promise<'the server' | 'another' | 'nobody'> {
  const found = await lookUp(pid);
  if (found.state === 'gone') return 'nobody';
  if (found.state === 'zombie') return 'another';
  if (found.workingFolder === cluster) return 'the server';
  if (found.command === '') return 'the server';
  const [program = '', ...args] = found.command.split('\0');
  // Not "postgres: checkpointer", as a server's children call themselves: they are never what the file names.
  if (!/postgres(\.exe)?( |$)/.test(program)) return 'another';
  const directory = args.includes('-D') ? args[args.indexOf('-D') + 1] : / -D (.*)$/.exec(program)?.[1];
  if (directory === undefined || !isAbsolute(directory)) return 'the server';
  return directory.startsWith(cluster) ? 'the server' : 'another';
}

/**
 * Makes PostgreSQL see the file as a leftover without removing it, because it also says which shared memory to look
 * into for processes that survived their server: two generations on one cluster would destroy it. PostgreSQL takes
 * the id of its own parent, which we shall be, for a leftover.
 */
async function disown(cluster: string): Promise<void> {
  if (process.platform === 'win32') return unlink(pidFile(cluster));
  const [, ...rest] = (await readFile(pidFile(cluster), 'utf8')).split('\n');
  return writeFile(pidFile(cluster), [process.pid, ...rest].join('\n'));
}

async function discardIfOld(cluster: string): Promise<boolean> {
  const written = await statOrNull(pidFile(cluster));
  if (!written || Date.now() - written.mtimeMs < WRITING_MS) return false;
  await unlink(pidFile(cluster));
  return true;
}

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');
