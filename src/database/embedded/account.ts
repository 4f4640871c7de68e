import { chown, stat } from 'node:fs/promises';
import { codeOf, failure, OWN_SERVER } from './failure.js';
import { run } from './run.js';

/** The operating system user that PostgreSQL's programs run as; null means the user of this process. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number } | null;

/** In order of preference. `_postgres` is what macOS calls it. */
const UNPRIVILEGED = ['postgres', '_postgres', 'nobody'];

/** PostgreSQL refuses to run as root, so root must hand its work to somebody else. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The user that root runs PostgreSQL as.
 * @throws {Error} when this machine has none of the usual users.
 */
export async function unprivilegedAccount(): Promise<NonNullable<Account>> {
  for (const name of UNPRIVILEGED) {
    const [uid, gid] = [await idOf('-u', name), await idOf('-g', name)];
    if (uid && gid !== null) return { name, uid, gid };
  }
  throw failure(
    `PostgreSQL refuses to run as root, and this machine has no user named ${UNPRIVILEGED.join(', ')}`,
    `Run as an ordinary user, or create one (useradd --system postgres), or ${OWN_SERVER}`,
  );
}

/** The user who owns an existing cluster: the only one PostgreSQL lets serve it. */
export async function ownerOf(cluster: string): Promise<NonNullable<Account>> {
  const { uid, gid } = await stat(cluster);
  if (uid !== 0) return { name: `uid ${uid}`, uid, gid };
  throw failure(
    `The cluster ${cluster} belongs to root, as whom PostgreSQL refuses to run`,
    `Give it to another user (chown -R postgres ${cluster}), or ${OWN_SERVER}`,
  );
}

/** Makes a file or folder the account's own. Does nothing when the account is our own user. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}

/** Whether the account can walk into a folder, asked by doing so: modes, ACLs and mounts all count. */
export async function canReach(account: Account, folder: string): Promise<boolean> {
  if (!account) return true;
  const { code } = await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], account).catch((error: unknown) => {
    throw failure(
      `This process is root but may not become user ${account.name} to run PostgreSQL`,
      `Run as an ordinary user (in a container: --user), or ${OWN_SERVER}`,
      error,
    );
  });
  return code === 0;
}

/** Null when there is no such user. macOS numbers `nobody` 4294967294, which is kept as printed. */
async function idOf(flag: '-u' | '-g', name: string): Promise<number | null> {
  try {
    const { code, stdout } = await run('id', [flag, name], null);
    return code === 0 ? Number(stdout.trim()) : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null; // an image so bare that it lacks `id` has no such user either
    throw error;
  }
}
