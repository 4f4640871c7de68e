import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { pgCtlOf } from './binaries.js';
import { connectSuperuser, isAbsence } from './connection.js';
import { failure } from './failure.js';
import type { Home } from './home.js';
import type { Machine } from './machine.js';
import { readPostmaster, whoHas } from './postmaster-pid.js';
import { PRESENCE } from './presence.js';
import { run } from './run.js';
import type { Secrets } from './secrets.js';

/** Connections of a pool that has just been ended take a moment to vanish; those of another process stay. */
const VANISHING_MS = 500;

/** A fast shutdown writes out what is in memory. */
const SHUTDOWN_MS = 30_000;

/** After which it is told to drop everything: the next start recovers. */
const IMMEDIATE_MS = 10_000;

/**
 * Stops the server of a home, unless somebody else uses it. Call it with the start lock held and our own presence and
 * pools ended: whoever starts at this moment either is seen, or comes after the end and starts another.
 */
export async function stopServer(
  home: Home,
  secrets: Secrets,
  force: boolean,
  machine: Machine,
): Promise<'stopped' | 'left-running'> {
  const found = await readPostmaster(home.cluster);
  if (found === null || found === 'unreadable' || (await whoHas(found.pid, home.cluster)) !== 'the server') {
    return 'stopped';
  }
  if (!force && found.port !== null && (await isUsed(found.port, secrets))) return 'left-running';

  if (process.platform === 'win32') {
    await run(pgCtlOf(machine.packageRoot()), ['stop', '--mode=fast', '-D', home.cluster], null);
  } else {
    signal(found.pid, 'SIGINT');
  }
  if (await endsWithin(SHUTDOWN_MS, found.pid, home)) return 'stopped';
  if (process.platform !== 'win32') signal(found.pid, 'SIGQUIT');
  if (await endsWithin(IMMEDIATE_MS, found.pid, home)) return 'stopped';
  throw failure(
    `PostgreSQL (process ${found.pid}) on ${home.cluster} does not end`,
    'Look at what keeps it (often a disk that does not answer) before you end it yourself',
  );
}

/** Whether clients named `pylon…` are connected. */
async function isUsed(port: number, secrets: Secrets): Promise<boolean> {
  let client: Client;
  try {
    client = await connectSuperuser(port, secrets, 'supervisor-stop');
  } catch (error) {
    if (isAbsence(error)) return false; // ending already
    throw error;
  }
  try {
    const giveUpAt = performance.now() + VANISHING_MS;
    for (;;) {
      const { rows } = await client.query<{ supervisors: number; others: number }>(
        `select count(*) filter (where application_name = $1)::int as supervisors,
                count(*) filter (where application_name <> $1)::int as others
           from pg_stat_activity where backend_type = 'client backend' and application_name like 'pylon%'`,
        [PRESENCE],
      );
      const { supervisors = 0, others = 0 } = rows[0] ?? {};
      if (supervisors > 0) return true;
      if (others === 0) return false;
      if (performance.now() > giveUpAt) return true;
      await sleep(25);
    }
  } finally {
    await client.end();
  }
}

async function endsWithin(milliseconds: number, pid: number, home: Home): Promise<boolean> {
  const giveUpAt = performance.now() + milliseconds;
  while (performance.now() < giveUpAt) {
    if ((await whoHas(pid, home.cluster)) !== 'the server') return true;
    await sleep(20);
  }
  return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ended meanwhile
  }
}
