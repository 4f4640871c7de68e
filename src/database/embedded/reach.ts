import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { usableBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { connectSuperuser, isAbsence, isWrongPassword, proveOurs } from './connection.js';
import { failure } from './failure.js';
import type { Home } from './home.js';
import type { Machine } from './machine.js';
import { launch } from './postmaster.js';
import { livePostmaster } from './postmaster-pid.js';
import { PRESENCE } from './presence.js';
import type { Secrets } from './secrets.js';
import { isDurable, type Settings } from './settings.js';

/** How often a server may end between being found and being used before that is an error. */
const ATTEMPTS = 20;

/** A connection to the server of a home, and how it came to run. */
export interface Reached {
  readonly client: Client;
  readonly port: number;
  readonly version: string;
  /** Made now; started on a cluster made before; or found running. */
  readonly outcome: 'created' | 'started' | 'adopted';
}

/** Finds the server or starts it, again and again while others end it or are faster. The start lock is held. */
export async function reach(
  home: Home,
  secrets: Secrets,
  settings: Settings,
  machine: Machine,
  notice: (message: string) => void,
): Promise<Reached> {
  let created = false;
  for (let attempt = 1; ; attempt += 1) {
    const running = await livePostmaster(home, notice);
    let port: number | 'taken' = running?.port ?? 'taken';
    if (!running) {
      const binaries = await usableBinaries(home, machine, notice);
      created = (await ensureCluster(home, binaries, secrets, isDurable(settings))) || created;
      port = await launch(home, binaries, settings, machine);
    }
    if (port !== 'taken') {
      const outcome = created ? 'created' : running ? 'adopted' : 'started';
      const reached = await connected(home, secrets, port, outcome);
      if (reached) return reached;
    }
    if (attempt === ATTEMPTS) {
      throw failure(
        `The PostgreSQL on ${home.cluster} ends or changes whenever it is about to be used`,
        `Read ${home.folder}/postgres.log, and end other programs that start or stop it`,
      );
    }
    await sleep(100);
  }
}

/** Null when the server was just ending. */
async function connected(
  home: Home,
  secrets: Secrets,
  port: number,
  outcome: Reached['outcome'],
): Promise<Reached | null> {
  let client: Client;
  try {
    client = await connectSuperuser(port, secrets, PRESENCE);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw failure(
      `The PostgreSQL on ${home.cluster} listens on 127.0.0.1:${port} but does not let us in`,
      isWrongPassword(error)
        ? `Restore ${home.folder}/postgres-secrets.json, which holds its passwords, or stop that server and move ${home.cluster} away to begin anew`
        : `Read ${home.folder}/postgres.log, stop that server and start again`,
      error,
    );
  }
  try {
    return { client, port, version: await proveOurs(client, home), outcome };
  } catch (error) {
    await client.end();
    throw error;
  }
}
