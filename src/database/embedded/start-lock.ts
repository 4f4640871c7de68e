import { randomUUID } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, failure } from './failure.js';
import { lookUp } from './process-table.js';
import { statOrNull } from './stat-or-null.js';

/** Longer than the longest start: 60 s for PostgreSQL, as long again for initdb on a slow disk. */
const PATIENCE_MS = 150_000;

/** A lock without a readable holder is being written, or was abandoned while it was. */
const WRITING_MS = 5_000;

/** Tokens of the locks this process holds: its id in a lock file may be a predecessor's, as in a container. */
const held = new Set<string>();

/**
 * Runs a task while no other process does so for the same home: starting, adopting and stopping are decisions about
 * what others do. A holder that died is found out by its process id and birth, and its lock taken.
 *
 * No file lock can be taken from the dead without a moment's doubt, so that each step under it is also safe alone:
 * a cluster is renamed into place, and PostgreSQL keeps its own lock on it.
 */
export async function underStartLock<Result>(folder: string, task: () => Promise<Result>): Promise<Result> {
  const path = join(folder, 'postgres.lock');
  const token = randomUUID();
  const self = await lookUp(process.pid);
  const bornAt = self.state === 'living' ? self.bornAt : '';
  const content = JSON.stringify({ pid: process.pid, bornAt, token });
  held.add(token);
  try {
    await acquire(path, content);
    try {
      return await task();
    } finally {
      if ((await contentOf(path)) === content) await unlink(path);
    }
  } finally {
    held.delete(token);
  }
}

async function acquire(path: string, content: string): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await writeFile(path, content, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw failure(
          `The lock ${path} cannot be written`,
          'Set PYLON_DATA_DIR to a folder that this user may write in',
          error,
        );
      }
    }
    const holder = await contentOf(path);
    if (holder !== null && (await isAbandoned(path, holder))) await take(path, holder);
    else await sleep(25);
    if (performance.now() > giveUpAt) {
      throw failure(
        `Another process has been starting or stopping PostgreSQL for ${PATIENCE_MS / 1000} s: ${holder}`,
        `End that process, or remove ${path} if it is not Pylon`,
      );
    }
  }
}

async function isAbandoned(path: string, holder: string): Promise<boolean> {
  const { pid, bornAt, token } = parsed(holder);
  if (pid === null) {
    const written = await statOrNull(path);
    return written !== null && Date.now() - written.mtimeMs > WRITING_MS;
  }
  if (pid === process.pid) return !held.has(token);
  const found = await lookUp(pid);
  if (found.state !== 'living') return true;
  return bornAt !== '' && found.bornAt !== '' && found.bornAt !== bornAt;
}

/** Moved away before it is removed, so that a lock which somebody took meanwhile is noticed and put back. */
async function take(path: string, abandoned: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return; // somebody was faster
    throw error;
  }
  const taken = await contentOf(aside);
  if (taken !== null && taken !== abandoned)
    await writeFile(path, taken, { flag: 'wx', mode: 0o600 }).catch(ignoreExisting);
  await unlink(aside);
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

function parsed(holder: string): { pid: number | null; bornAt: string; token: string } {
  try {
    return JSON.parse(holder) as { pid: number; bornAt: string; token: string };
  } catch {
    return { pid: null, bornAt: '', token: '' }; // half written
  }
}

/** Null when there is no such file. */
async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw failure(`The lock ${path} cannot be read`, 'Run as the user who created that folder', error);
  }
}
