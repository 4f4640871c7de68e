import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, failure } from './failure.js';
import { isCluster, type Home } from './home.js';

/** Passwords of the cluster's two roles; letters, digits, `-` and `_`, so that a URL holds them as they are. */
export interface Secrets {
  readonly superuser: string;
  readonly owner: string;
}

/**
 * The passwords kept beside a cluster, made and stored on its first start. Call it with the start lock held.
 * @throws {Error} when a cluster exists whose passwords are lost or unreadable.
 */
export async function secretsOf(home: Home): Promise<Secrets> {
  const path = join(home.folder, 'postgres-secrets.json');
  try {
    return parsed(await readFile(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !(await isCluster(home.cluster))) return create(path);
    throw failure(
      `The passwords of the cluster ${home.cluster}, kept in ${path}, cannot be read`,
      `Run as the user who created it and restore that file, or move ${home.cluster} away to begin anew`,
      error,
    );
  }
}

function parsed(text: string): Secrets {
  const { superuser, owner } = JSON.parse(text) as Partial<Secrets>;
  if (!superuser || !owner) throw new TypeError('it lacks a password');
  return { superuser, owner };
}

/** On disk before any cluster that needs them is. */
async function create(path: string): Promise<Secrets> {
  const secrets = { superuser: newPassword(), owner: newPassword() };
  const temporary = `${path}.${process.pid}`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(secrets)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return secrets;
}

const newPassword = (): string => randomBytes(24).toString('base64url');
