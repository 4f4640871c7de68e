import { chmod, copyFile, constants, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Account } from './account.js';
import { failure, OWN_SERVER, wordsOf } from './failure.js';
import type { Home } from './home.js';
import type { Machine } from './machine.js';
import { isMusl } from './platform-package.js';
import { run } from './run.js';
import { hydrateSymlinks } from './symlinks.js';

/** PostgreSQL's programs, as absolute paths, proven to start as the home's account. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** `18.4` */
  readonly version: string;
}

/**
 * The programs of the platform package where they can run, else of a copy beside the cluster: the package may lack
 * its links and be read-only, or lie where root's unprivileged user cannot go. Call it with the start lock held.
 * @throws {Error} when neither runs, with the reason of the system.
 */
export async function usableBinaries(
  home: Home,
  machine: Machine,
  notice: (message: string) => void,
): Promise<Binaries> {
  const packageRoot = machine.packageRoot();
  const original = await prepared(packageRoot, home.account);
  if (typeof original !== 'string') return original;
  if (isMusl()) {
    throw failure(
      'The embedded PostgreSQL needs glibc, and this Linux has musl (Alpine)',
      `Use an image with glibc (Debian), or ${OWN_SERVER}`,
    );
  }
  const copy = await copied(packageRoot, home, notice);
  const second = await prepared(copy, home.account);
  if (typeof second !== 'string') return second;
  throw failure(
    `PostgreSQL does not run on this machine. From ${packageRoot}: ${original}. From ${copy}: ${second}`,
    `Install again (npm ci) if files are missing, or ${OWN_SERVER}`,
  );
}

const program = (packageRoot: string, name: string): string =>
  join(packageRoot, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/** The only way to start and stop a server on Windows; unused elsewhere. */
export const pgCtlOf = (packageRoot: string): string => program(packageRoot, 'pg_ctl');

/** The programs of one folder, or why they do not run. */
async function prepared(packageRoot: string, account: Account): Promise<Binaries | string> {
  const [initdb, postgres] = [program(packageRoot, 'initdb'), program(packageRoot, 'postgres')];
  const pgCtl = pgCtlOf(packageRoot);
  let unwritable = '';
  try {
    await hydrateSymlinks(packageRoot);
    for (const path of [initdb, postgres, pgCtl]) await makeExecutable(path);
  } catch (error) {
    unwritable = ` (${wordsOf(error)})`; // may be complete all the same: running it will tell
  }
  try {
    const { code, stdout, stderr } = await run(postgres, ['--version'], account);
    const version = /(\d+\.\d+)/.exec(stdout)?.[1];
    if (code === 0 && version) return { initdb, postgres, pgCtl, version };
    return (stderr.trim() || `exit ${code}`) + unwritable;
  } catch (error) {
    return wordsOf(error) + unwritable;
  }
}

/** Changes nothing that need not be changed: a package on a read-only disk is fine as it is. */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
}

/** Copies the package once per data folder; a copy under its final name is complete. */
async function copied(packageRoot: string, home: Home, notice: (message: string) => void): Promise<string> {
  const description = await readFile(join(packageRoot, 'package.json'), 'utf8');
  const { version } = JSON.parse(description) as { version: string };
  const copy = join(home.folder, `postgresql-${version}-${basename(packageRoot)}`);
  if (await isFolder(copy)) return copy;
  const partial = `${copy}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await copyReadable(join(packageRoot, 'native'), join(partial, 'native'));
    await chmod(partial, 0o755);
    await rename(partial, copy);
  } catch (error) {
    throw failure(
      `PostgreSQL's programs in ${packageRoot} do not run there and cannot be copied to ${copy}`,
      `Make room or grant access (60 MB), or ${OWN_SERVER}`,
      error,
    );
  }
  notice(`Copied PostgreSQL's programs to ${copy}: they cannot run from ${packageRoot}.`);
  return copy;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Readable by all whatever the modes of the source, which a strict umask at install made unreadable. */
async function copyReadable(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await chmod(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await copyReadable(from, to);
    else if (entry.isSymbolicLink()) await cp(from, to, { verbatimSymlinks: true });
    else if (!entry.name.endsWith('.a')) {
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      await chmod(to, 0o644 | ((await stat(from)).mode & 0o100 ? 0o111 : 0));
    }
  }
}
