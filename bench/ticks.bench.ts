/**
 * Ticks from parsed records to commit: the 1,746 statements of one answer for all regions, every one of them revised, and
 * the same answer again. Beside each: a bare COPY and `insert … select` of the same rows into a table without an index.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { maintainPartitions } from '../src/database/maintenance.js';
import { FUELS } from '../src/domain/fuels.js';
import type { GridStatement } from '../src/domain/grid-statement.js';
import { floorToHalfHour } from '../src/domain/half-hour.js';
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { benchmark } from './support/benchmark.js';
import { holdLease, startBenchDatabase, type BenchDatabase } from './support/database.js';
import { againstLimit, againstPeer, claim, note } from './support/report.js';
import { recordTick } from './support/revision.js';
import { SimulatedGrid, STATEMENTS_A_TICK, bodyOf } from './support/simulated-grid.js';
import { median, spread, timed } from './support/statistics.js';

const WARM_UP = 10;
const ROUNDS = 60;
const LEAST_A_SECOND = 30_000;

async function measureParsing(text: string, askedAt: Date): Promise<void> {
  const [json, parse]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const [jsonMs, body] = await timed(() => JSON.parse(text) as unknown);
    const [parseMs, parsed] = await timed(() => carbonIntensityRegional.parse(body, askedAt));
    if (parsed.records.length !== STATEMENTS_A_TICK) throw new Error(`parsed ${parsed.records.length}`);
    if (round < WARM_UP) continue;
    json.push(jsonMs);
    parse.push(parseMs);
  }
  const kilobytes = (Buffer.byteLength(text) / 1000).toFixed(0);
  againstPeer({
    name: `source.parse of that tick's body, ${kilobytes} kB`,
    value: median(parse),
    unit: 'ms',
    peer: 'JSON.parse before it',
    peerValue: median(json),
  });
}

const PEER_TABLES = `
  create table plain_statements (
    region_id smallint, from_at timestamptz(3), kind smallint, intensity smallint, carbon_index text,
    ${FUELS.map((fuel) => `${fuel.toLowerCase()} smallint`).join(', ')})`;

/** The rows by the shortest way there is; one transaction, and no questions asked. */
async function copyPlainly(owner: pg.Pool, statements: readonly GridStatement[]): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query(
      'begin; create temporary table if not exists plain_staged (like plain_statements) on commit delete rows',
    );
    const text = statements.map(plainRow).join('');
    await pipeline(Readable.from([text]), client.query(copyFrom('copy plain_staged from stdin')));
    await client.query('insert into plain_statements select * from plain_staged; commit');
  } finally {
    client.release();
  }
}

const plainRow = ({ regionId, from, intensityGco2PerKwh, index, mix }: GridStatement): string =>
  `${regionId}\t${from.toISOString()}\t1\t${intensityGco2PerKwh}\t${index}\t${FUELS.map((fuel) => mix?.permille[fuel]).join('\t')}\n`;

/** What there is in the tables that a tick may write. */
interface Footprint {
  readonly rows: Readonly<Record<string, number>>;
  readonly walBytes: number;
}

const ONLY_ITS_RUN = {
  observations: 0,
  events: 0,
  commits: 0,
  'head moved': 0,
  'newest version of a signal': 0,
  runs: 1,
};

async function footprint({ owner }: BenchDatabase): Promise<Footprint> {
  const { rows } = await owner.query<Record<keyof typeof ONLY_ITS_RUN | 'wal', number>>(
    `select (select count(*)::integer from observations) as observations, (select count(*)::integer from event_log) as events,
       (select count(*)::integer from event_commits) as commits, (select last_sequence::integer from event_head) as "head moved",
       (select max(xmin::text::bigint)::integer from grid_signals) as "newest version of a signal",
       (select count(*)::integer from ingest_runs) as runs,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal`,
  );
  const { wal = 0, ...counts } = rows[0] ?? {};
  return { rows: counts, walBytes: wal };
}

function difference(before: Footprint, after: Footprint): Footprint {
  return {
    rows: Object.fromEntries(
      Object.entries(after.rows).map(([what, count]) => [what, count - (before.rows[what] ?? 0)]),
    ),
    walBytes: after.walBytes - before.walBytes,
  };
}

await benchmark('ticks', async (scope) => {
  const database = await startBenchDatabase(scope);
  const lease = await holdLease(scope, database, carbonIntensityRegional.id);
  const grid = new SimulatedGrid(floorToHalfHour(database.clock.now()));
  await maintainPartitions(database, 168);
  await database.owner.query(PEER_TABLES);

  const changed: number[] = [];
  const unchanged: number[] = [];
  const peer: number[] = [];
  let written: Footprint | null = null;
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const statements = grid.next();
    const [changedMs, outcome] = await timed(() => recordTick(database, lease, statements));
    if (outcome.rowsChanged !== STATEMENTS_A_TICK) throw new Error(`changed ${outcome.rowsChanged}`);
    const before = round === WARM_UP ? await footprint(database) : null;
    const [unchangedMs, again] = await timed(() => recordTick(database, lease, statements));
    if (again.rowsChanged !== 0) throw new Error(`an unchanged tick changed ${again.rowsChanged}`);
    if (before) written = difference(before, await footprint(database));
    const [peerMs] = await timed(() => copyPlainly(database.owner, statements));
    if (round < WARM_UP) continue;
    changed.push(changedMs);
    unchanged.push(unchangedMs);
    peer.push(peerMs);
  }

  const rate = (ms: readonly number[]): number => (STATEMENTS_A_TICK * 1000) / median(ms);
  const limit = { atLeast: LEAST_A_SECOND };
  againstLimit({ name: 'ticks, all changed', value: rate(changed), unit: 'records/s', limit });
  againstLimit({ name: 'ticks, unchanged', value: rate(unchanged), unit: 'records/s', limit });
  note(
    `ms a tick, lowest / median / highest: changed ${spread(changed)}, unchanged ${spread(unchanged)}, peer ${spread(peer)}`,
  );
  const bare = { peer: 'bare COPY and insert', peerValue: median(peer), unit: 'ms' };
  againstPeer({ name: 'a changed tick', value: median(changed), ...bare });
  againstPeer({ name: 'an unchanged tick', value: median(unchanged), ...bare });
  claim(
    "an unchanged tick writes only its run's row",
    JSON.stringify(written?.rows) === JSON.stringify(ONLY_ITS_RUN),
    Object.entries(written?.rows ?? {})
      .map(([what, rows]) => `${what} ${rows}`)
      .join(', '),
  );
  note(`write-ahead log of that tick: ${written?.walBytes} bytes`);

  await measureParsing(JSON.stringify(bodyOf(grid.next())), database.clock.now());
});
