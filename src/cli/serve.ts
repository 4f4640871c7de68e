import type pg from 'pg';
import type { Config } from '../config.js';
import { openOwnerSession } from '../database/owner-session.js';
import { makeDevelopmentKey, refuseDevelopmentKey } from '../database/development-key.js';
import { messageOf } from '../domain/errors.js';
import { createLogger, type Logger } from '../logger.js';
import { startScheduler, type Scheduler } from '../ingest/scheduler.js';
import { inOrder, openRuntime, type Runtime } from '../runtime.js';
import { listen } from '../server/listen.js';
import type { App } from '../server/app.js';
import { dataModeLine, readDataEvidence } from './data-mode.js';
import { startAgents } from './agents.js';
import { startDemo } from './demo.js';
import { discoverJob } from './marketplace.js';
import { startOrderPostman } from './order-post.js';
import { startSweeper } from './sweeper.js';

/** `pylon serve`, which is `npm start`: database, graph, ingest; until SIGINT or SIGTERM. */
export async function serve(config: Config): Promise<void> {
  const log = createLogger(config.LOG_LEVEL);
  /** What ends each part that is up, the last one first. */
  const stops: (() => Promise<void>)[] = [];
  const stop = (): Promise<void> => inOrder(stops.splice(0).reverse());
  const starting = start(config, log, stops);
  // From the beginning, so that a start that is given up leaves no PostgreSQL behind.
  stopOnSignals(log, async () => {
    await starting.catch(() => undefined); // told below
    await stop();
  });
  try {
    await starting;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(config: Config, log: Logger, stops: (() => Promise<void>)[]): Promise<void> {
  // The graph takes longer to load than the database to start: both at once.
  const graph = import('../server/app.js');
  graph.catch(() => undefined); // told where it is awaited
  const runtime = await openRuntime(config, log);
  stops.push(() => runtime.close());
  if (config.PYLON_ENV === 'production') await asOwner(runtime, refuseDevelopmentKey);
  const { startApp } = await graph;
  const app = await listen(config, (port) =>
    startApp({ config: { ...config, PORT: port }, database: runtime.database, log }),
  );
  stops.push(() => app.stop());
  const sweeper = startSweeper(runtime, { keepAnswersHours: config.LOG_RETENTION_HOURS });
  stops.push(() => sweeper.stop());
  const postman = startOrderPostman(runtime, { url: config.BECKN_URL });
  stops.push(() => postman.stop());
  say([`Pylon is up.`, `  database  ${runtime.databaseLine}`, ...urls(app.url)]);
  // Once it listens: a key that was made and never printed would be nobody's.
  if (config.PYLON_ENV === 'development') sayDevelopmentKey(await asOwner(runtime, makeDevelopmentKey));
  if (config.DEMO) {
    const demo = startDemo(runtime);
    stops.push(() => demo.stop());
  }
  if (config.AGENTS) {
    const agents = startAgents(runtime, app.agents);
    stops.push(() => agents.stop());
  }
  if (!config.INGEST) return sayDataMode(runtime);
  const scheduler = startIngest(runtime, app);
  stops.push(() => scheduler.stop());
}

/** Ingests from now on; the first look also says where the data comes from. */
function startIngest(runtime: Runtime, app: App): Pick<Scheduler, 'stop'> {
  const { config, log } = runtime;
  const scheduler = startScheduler(runtime, {
    intervalSeconds: config.INGEST_INTERVAL_SECONDS,
    syntheticSeed: config.SYNTHETIC ? config.SYNTHETIC_SEED : null,
    logRetentionHours: config.LOG_RETENTION_HOURS,
    jobs: [discoverJob(runtime)],
    onRun: (report) => app.countRun(report),
  });
  const firstLook = scheduler
    .look()
    .then(() => sayDataMode(runtime))
    .catch((error: unknown) => log.error({ error: messageOf(error) }, 'ingest.look.failed'));
  return {
    async stop() {
      await scheduler.stop();
      await firstLook; // it still asks the database, which ends after this
    },
  };
}

async function asOwner<Result>(
  { ownerUrl, log }: Pick<Runtime, 'ownerUrl' | 'log'>,
  work: (owner: pg.Client) => Promise<Result>,
): Promise<Result> {
  const owner = await openOwnerSession(ownerUrl, (error) =>
    log.warn({ error: error.message }, 'database.connection.lost'),
  );
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

function sayDevelopmentKey(key: string | null): void {
  if (key === null) return;
  say([
    `  key       ${key}`,
    "            an administrator's, for development, shown this once: send it as `x-api-key`. Production refuses to start while it counts.",
  ]);
}

async function sayDataMode({ config, database }: Runtime): Promise<void> {
  say([`  data      ${dataModeLine(config, await readDataEvidence(database))}`]);
}

const urls = (url: string): string[] => [
  `  graph     ${url}/graphql  (in a browser: Apollo Sandbox; subscriptions on the same path)`,
  `  explorer  ${url}/explorer  (needs no internet)`,
  `  health    ${url}/health/ready, ${url}/metrics`,
];

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

/** The first signal stops in order; the second one at once. */
function stopOnSignals(log: Logger, stop: () => Promise<void>): void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    log.info({ signal }, 'server.stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error: String(error) }, 'server.stop.failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
