import { resolve } from 'node:path';
import { explained } from './failure.js';
import { findHome, type Home } from './home.js';
import { thisMachine, type Machine } from './machine.js';
import { ensureOwner, ownerUrl } from './owner.js';
import { present } from './presence.js';
import { reach } from './reach.js';
import { secretsOf } from './secrets.js';
import type { Settings } from './settings.js';
import { underStartLock } from './start-lock.js';
import { stopServer } from './stop.js';

/** A PostgreSQL of our own, running. It outlives this process unless stopped; the next process adopts it. */
export interface EmbeddedPostgres {
  /** `postgresql://pylon_owner:<password>@127.0.0.1:<port>/pylon` */
  readonly ownerUrl: string;
  /** `18.4` */
  readonly version: string;
  /** Where the cluster really is: absolute, links resolved, and elsewhere than asked where root had to go elsewhere. */
  readonly dataDirectory: string;
  /** Made now; started on a cluster made before; or found running and taken over. */
  readonly outcome: 'created' | 'started' | 'adopted';
  /**
   * Stops it (fast shutdown), unless clients whose application_name begins with `pylon` are connected, in which case
   * another process uses it and it is left running. End your own pools first: they count. `force` stops it whoever is
   * connected. Harmless to repeat.
   */
  stop(options?: { readonly force?: boolean }): Promise<'stopped' | 'left-running'>;
}

export interface EmbeddedPostgresOptions {
  /** PYLON_DATA_DIR: created if missing; the cluster is `<dataDir>/postgres`, its log `<dataDir>/postgres.log`. */
  readonly dataDir: string;
  /** PostgreSQL parameters over the defaults, for a server started now; one found running keeps its own. */
  readonly settings?: Settings;
  /** Told what an operator may want to know: another data folder, a leftover cleared away, a server lost. */
  readonly onNotice?: (message: string) => void;
}

/**
 * Starts the embedded PostgreSQL of a data folder, or adopts the one that already runs there. Any number of processes
 * may do so at once.
 *
 * @throws {EmbeddedPostgresError} saying what failed, where, and what to do about it.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  machine: Machine = thisMachine,
): Promise<EmbeddedPostgres> {
  const notice = options.onNotice ?? (() => undefined);
  const what = `The embedded PostgreSQL in ${resolve(options.dataDir)} cannot be started`;
  return explained(what, async () => {
    const home = await findHome(options.dataDir, machine, notice);
    return underStartLock(home.folder, () => start(home, options.settings ?? {}, machine, notice));
  });
}

/** Everything that happens with the start lock held. */
async function start(
  home: Home,
  settings: Settings,
  machine: Machine,
  notice: (message: string) => void,
): Promise<EmbeddedPostgres> {
  const secrets = await secretsOf(home);
  const { client, port, version, outcome } = await reach(home, secrets, settings, machine, notice);
  try {
    await ensureOwner(client, port, secrets);
  } catch (error) {
    await client.end();
    throw error;
  }
  const presence = present(client, (error) => {
    notice(`The embedded PostgreSQL on ${home.cluster} ended or was stopped: ${error.message}.`);
  });
  let stopped = false;
  return {
    ownerUrl: ownerUrl(port, secrets),
    version,
    dataDirectory: home.cluster,
    outcome,
    async stop({ force = false } = {}) {
      if (stopped) return 'stopped';
      const result = await explained(`The embedded PostgreSQL on ${home.cluster} cannot be stopped`, () =>
        underStartLock(home.folder, async () => {
          await presence.end();
          return stopServer(home, secrets, force, machine);
        }),
      );
      stopped ||= result === 'stopped';
      return result;
    },
  };
}
