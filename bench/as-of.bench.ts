/**
 * A region-year with its 1.7 million statements, read whole in pages of 100: as it is, and as it was known at several
 * instants. Where a half hour was revised since, the answer is rebuilt from the statements of that time.
 */
import { isDeepStrictEqual } from 'node:util';
import { resolveAsOf } from '../src/database/event-log.js';
import { signalsAsOf } from '../src/database/grid-signals-as-of.js';
import {
  readSignalPage,
  readSignals,
  type SignalKey,
  type SignalPage,
  type SignalRow,
} from '../src/database/grid-signals.js';
import { rankOf } from '../src/database/grid-statements.js';
import { addHalfHours } from '../src/domain/half-hour.js';
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { benchmark } from './support/benchmark.js';
import { build } from './support/built.js';
import { holdLease, startBenchDatabase, type BenchDatabase } from './support/database.js';
import type { pylonServer } from './support/pylon-server.js';
import {
  HALF_HOURS_A_YEAR,
  REGION,
  REVISIONS,
  YEAR,
  backfilledFrom,
  intensityOf,
  revisionKnownAt,
  statementOf,
  writeRegionYear,
} from './support/region-year.js';
import { againstPeer, note, shown } from './support/report.js';
import { recordTick } from './support/revision.js';
import { median, timed } from './support/statistics.js';
import { startWorker } from './support/worker.js';

const PAGE = 100;
const ROUNDS = 5;
const REQUESTS = 60;
const MOST_TIMES_NEWEST = 3;
const LAST_WINDOW = Math.floor(HALF_HOURS_A_YEAR / 672);
const INSTANTS = {
  'two weeks in': new Date('2025-01-15T12:00:00Z'),
  'the middle': new Date('2025-07-02T12:00:00Z'),
  'the end, all revised since': new Date('2026-01-05T00:00:00Z'),
  'just before the last revision': new Date(backfilledFrom.getTime() + LAST_WINDOW * 1000 - 1),
} as const;

/** Milliseconds of each page of one whole reading. */
async function readYear(
  database: BenchDatabase,
  asOf: bigint | null,
): Promise<{ readonly pages: number[]; readonly rows: number }> {
  const reader = database.reader;
  const pages: number[] = [];
  let rows = 0;
  for (let after: SignalKey | null = null; ;) {
    const page: SignalPage = { ...YEAR, regionIds: [REGION], after, limit: PAGE, asOf };
    const [ms, signals] = await timed(() => readSignalPage(reader, page));
    pages.push(ms);
    rows += signals.length;
    const last = signals.at(-1);
    if (!last || signals.length < PAGE) return { pages, rows };
    after = { regionId: last.regionId, from: last.from };
  }
}

/** One way of reading the year. */
interface Reading {
  readonly name: string;
  readonly asOf: bigint | null;
  /** Milliseconds of each page, by round. */
  readonly rounds: number[][];
  rows: number;
}

/** Milliseconds of each page, the middle one of its rounds: one that was disturbed does not count. */
const pagesOf = ({ rounds }: Reading): number[] =>
  (rounds[0] ?? []).map((_, page) => median(rounds.map((round) => round[page] ?? 0)));

const yearOf = (reading: Reading): number => pagesOf(reading).reduce((total, ms) => total + ms, 0);

async function compareYears(database: BenchDatabase): Promise<void> {
  const newest: Reading = { name: 'newest', asOf: null, rounds: [], rows: 0 };
  const past: Reading[] = [];
  for (const [name, instant] of Object.entries(INSTANTS))
    past.push({ name, asOf: await resolveAsOf(database.pool, instant), rounds: [], rows: 0 });
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    for (const reading of [newest, ...past]) {
      const { pages, rows } = await readYear(database, reading.asOf);
      reading.rows = rows;
      if (round > 0) reading.rounds.push(pages); // the first one warms up
    }
  }
  if (newest.rows !== HALF_HOURS_A_YEAR) throw new Error(`the year has ${newest.rows} half hours`);
  for (const reading of past) {
    againstPeer({
      name: `the year as of ${reading.name}, ${shown(reading.rows)} half hours`,
      value: yearOf(reading),
      unit: 'ms',
      peer: 'newest',
      peerValue: yearOf(newest),
      atMost: MOST_TIMES_NEWEST,
    });
  }
  for (const reading of [newest, ...past]) {
    const pages = pagesOf(reading);
    note(
      `ms a page, ${reading.name}: median ${median(pages).toFixed(1)}, worst ${Math.max(...pages).toFixed(1)}`,
    );
  }
}

