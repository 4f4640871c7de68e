/** The built server on a database, as a process that benchmarks ask. No ingest: what is written comes from outside. */
import { pino } from 'pino';
import type * as registryModule from '../../src/ingest/registry.js';
import type * as openModule from '../../src/database/open.js';
import type * as appModule from '../../src/server/app.js';
import type * as syntheticModule from '../../src/ingest/synthetic-fill.js';
import { settledMemory } from './memory.js';
import { answerCommands } from './worker.js';

// The built files, which users run: what tsx makes of the sources costs more memory a closure.
const built = async (path: string): Promise<unknown> =>
  import(new URL(`../../dist/${path}`, import.meta.url).href);
const { openDatabase } = (await built('database/open.js')) as typeof openModule;
const { startApp } = (await built('server/app.js')) as typeof appModule;
const { LISTED_SOURCES } = (await built('ingest/registry.js')) as typeof registryModule;
const { SYNTHETIC_SOURCE } = (await built('ingest/synthetic-fill.js')) as typeof syntheticModule;

let stop = async (): Promise<void> => undefined;
let subscribers = (): number => 0;

export const pylonServer = {
  /** @returns its URL. */
  async start(ownerUrl: string): Promise<string> {
    const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
    const database = await openDatabase({
      ownerUrl,
      appUrl: null,
      pylonNow: null,
      sources: [...LISTED_SOURCES, SYNTHETIC_SOURCE],
      onError: (error) => log.warn(error.message),
    });
    const app = await startApp({
      config: { HOST: '127.0.0.1', PORT: 0, ALLOWED_ORIGINS: [] },
      database,
      log,
    });
    subscribers = () => app.hub.subscriberCount;
    stop = async () => {
      await app.stop();
      await database.close();
    };
    return app.url;
  },
  subscribers: (_: null): number => subscribers(),
  memory: (_: null) => settledMemory(),
  /** CPU time since the last question, milliseconds. */
  cpuMs: (_: null): number => {
    const { user, system } = process.cpuUsage(asked);
    asked = process.cpuUsage();
    return (user + system) / 1000;
  },
};
let asked = process.cpuUsage();

answerCommands(pylonServer, () => stop());
