/**
 * One change to thousands of sockets that hold one subscription, from the commit to the last socket, against a bare `ws`
 * server that sends the same text in a loop; and what an idle subscribed socket costs in memory.
 *
 * Four processes beside PostgreSQL: this one writes, Pylon's built server and the bare one serve, one holds the client ends
 * of both. Pylon's time includes the commit, NOTIFY, reading the log, loading and executing.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { floorToHalfHour } from '../src/domain/half-hour.js';
import type { GridStatement } from '../src/domain/grid-statement.js';
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { benchmark, type Scope } from './support/benchmark.js';
import { build } from './support/built.js';
import { holdLease, startBenchDatabase } from './support/database.js';
import type { Memory } from './support/memory.js';
import type { pylonServer } from './support/pylon-server.js';
import type { rawServer } from './support/raw-server.js';
import { againstLimit, againstPeer, note, shown } from './support/report.js';
import { commitTick, recordTick } from './support/revision.js';
import { SimulatedGrid } from './support/simulated-grid.js';
import type { Arrival, socketClient } from './support/socket-client.js';
import { median, spread } from './support/statistics.js';
import { startWorker, type Worker } from './support/worker.js';

const LONDON = 13;
const MANY = 5_000;
const FEWER = 1_000;
const ROUNDS = 15;
const MOST_TIMES_RAW = 1.3;
const MOST_KB_A_SOCKET = 20;
const SUBSCRIPTION = `subscription { gridSignals(regionIds: [${LONDON}]) { kind cursor signal { from region { regionId } carbonIntensity { forecastGco2PerKwh } } gap { from to } } }`;

interface Stage {
  readonly pylon: Worker<typeof pylonServer>;
  readonly raw: Worker<typeof rawServer>;
  readonly pylonClient: Worker<typeof socketClient>;
  readonly rawClient: Worker<typeof socketClient>;
  readonly pylonUrl: string;
  readonly rawUrl: string;
  /** Commits the next revision of London's half hours, the first `count` of them. */
  readonly revise: (count: number) => Promise<bigint>;
}

/** Milliseconds of one broadcast: to the first socket, from there to the last, and both together. */
interface Round {
  readonly untilFirst: number;
  readonly delivery: number;
  readonly all: number;
}

async function setTheStage(scope: Scope): Promise<Stage> {
  const database = await startBenchDatabase(scope);
  const lease = await holdLease(scope, database, carbonIntensityRegional.id);
  const start = floorToHalfHour(database.clock.now());
  const [pylon, raw] = await Promise.all([
    startWorker<typeof pylonServer>(scope, './pylon-server.ts'),
    startWorker<typeof rawServer>(scope, './raw-server.ts'),
  ]);
  const [pylonClient, rawClient] = await Promise.all([
    startWorker<typeof socketClient>(scope, './socket-client.ts'),
    startWorker<typeof socketClient>(scope, './socket-client.ts'),
  ]);
  const london = new SimulatedGrid(start).next().filter(({ regionId }) => regionId === LONDON);
  await recordTick(database, lease, london);
  let shift = 0;
  return {
    pylon,
    raw,
    pylonClient,
    rawClient,
    pylonUrl: `${(await pylon.ask('start', database.ownerUrl)).replace('http', 'ws')}/graphql`,
    rawUrl: `${(await raw.ask('start', null)).replace('http', 'ws')}/`,
    revise(count) {
      shift += 1;
      const revised: GridStatement[] = london
        .slice(0, count)
        .map((statement) => ({ ...statement, intensityGco2PerKwh: 100 + (shift % 100) }));
      return commitTick(database, lease, revised);
    },
  };
}

const open = async ({ pylonClient, rawClient, pylonUrl, rawUrl }: Stage, count: number): Promise<void> => {
  await pylonClient.ask('open', { url: pylonUrl, count, subscription: SUBSCRIPTION });
  await rawClient.ask('open', { url: rawUrl, count, subscription: null });
};

async function close({ pylonClient, rawClient, pylon, raw }: Stage): Promise<void> {
  await Promise.all([pylonClient.ask('close', null), rawClient.ask('close', null)]);
  while ((await pylon.ask('subscribers', null)) + (await raw.ask('sockets', null)) > 0) await sleep(50);
}

