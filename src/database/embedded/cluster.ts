import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo } from './account.js';
import type { Binaries } from './binaries.js';
import { codeOf, failure, OWN_SERVER } from './failure.js';
import { isCluster, type Home } from './home.js';
import { run } from './run.js';
import type { Secrets } from './secrets.js';

/** In the data directory: what the supervisor chooses for each start. */
export const CONFIGURATION = 'pylon.conf';

/**
 * Makes the cluster unless there is one. Call it with the start lock held.
 * @param durable whether the new files are flushed to the disk: about 50 ms here, seconds on a slow one.
 * @returns whether it was made now.
 * @throws {Error} when initdb fails, or when the cluster is of another major version.
 */
export async function ensureCluster(
  home: Home,
  binaries: Binaries,
  secrets: Secrets,
  durable: boolean,
): Promise<boolean> {
  await removeAbandoned(home);
  if (await isCluster(home.cluster)) {
    await refuseOtherMajor(home, binaries);
    return false;
  }
  await refuseForeignFolder(home);
  const workshop = await mkdtemp(join(home.folder, WORKSHOP));
  try {
    await giveTo(home.account, workshop);
    await initialise(join(workshop, 'cluster'), workshop, home, binaries, secrets, durable);
    // A whole cluster or none: a crash before this line leaves only a workshop, which the next start removes.
    await rename(join(workshop, 'cluster'), home.cluster);
  } finally {
    await rm(workshop, { recursive: true, force: true, maxRetries: 3 });
  }
  return true;
}

const WORKSHOP = 'postgres.new-';

async function initialise(
  cluster: string,
  workshop: string,
  home: Home,
  binaries: Binaries,
  secrets: Secrets,
  durable: boolean,
): Promise<void> {
  const passwordFile = join(workshop, 'password');
  await writeFile(passwordFile, `${secrets.superuser}\n`, { mode: 0o600 });
  await giveTo(home.account, passwordFile);
  await mkdir(cluster, { mode: 0o700 });
  await giveTo(home.account, cluster);
  const choices = [
    `--pgdata=${cluster}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own rules for text: the same on every machine, untouched by updates of its libraries.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  const { code, stderr } = await run(binaries.initdb, choices, home.account);
  if (code === 0) {
    await appendFile(join(cluster, 'postgresql.conf'), `\ninclude_if_exists = '${CONFIGURATION}'\n`);
    return;
  }
  const remedy = stderr.includes('user does not exist')
    ? `Give the user of this process a line in /etc/passwd, or ${OWN_SERVER}`
    : `Correct that, or set PYLON_DATA_DIR to a folder on another disk, or ${OWN_SERVER}`;
  throw failure(
    `The database cluster ${home.cluster} cannot be created (initdb exit ${code})`,
    remedy,
    stderr,
  );
}

/** What a start that was killed left behind; nobody else is at work, since the lock is ours. */
async function removeAbandoned(home: Home): Promise<void> {
  for (const name of await readdir(home.folder)) {
    if (!name.startsWith(WORKSHOP)) continue;
    await rm(join(home.folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function refuseOtherMajor(home: Home, binaries: Binaries): Promise<void> {
  const made = (await readFile(join(home.cluster, 'PG_VERSION'), 'utf8')).trim();
  const [major] = binaries.version.split('.');
  if (made === major) return;
  throw failure(
    `The cluster ${home.cluster} was made by PostgreSQL ${made}, and the installed one is ${binaries.version}`,
    `Install the version of Pylon that made it and dump its data, or move the folder away to begin anew`,
  );
}

async function refuseForeignFolder(home: Home): Promise<void> {
  try {
    await rmdir(home.cluster); // succeeds only on an empty one
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw failure(
      `${home.cluster} exists and is not a database cluster`,
      'Move it away, or set PYLON_DATA_DIR to another folder',
      error,
    );
  }
}
