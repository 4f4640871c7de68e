import { setTimeout as sleep } from 'node:timers/promises';
import { discover, type DiscoverDeps } from '../beckn/discover.js';
import { openTransactions } from '../database/beckn-messages.js';
import { readNewestRun } from '../database/ingest-runs.js';
import type { RunReport } from '../ingest/run.js';
import type { ScheduledJob } from '../ingest/scheduler.js';
import { becknDiscover } from '../ingest/sources/beckn-discover.js';
import type { Runtime } from '../runtime.js';

const POLL_MS = 500;

/** Asks the marketplace when that is due. */
export const discoverJob = (runtime: Runtime): ScheduledJob => ({
  source: becknDiscover,
  run: () => discover(depsOf(runtime), 'SCHEDULED'),
});

/** Asks it now, and waits for a callback as long as one may come; it comes to whoever serves PUBLIC_URL. */
export async function discoverOnce(runtime: Runtime): Promise<RunReport> {
  const { pool, clock, sources } = runtime.database;
  const deps = depsOf(runtime);
  const report = await discover(deps, 'COMMAND');
  if (report) return report;
  for (;;) {
    await sleep(POLL_MS);
    const open = await openTransactions(pool, sources.idOf(becknDiscover.id));
    if (open.length === 0) return newestRun(runtime);
    if (open.every(({ expiresAt }) => expiresAt <= clock.now())) {
      const ended = await discover(deps, 'COMMAND');
      if (ended) return ended;
    }
  }
}

const depsOf = (runtime: Runtime): DiscoverDeps => ({
  ...runtime,
  marketplace: {
    url: runtime.config.BECKN_URL,
    publicUrl: runtime.config.PUBLIC_URL ?? null,
    bapId: runtime.config.BECKN_BAP_ID ?? null,
    filter: runtime.config.BECKN_FILTER,
  },
});

/** The report of a run that another process recorded. */
async function newestRun({ database: { pool, sources } }: Runtime): Promise<RunReport> {
  const run = await readNewestRun(pool, sources.idOf(becknDiscover.id));
  return { ...run, source: becknDiscover.id, rowsOutside: 0 };
}
