/**
 * From the command to the first answered `gridNow`, with a publisher that cannot be reached: on a machine where nothing was
 * ever started, and started again. What `npm start` runs, embedded PostgreSQL and all; the build is stated apart.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { benchmark, within } from './support/benchmark.js';
import { build } from './support/built.js';
import { benchFolder } from './support/database.js';
import { againstLimit, note } from './support/report.js';
import { median, spread } from './support/statistics.js';

const PYLON = fileURLToPath(new URL('../scripts/pylon.mjs', import.meta.url));
const FRESH_FOLDERS = 2;
const STARTS_AGAIN = 3;
const MOST_SECONDS_FIRST = 20;
const MOST_SECONDS_AGAIN = 3;
const GIVE_UP_SECONDS = 60;
const QUERY = '{ gridNow { from quality carbonIntensity { forecastGco2PerKwh } } }';

/** Settings that the surroundings may have and the start measured has not; empty counts as unset. */
const UNSET = Object.fromEntries(
  ['DATABASE_URL', 'DATABASE_APP_URL', 'PYLON_NOW', 'INGEST', 'SYNTHETIC', 'PYLON_ENV'].map((name) => [
    name,
    '',
  ]),
);

interface Start {
  /** Seconds from the command until the server listens, and until it has answered. */
  readonly listening: number;
  readonly answered: number;
}

/** An address at which nobody listens. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Starts the server, waits for its first answer, and stops it in order. */
async function startOnce(dataDir: string, publisher: string): Promise<Start> {
  return within(async (scope) => {
    const begun = performance.now();
    const server = spawn(process.execPath, [PYLON, 'serve'], {
      env: {
        ...process.env,
        ...UNSET,
        PORT: '0',
        PYLON_DATA_DIR: dataDir,
        CARBON_INTENSITY_URL: publisher,
        NESO_URL: publisher,
        ELEXON_URL: publisher,
        BECKN_URL: publisher,
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(server, 'exit');
    scope.onEnd(async () => {
      server.kill('SIGTERM');
      await ended;
    });
    const seconds = (): number => (performance.now() - begun) / 1000;
    let said = '';
    let listening = 0;
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said === '') listening = seconds();
      said += text;
    });
    while (seconds() < GIVE_UP_SECONDS && server.exitCode === null) {
      const url = /(http:\S+)\/graphql/.exec(said)?.[1];
      if (url && (await isAnswered(url))) return { listening, answered: seconds() };
      await sleep(20);
    }
    throw new Error(`no answer after ${seconds()} s, exit ${server.exitCode}; it said: ${said}`);
  });
}

async function isAnswered(url: string): Promise<boolean> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  const { data, errors } = (await response.json()) as { data?: { gridNow: unknown }; errors?: unknown };
  return errors === undefined && data?.gridNow != null;
}

const answered = (starts: readonly Start[]): number[] => starts.map((start) => start.answered);
const listening = (starts: readonly Start[]): number[] => starts.map((start) => start.listening);

await benchmark('start-up', async (scope) => {
  note(`the build, which the first start after a change does: ${((await build()) / 1000).toFixed(1)} s`);
  const publisher = await closedUrl();
  const [first, again]: [Start[], Start[]] = [[], []];
  for (let i = 0; i < FRESH_FOLDERS; i += 1) {
    const folder = await benchFolder(scope);
    first.push(await startOnce(folder, publisher));
    for (let j = 0; j < STARTS_AGAIN; j += 1) again.push(await startOnce(folder, publisher));
  }
  againstLimit({
    name: 'first start to first answer',
    value: median(answered(first)),
    unit: 's',
    limit: { atMost: MOST_SECONDS_FIRST },
  });
  againstLimit({
    name: 'second start to first answer',
    value: median(answered(again)),
    unit: 's',
    limit: { atMost: MOST_SECONDS_AGAIN },
  });
  note(
    `s, lowest / median / highest: first ${spread(answered(first))} (listening ${spread(listening(first))}), again ${spread(answered(again))} (listening ${spread(listening(again))})`,
  );
});
