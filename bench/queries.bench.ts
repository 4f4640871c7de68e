/**
 * What common queries cost the server over HTTP, CPU of its process a request, against a bare node:http server that answers
 * the same bytes. To be known; there is no limit.
 */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { floorToHalfHour } from '../src/domain/half-hour.js';
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { benchmark } from './support/benchmark.js';
import { build } from './support/built.js';
import { holdLease, startBenchDatabase } from './support/database.js';
import type { pylonServer } from './support/pylon-server.js';
import type { rawServer } from './support/raw-server.js';
import { againstPeer, note, shown } from './support/report.js';
import { recordTick } from './support/revision.js';
import { SimulatedGrid } from './support/simulated-grid.js';
import { median, timed } from './support/statistics.js';
import { startWorker, type Worker } from './support/worker.js';

const ROUNDS = 5;
const REQUESTS_A_ROUND = 80;
const CONNECTIONS = 8;

const SIGNAL = `id from to settlementDate settlementPeriod isForecast quality source knownAt region { regionId shortName }
  carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index } generationMix { fuel pct } renewablePct`;

const queries = (now: Date): Readonly<Record<string, string>> => ({
  gridNow:
    '{ gridNow(regionId: 13) { from region { regionId } carbonIntensity { forecastGco2PerKwh } ageSeconds } }',
  'gridSignals, a page of 100': `{ gridSignals(regionIds: [13, 14], from: "${floorToHalfHour(now).toISOString()}", to: "${new Date(floorToHalfHour(now).getTime() + 172_800_000).toISOString()}", first: 100) {
    edges { cursor node { ${SIGNAL} } } pageInfo { hasNextPage endCursor } } }`,
  'forecast, 48 hours': `{ forecast(regionId: 13, hours: 48) { from carbonIntensity { forecastGco2PerKwh index } generationMix { fuel pct } renewablePct } }`,
});

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function ask(url: string, query: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/graphql`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    asked.on('response', (response) => text(response).then(resolve, reject));
    asked.on('error', reject);
    asked.end(JSON.stringify({ query }));
  });
}

/** Asks over some connections at once. @returns CPU of the server and time of the clock, milliseconds a request. */
async function askMany(
  server: Pick<Worker<Pick<typeof pylonServer, 'cpuMs'>>, 'ask'>,
  url: string,
  query: string,
): Promise<{ readonly cpu: number; readonly clock: number }> {
  await server.ask('cpuMs', null);
  const [clock] = await timed(() =>
    Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let i = 0; i < REQUESTS_A_ROUND / CONNECTIONS; i += 1) await ask(url, query);
      }),
    ),
  );
  return {
    cpu: (await server.ask('cpuMs', null)) / REQUESTS_A_ROUND,
    clock: clock / REQUESTS_A_ROUND,
  };
}

await benchmark('queries', async (scope) => {
  await build('--if-stale');
  const database = await startBenchDatabase(scope);
  scope.onEnd(async () => agent.destroy());
  const lease = await holdLease(scope, database, carbonIntensityRegional.id);
  const grid = new SimulatedGrid(floorToHalfHour(database.clock.now()));
  await recordTick(database, lease, grid.next());
  const pylon = await startWorker<typeof pylonServer>(scope, './pylon-server.ts');
  const raw = await startWorker<typeof rawServer>(scope, './raw-server.ts');
  const [pylonUrl, rawUrl] = [await pylon.ask('start', database.ownerUrl), await raw.ask('start', null)];

  for (const [name, query] of Object.entries(queries(database.clock.now()))) {
    const answer = await ask(pylonUrl, query);
    if (answer.includes('"errors"')) throw new Error(answer.slice(0, 300));
    await raw.ask('answerWith', answer);
    const [ours, theirs]: [{ cpu: number; clock: number }[], { cpu: number; clock: number }[]] = [[], []];
    for (let round = 0; round < ROUNDS + 2; round += 1) {
      const [our, their] = [await askMany(pylon, pylonUrl, query), await askMany(raw, rawUrl, query)];
      if (round < 2) continue; // warm-up
      ours.push(our);
      theirs.push(their);
    }
    const middle = (rounds: typeof ours, part: 'cpu' | 'clock'): number =>
      median(rounds.map((round) => round[part]));
    againstPeer({
      name: `${name}, ${shown(answer.length / 1000)} kB`,
      value: middle(ours, 'cpu'),
      unit: 'ms of server CPU',
      peer: 'bare node:http',
      peerValue: middle(theirs, 'cpu'),
    });
    note(
      `${shown(1000 / middle(ours, 'clock'))} requests/s over ${CONNECTIONS} connections, bare ${shown(1000 / middle(theirs, 'clock'))}`,
    );
  }
});
