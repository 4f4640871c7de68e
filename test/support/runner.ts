import { pino } from 'pino';
import type { Database } from '../../src/database/open.js';
import { createLeaseKeeper } from '../../src/database/lease-keeper.js';
import { createHttpClient } from '../../src/ingest/http.js';
import { createBulkPool } from '../../src/database/pools.js';
import type { DatasetDeps } from '../../src/ingest/elexon/run.js';
import type { RunnerDeps } from '../../src/ingest/run.js';

export const silent = pino({ level: 'silent' });

export interface TestRunner extends RunnerDeps, DatasetDeps {
  close(): Promise<void>;
}

/** A runner that asks `url`, with short time-outs and no waits between tries. */
export function createTestRunner(
  database: Database,
  url: string,
  options: {
    readonly timeoutMs?: number;
    readonly leaseSeconds?: number;
    readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  } = {},
): TestRunner {
  const leases = createLeaseKeeper(database.pool, {
    seconds: options.leaseSeconds ?? 10,
    onError: () => undefined,
  });
  const http = createHttpClient({
    timeoutMs: options.timeoutMs ?? 2_000,
    now: database.clock.now,
    wait: options.wait ?? (() => Promise.resolve()),
  });
  const bulk = createBulkPool({ url: database.appUrl, name: 'pylon-bulk', onError: () => undefined });
  return {
    baseUrl: url,
    bulk,
    database,
    leases,
    http,
    baseUrlOf: () => url,
    log: silent,
    async close() {
      await leases.close();
      await http.close();
      await bulk.end();
    },
  };
}
