import { messageOf } from '../domain/errors.js';
import { LIVE_HAPPENINGS } from '../fleet/happenings.js';
import { startSimulator, type Simulator } from '../fleet/simulator.js';
import type { Runtime } from '../runtime.js';
import { POLL_MS, openFleet } from './simulate.js';

/** So that there is work to be seen at once: it waits for the first agent. */
const BACKLOG_MS = 2 * 3_600_000;

/**
 * The synthetic fleet beside the server: registered, unless it is, and then simulated until stopped. Any number of processes
 * may do so on one database: what happens has ids of its own, and happens once.
 */
export function startDemo(runtime: Pick<Runtime, 'config' | 'database' | 'log'>): Pick<Simulator, 'stop'> {
  const { log } = runtime;
  let isStopped = false;
  const starting = openFleet(runtime).then(
    ({ simulation, seeded }) => {
      log.info({ registered: seeded.registered, refused: seeded.refused }, 'demo.fleet.ready');
      if (isStopped) return null;
      return startSimulator(simulation, LIVE_HAPPENINGS, {
        pollMs: POLL_MS,
        backlogMs: BACKLOG_MS,
        onReport: ({ done, refused }) => log.info({ done, refused }, 'demo.happened'),
        onError: (error) => log.error({ error }, 'demo.failed'),
      });
    },
    (error: unknown) => {
      log.error({ error: messageOf(error) }, 'demo.failed'); // the grid is served all the same
      return null;
    },
  );
  return {
    async stop() {
      isStopped = true;
      await (await starting)?.stop();
    },
  };
}
