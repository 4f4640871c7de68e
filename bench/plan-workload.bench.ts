/**
 * `planWorkload` over HTTP, one request after the other, by a server and a PostgreSQL as users have them: 40 data centres, 1,000
 * confirmed placements, 48 hours of forecasts of all regions, of prices and of stress, and 28 days of errors to learn from. Every answer has its
 * alternatives, reasons and slack value. The p99 is that of the middle one of some rounds: one that others disturbed does not count.
 */
import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { text } from 'node:stream/consumers';
import { floorToHalfHour } from '../src/domain/half-hour.js';
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { benchmark } from './support/benchmark.js';
import { build } from './support/built.js';
import { holdLease, startBenchDatabase } from './support/database.js';
import { recordNationalHistory } from './support/national-history.js';
import { recordNationalOutlook } from './support/national-outlook.js';
import type { pylonServer } from './support/pylon-server.js';
import { againstLimit, note, shown } from './support/report.js';
import { recordTick } from './support/revision.js';
import { HALF_HOURS, SimulatedGrid } from './support/simulated-grid.js';
import { createStandingWork } from './support/standing-work.js';
import { median, quantile, spread, timed } from './support/statistics.js';
import { startWorker } from './support/worker.js';

const STANDING = { centres: 40, placements: 1_000, halfHours: HALF_HOURS - 1 };
const WARM_UP = 200;
const ROUNDS = 5;
/** Of each round. */
const REQUESTS = 1_000;
const MOST_MS = 20;
const HISTORY_HALF_HOURS = 28 * 48;

const PLAN = `query ($work: WorkToPlanInput!) { planWorkload(work: $work) { isPlaced
  places { dataCentre { dcId } from to facilityKw } outcome { carbonGco2 costGbp gco2PerKwh } carbon { lowGco2 highGco2 }
  atOnce { carbonGco2 } saved { expectedGco2 lowGco2 highGco2 } slackValue { carbonGco2 }
  alternatives { kind whyNot outcome { carbonGco2 } places { from dataCentre { dcId } } } reasons plan { method gapPct bound } } }`;

/** Work of many kinds: in one piece or with breaks, short or long, capped or not. */
const workOf = (n: number, now: Date): object => ({
  powerKw: 100 + ((n * 37) % 400),
  durationMinutes: 60 + ((n * 30) % 480),
  deadline: new Date(now.getTime() + (14 + ((n * 5) % 30)) * 3_600_000).toISOString(),
  isInterruptible: n % 3 === 0,
  ...(n % 4 === 1 ? { maxCarbonIntensityGco2PerKwh: 190 } : {}),
  ...(n % 4 === 2 ? { carbonBudgetGco2: 900_000 } : {}),
});

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function ask(url: string, variables: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/graphql`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    asked.on('response', (response) => text(response).then(resolve, reject));
    asked.on('error', reject);
    asked.end(JSON.stringify({ query: PLAN, variables }));
  });
}

await benchmark('plan-workload', async (scope) => {
  await build('--if-stale');
  const database = await startBenchDatabase(scope);
  scope.onEnd(async () => agent.destroy());
  const lease = await holdLease(scope, database, carbonIntensityRegional.id);
  const first = floorToHalfHour(database.clock.now());
  await recordNationalHistory(database, lease, first, HISTORY_HALF_HOURS);
  await recordTick(database, lease, new SimulatedGrid(first).next());
  await recordNationalOutlook(database, lease, first, HALF_HOURS);
  await createStandingWork(database, first, STANDING);
  const server = await startWorker<typeof pylonServer>(scope, './pylon-server.ts');
  const url = await server.ask('start', database.ownerUrl);

  const rounds: number[][] = [];
  let placed = 0;
  /** One after the other; each round asks the same. */
  const planAll = async (requests: number): Promise<number[]> => {
    const times: number[] = [];
    for (let n = 0; n < requests; n += 1) {
      const [ms, answer] = await timed(() => ask(url, { work: workOf(n, database.clock.now()) }));
      if (answer.includes('"errors"')) throw new Error(answer.slice(0, 500));
      if (answer.includes('"isPlaced":true')) placed += 1;
      times.push(ms);
    }
    return times;
  };
  await planAll(WARM_UP);
  placed = 0;
  await server.ask('cpuMs', null);
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await planAll(REQUESTS));
  const plans = ROUNDS * REQUESTS;
  const cpu = (await server.ask('cpuMs', null)) / plans;
  const slowest = rounds.map((times) => quantile(times, 0.99));
  againstLimit({
    name: `planWorkload, ${STANDING.placements} placements standing, p99`,
    value: median(slowest),
    unit: 'ms',
    limit: { atMost: MOST_MS },
  });
  const all = rounds.flat();
  note(
    `p50 ${shown(median(all))} ms, p90 ${shown(quantile(all, 0.9))} ms, most ${shown(Math.max(...all))} ms; ${shown(cpu)} ms of server CPU a plan; ${placed} of ${plans} have a place`,
  );
  note(
    `p99 in ms, lowest / median / highest of ${ROUNDS} rounds: ${spread(slowest)}; load ${shown(loadavg()[0] ?? 0)}`,
  );
});
