import { spawnSync } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { platformPackage } from '../../../src/database/embedded/platform-package.js';
import { readPostmaster, whoHas } from '../../../src/database/embedded/postmaster-pid.js';
import { TEMPORARY } from '../../support/temporary.js';

/** Whether this run is root's: some tests are about root, others about everybody else. */
export const isRoot = process.getuid?.() === 0;

/** Nobody's number on Linux. */
export const NOBODY = 65534;

/** Whether a process can be nobody's here: we are root, nobody has a name (initdb asks for it), and may run Node. */
export const canBeNobody =
  isRoot &&
  spawnSync(process.execPath, ['-e', 'os.userInfo()'], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;

/** A new folder that everybody may walk through; at the end of the test every server in it is ended and it is removed. */
export async function testFolder(mode = 0o755): Promise<string> {
  const folder = await newFolder(mode);
  onTestFinished(() => discard(folder));
  return folder;
}

/** The same for tests that share one: discard it after them. */
export async function newFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(TEMPORARY, 'pylon-embedded-'));
  await chmod(folder, mode);
  return folder;
}

/** Ends every server below a folder and removes it. */
export async function discard(folder: string): Promise<void> {
  for (const cluster of await clustersIn(folder)) await endServer(cluster);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends the server of a cluster as a power cut would, and waits until it is gone. */
export async function endServer(cluster: string): Promise<void> {
  const found = await readPostmaster(cluster);
  if (found === null || found === 'unreadable') return;
  for (let signalled = false; (await whoHas(found.pid, cluster)) === 'the server'; await sleep(20)) {
    if (!signalled) process.kill(found.pid, 'SIGQUIT');
    signalled = true;
  }
}

async function clustersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter(({ name }) => name === 'postmaster.pid').map(({ parentPath }) => parentPath);
}

/** A copy of the platform package as an installer that refuses install scripts leaves it: without its links. */
export async function packageWithoutLinks(folder: string): Promise<string> {
  const copy = join(folder, 'package');
  const filter = async (path: string): Promise<boolean> => !(await lstat(path)).isSymbolicLink();
  await cp(platformPackage(), copy, { recursive: true, filter });
  return copy;
}
