import { createHash } from 'node:crypto';
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { canReach, isRoot, ownerOf, unprivilegedAccount, type Account } from './account.js';
import { codeOf, failure, wordsOf } from './failure.js';
import type { Machine } from './machine.js';
import { statOrNull } from './stat-or-null.js';

/** Where one embedded PostgreSQL lives, and as whom. All paths are absolute and free of links. */
export interface Home {
  /** Ours: the account may walk through it, not write in it. */
  readonly folder: string;
  /** The data directory, the account's own. */
  readonly cluster: string;
  readonly account: Account;
}

/**
 * Finds the home of a data folder: the folder itself, or, where root's unprivileged user cannot reach that, a refuge
 * whose name follows from the folder's path. A cluster that already exists, in either place, stays where it is.
 */
export async function findHome(
  dataDir: string,
  machine: Machine,
  notice: (message: string) => void,
): Promise<Home> {
  const folder = await ownFolder(dataDir);
  const here = (account: Account): Home => ({ folder, cluster: join(folder, 'postgres'), account });
  if (!isRoot()) return here(null);

  if (await isCluster(here(null).cluster)) {
    const home = here(await ownerOf(here(null).cluster));
    if (await canReach(home.account, home.cluster)) return home;
    throw failure(
      `The cluster ${home.cluster} belongs to ${home.account?.name}, who cannot reach it`,
      `Open the folders above it (chmod o+x), or move ${folder} to where that user may go`,
    );
  }
  const home = (await refugeInUse(folder, machine)) ?? (await newHome(folder, machine));
  if (home.folder !== folder) {
    notice(
      `PostgreSQL keeps its data in ${home.folder} instead of ${folder}, which user ${home.account?.name} ` +
        `cannot reach (PostgreSQL refuses to run as root). To begin anew, remove that folder too.`,
    );
  }
  return home;
}

async function ownFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(resolve(dataDir), { recursive: true });
    return await realpath(dataDir);
  } catch (error) {
    throw failure(
      `The data folder ${resolve(dataDir)} cannot be created`,
      'Set PYLON_DATA_DIR to a folder that this user may write in',
      error,
    );
  }
}

const refugeName = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 16);

async function refugeInUse(folder: string, machine: Machine): Promise<Home | null> {
  for (const refuge of machine.refuges) {
    const place = join(refuge, refugeName(folder));
    const cluster = join(place, 'postgres');
    if ((await isOurs(place)) && (await isCluster(cluster))) {
      return { folder: place, cluster, account: await ownerOf(cluster) };
    }
  }
  return null;
}

async function newHome(folder: string, machine: Machine): Promise<Home> {
  const account = await unprivilegedAccount();
  if (await canReach(account, folder)) return { folder, cluster: join(folder, 'postgres'), account };
  const refused: string[] = [];
  for (const refuge of machine.refuges) {
    const place = join(refuge, refugeName(folder));
    try {
      for (const path of [refuge, place]) {
        if ((await mkdir(path, { recursive: true })) !== undefined) await chmod(path, 0o755);
      }
      if ((await isOurs(refuge)) && (await isOurs(place)) && (await canReach(account, place))) {
        return { folder: place, cluster: join(place, 'postgres'), account };
      }
      refused.push(place);
    } catch (error) {
      refused.push(`${place} (${codeOf(error) || wordsOf(error)})`);
    }
  }
  throw failure(
    `PostgreSQL refuses to run as root, and user ${account.name} can reach neither ${folder} nor ${refused.join(', ')}`,
    'Set PYLON_DATA_DIR to a folder below folders that everybody may walk through (mode 755)',
  );
}

/** A folder in a place open to all may be somebody's trap: ours belongs to us and only we can write in it. */
async function isOurs(path: string): Promise<boolean> {
  const found = await statOrNull(path);
  return (
    found !== null && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  );
}

/** Whether a folder holds a complete cluster: initdb's work is renamed into place only once it is whole. */
export async function isCluster(cluster: string): Promise<boolean> {
  try {
    return (await stat(join(cluster, 'PG_VERSION'))).isFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw failure(
      `The cluster ${cluster} cannot be read`,
      'Run as the user who created it, or set PYLON_DATA_DIR to another folder',
      error,
    );
  }
}
