import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readEvents, type LogEvent } from '../database/event-log.js';
import { CONNECTION_SETTINGS, connectionTo } from '../database/pools.js';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../logger.js';

const EVENTS_A_READ = 2_000;
const RECONNECT_MS = 1_000;

export interface LogFollower {
  stop(): Promise<void>;
}

export interface LogFollowerOptions {
  readonly pool: pg.Pool;
  /** Events after this sequence. */
  readonly from: bigint;
  /** The app's login: NOTIFY is heard on a connection of its own. */
  readonly url: string;
  /** The net under NOTIFY, which loses what is sent while it reconnects. */
  readonly pollMs: number;
  readonly log: Logger;
  /** Events in commit order, without a hole; awaited before the next are read. */
  readonly onEvents: (events: readonly LogEvent[]) => Promise<void>;
}

/** Reads the log on, woken by NOTIFY and by a timer. NOTIFY only wakes: what happened is read. */
export function followLog({ pool, from, url, pollMs, log, onEvents }: LogFollowerOptions): LogFollower {
  let position = from;
  let stopped = false;
  let wake: () => void = () => undefined;
  let woken = false;
  const rouse = (): void => {
    woken = true;
    wake();
  };
  const listener = listen(url, log, rouse);
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (woken || stopped) wake();
    });

  const run = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      try {
        const events = await readEvents(pool, { after: position, limit: EVENTS_A_READ });
        const last = events.at(-1);
        if (last) {
          await onEvents(events);
          position = last.sequence;
          continue;
        }
      } catch (error) {
        log.error({ error: messageOf(error), position: String(position) }, 'log.follow.failed'); // the same events are read again
        await sleep(RECONNECT_MS);
      }
      await rest();
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      rouse();
      await Promise.all([running, listener.stop()]);
    },
  };
}

/** Keeps one connection that listens, however often it breaks. */
function listen(url: string, log: Logger, onWake: () => void): { stop(): Promise<void> } {
  let stopped = false;
  let client: pg.Client | null = null;
  const pause = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped) {
      const current = new pg.Client({
        ...CONNECTION_SETTINGS,
        ...connectionTo(url, CONNECTION_SETTINGS.options),
        application_name: 'pylon-listen',
      });
      const ended = new Promise<void>((resolve) => current.once('end', resolve));
      current.on('error', (error) => log.warn({ error: error.message }, 'log.listen.lost'));
      try {
        await current.connect();
        client = current;
        current.on('notification', onWake);
        await current.query('listen pylon_events');
        onWake(); // what was sent before we listened
        if (!stopped) await ended;
      } catch (error) {
        if (!stopped) log.warn({ error: messageOf(error) }, 'log.listen.failed');
      }
      client = null;
      await current.end();
      if (!stopped) await sleep(RECONNECT_MS, undefined, { signal: pause.signal }).catch(() => undefined); // only an abort ends it early
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      pause.abort();
      await client?.end();
      await running;
    },
  };
}
