/**
 * Bytes that a day of half-hourly revisions of every region costs: 48 ticks of 1,746 statements, every one of them changed,
 * the window moving on by half an hour each time. Indexes included, without VACUUM FULL. Two days: the first one on an empty
 * database, the second on pages that the first left half full.
 */
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { maintainPartitions } from '../src/database/maintenance.js';
import { benchmark, within } from './support/benchmark.js';
import {
  benchFolder,
  bytesOf,
  holdLease,
  openBenchDatabase,
  startBenchPostgres,
} from './support/database.js';
import { againstLimit, note, shown } from './support/report.js';
import { recordTick } from './support/revision.js';
import { SimulatedGrid, STATEMENTS_A_TICK } from './support/simulated-grid.js';

const TICKS_A_DAY = 48;
const MB = 1_000_000;
const LIMITS_MB = { observations: 16, event_log: 8 } as const;
const OTHERS = ['grid_signals', 'event_commits', 'ingest_runs'] as const;
type Table = keyof typeof LIMITS_MB | (typeof OTHERS)[number];
const TABLES: readonly Table[] = ['observations', 'event_log', ...OTHERS];

/** Sizes on disk. Each look is at a server started anew: stopping in order is a checkpoint. */
async function sizes(folder: string): Promise<Record<Table, number>> {
  return within(async (scope) => {
    const { owner } = await openBenchDatabase(scope, await startBenchPostgres(scope, folder));
    const bytes = await Promise.all(
      TABLES.map(async (table) => [table, await bytesOf(owner, table)] as const),
    );
    return Object.fromEntries(bytes) as Record<Table, number>;
  });
}

/** Records a day. @returns statements stored. */
async function liveThroughADay(folder: string, grid: SimulatedGrid): Promise<number> {
  return within(async (scope) => {
    const database = await openBenchDatabase(scope, await startBenchPostgres(scope, folder));
    await maintainPartitions(database, 168);
    const lease = await holdLease(scope, database, carbonIntensityRegional.id);
    let stored = 0;
    for (let tick = 0; tick < TICKS_A_DAY; tick += 1)
      stored += (await recordTick(database, lease, grid.next())).rowsChanged;
    return stored;
  });
}

await benchmark('storage', async (scope) => {
  const folder = await benchFolder(scope);
  const grid = new SimulatedGrid(new Date('2026-03-02T00:00:00Z'));
  let before = await sizes(folder);
  for (const day of ['first', 'second']) {
    const stored = await liveThroughADay(folder, grid);
    if (stored !== TICKS_A_DAY * STATEMENTS_A_TICK) throw new Error(`stored ${stored}`);
    const after = await sizes(folder);
    const grown = (table: Table): number => after[table] - before[table];
    for (const table of ['observations', 'event_log'] as const) {
      againstLimit({
        name: `${table}, ${day} day`,
        value: grown(table) / MB,
        unit: 'MB',
        limit: { atMost: LIMITS_MB[table] },
      });
    }
    note(
      `bytes a row, of ${shown(stored)}: observations ${shown(grown('observations') / stored)}, event_log ${shown(grown('event_log') / stored)}`,
    );
    note(OTHERS.map((table) => `${table} ${shown(grown(table) / MB)} MB`).join(', '));
    before = after;
  }
});