async function oneRound(
  client: Worker<typeof socketClient>,
  messages: number,
  begin: () => Promise<bigint>,
): Promise<Round> {
  await client.ask('expect', messages);
  const arrival: Promise<Arrival> = client.ask('arrival', null);
  const begun = await begin();
  const { first, last } = await arrival;
  const ms = (from: bigint, to: bigint): number => Number(to - from) / 1e6;
  return { untilFirst: ms(begun, first), delivery: ms(first, last), all: ms(begun, last) };
}

/** Rounds by turns, Pylon's first: the bare server then sends the very texts that Pylon sent. */
async function compare(stage: Stage, changes: number, rounds: number) {
  const { pylonClient, rawClient, raw, revise } = stage;
  const [ours, theirs]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < rounds + 2; round += 1) {
    const our = await oneRound(pylonClient, changes, () => revise(changes));
    const texts = await pylonClient.ask('texts', null);
    await sleep(100);
    const their = await oneRound(rawClient, changes, () => raw.ask('broadcast', texts));
    await sleep(100);
    if (round < 2) continue; // warm-up
    ours.push(our);
    theirs.push(their);
  }
  return { ours, theirs };
}

const field = (rounds: readonly Round[], name: keyof Round): number[] => rounds.map((round) => round[name]);

async function report(
  stage: Stage,
  sockets: number,
  changes: number,
  rounds: number,
  atMost?: number,
): Promise<void> {
  const { ours, theirs } = await compare(stage, changes, rounds);
  const what = `${changes === 1 ? 'one change' : `${changes} changes`} to ${shown(sockets)} sockets`;
  const line = (name: string, part: keyof Round, limit?: number): void =>
    againstPeer({
      name,
      value: median(field(ours, part)),
      unit: 'ms',
      peer: 'raw ws',
      peerValue: median(field(theirs, part)),
      ...(limit === undefined ? {} : { atMost: limit }),
    });
  line(`fan-out of ${what}, commit to last socket`, 'all', atMost);
  line(`    of that, first socket to last`, 'delivery');
  note(
    `ms, lowest / median / highest of ${rounds}: ours ${spread(field(ours, 'all'))} (commit to first socket ${spread(field(ours, 'untilFirst'))}), raw ${spread(field(theirs, 'all'))}`,
  );
}

/** Sockets one process may hold, some kept back for everything else. */
function mostSockets(): number {
  const limit = execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Infinity : Number(limit) - 200;
}

await benchmark('fan-out', async (scope) => {
  await build('--if-stale');
  const possible = mostSockets();
  const many = Math.min(MANY, possible);
  if (many < MANY) note(`ulimit -n allows ${possible} sockets a process: ${MANY} are not possible here`);
  const stage = await setTheStage(scope);
  const { pylon, raw } = stage;

  await open(stage, 100); // so that code is compiled and pools are full before memory is first looked at
  await close(stage);
  const before = [await pylon.ask('memory', null), await raw.ask('memory', null)] as const;
  const start = performance.now();
  await open(stage, many);
  note(`${shown(many)} subscriptions opened in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const after = [await pylon.ask('memory', null), await raw.ask('memory', null)] as const;
  const kilobytes = (i: 0 | 1, part: keyof Memory): number =>
    (after[i][part] - before[i][part]) / 1000 / many;
  againstLimit({
    name: `memory a subscribed socket, of ${shown(many)}`,
    value: kilobytes(0, 'rssBytes'),
    unit: 'kB of RSS',
    limit: { atMost: MOST_KB_A_SOCKET },
  });
  note(
    `of that heap ${shown(kilobytes(0, 'heapBytes'))}, external ${shown(kilobytes(0, 'externalBytes'))}; a raw ws socket: ${shown(kilobytes(1, 'rssBytes'))} kB, heap ${shown(kilobytes(1, 'heapBytes'))}, external ${shown(kilobytes(1, 'externalBytes'))}`,
  );

  await report(stage, many, 1, ROUNDS, MOST_TIMES_RAW);
  await close(stage);
  await open(stage, FEWER);
  await report(stage, FEWER, 1, ROUNDS);
  await report(stage, FEWER, 97, 5);
  await close(stage);
});