/** The two ways of answering agree with each other and with the arithmetic the year was made by. */
async function proveConsistent(database: BenchDatabase): Promise<void> {
  const reader = database.reader;
  const samples = Array.from({ length: 300 }, (_, i) => (i * 6007) % HALF_HOURS_A_YEAR);
  const keys = samples.map((h) => ({ regionId: REGION, from: addHalfHours(YEAR.from, h) }));
  const served = await readSignals(reader, keys, null);
  const asOf = await resolveAsOf(database.pool, database.clock.now());
  const { rows } = await database.pool.query<SignalRow>(
    'select region_id, from_at, settlement_date::text, settlement_period, sequence from grid_signals where region_id = $1 and from_at = any ($2)',
    [REGION, keys.map(({ from }) => from)],
  );
  const rowAt = new Map(rows.map((row) => [row.from_at.getTime(), row]));
  const rebuilt = await signalsAsOf(
    reader,
    keys.flatMap(({ from }) => {
      const row = rowAt.get(from.getTime());
      return row ? [{ row, asOf }] : [];
    }),
  );
  if (!isDeepStrictEqual(served, rebuilt)) throw new Error('the read model is not what the statements say');
  for (const instant of [
    INSTANTS['two weeks in'],
    INSTANTS['the middle'],
    new Date('2025-12-31T03:00:00Z'),
  ]) {
    const then = await readSignals(reader, keys, await resolveAsOf(database.pool, instant));
    for (const [i, h] of samples.entries()) {
      const revision = revisionKnownAt(h, instant);
      const expected = revision === null ? null : intensityOf(h, revision);
      if ((then[i]?.carbon?.forecastGco2PerKwh ?? null) !== expected)
        throw new Error(`half hour ${h} as of ${instant.toISOString()} is not revision ${revision}`);
    }
  }
  const lease = await holdLease({ onEnd: () => undefined }, database, carbonIntensityRegional.id);
  const said = samples.map((h) => statementOf(h, REVISIONS - 1));
  const { rowsChanged } = await recordTick(database, lease, said);
  if (rowsChanged !== 0) throw new Error('the recorder takes what was said last for something new');
  note(
    `${samples.length} half hours agree: read model, rebuilt from statements, as of three instants, and to the recorder`,
  );
}

const QUERY = `query ($from: DateTime!, $to: DateTime!, $asOf: DateTime) {
  gridSignals(regionIds: [${REGION}], from: $from, to: $to, asOf: $asOf, first: ${PAGE}) {
    edges { cursor node { id from to settlementDate settlementPeriod isForecast quality source knownAt region { regionId shortName }
      carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index } generationMix { fuel pct } renewablePct } }
    pageInfo { hasNextPage endCursor } } }`;

async function askPage(url: string, asOf: Date | null): Promise<void> {
  const from = new Date('2025-06-01T00:00:00Z');
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { from, to: YEAR.to, asOf } }),
  });
  const { data } = (await response.json()) as {
    data?: { gridSignals: { edges: readonly unknown[] } | null };
  };
  if (data?.gridSignals?.edges.length !== PAGE) throw new Error(`no page of ${PAGE}: ${response.status}`);
}

await benchmark('as of', async (scope) => {
  const database = await startBenchDatabase(scope);
  const [writing] = await timed(() =>
    writeRegionYear(
      database.owner,
      database.sources.idOf(carbonIntensityRegional.id),
      rankOf('REAL', carbonIntensityRegional.priority),
    ),
  );
  note(
    `${shown(HALF_HOURS_A_YEAR * REVISIONS)} statements written in ${(writing / 1000).toFixed(0)} s, for set-up`,
  );
  await proveConsistent(database);
  await compareYears(database);

  await build('--if-stale');
  const server = await startWorker<typeof pylonServer>(scope, './pylon-server.ts');
  const url = await server.ask('start', database.ownerUrl);
  const [newest, past]: [number[], number[]] = [[], []];
  for (let round = 0; round < REQUESTS + 20; round += 1) {
    const [newestMs] = await timed(() => askPage(url, null));
    const [pastMs] = await timed(() => askPage(url, INSTANTS['the end, all revised since']));
    if (round < 20) continue; // warm-up
    newest.push(newestMs);
    past.push(pastMs);
  }
  againstPeer({
    name: `a page of ${PAGE} over HTTP, all revised since`,
    value: median(past),
    unit: 'ms',
    peer: 'newest',
    peerValue: median(newest),
    atMost: MOST_TIMES_NEWEST,
  });
});
