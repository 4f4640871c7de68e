import type { Config } from '../config.js';
import type { Window } from '../domain/ingest-run.js';
import { createBulkPool } from '../database/pools.js';
import { PylonError } from '../domain/errors.js';
import {
  backfill,
  type BackfillOptions,
  type BackfillProgress,
  type BackfillReport,
} from '../ingest/backfill.js';
import { backfillDataset } from '../ingest/elexon/backfill.js';
import { ELEXON_SOURCE, datasetByCode } from '../ingest/elexon/catalogue.js';
import { sourceById } from '../ingest/registry.js';
import type { Logger } from '../logger.js';
import { openRuntime, type Runtime } from '../runtime.js';

const BAR_WIDTH = 24;

/** What to bring in: a source, or one data set of Elexon's. */
export interface BackfillTarget {
  readonly source: string;
  readonly dataset?: string;
}

/** `pylon backfill`: history into the database, with a progress bar on stderr and the report on stdout. */
export async function runBackfill(
  { config, log }: { config: Config; log: Logger },
  target: BackfillTarget,
  span: Window,
  asJson: boolean,
): Promise<void> {
  const work = workOf(target);
  const runtime = await openRuntime(config, log);
  try {
    const report = await work(runtime, span, {
      onProgress: showProgress,
      leaseSeconds: config.LEASE_SECONDS,
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    process.stdout.write(
      asJson
        ? `${JSON.stringify(report)}\n`
        : `${target.dataset ?? target.source}: ${report.rows} rows in ${report.windows} windows, ${report.changed} changed, ${report.refused} refused, ` +
            `${report.retries} retries, ${report.seconds.toFixed(1)} s, ${Math.round(report.rowsPerSecond)} rows/s, peak ${Math.round(report.peakRssMb)} MB\n`,
    );
  } finally {
    await runtime.close();
  }
}

type Work = (runtime: Runtime, span: Window, options: BackfillOptions) => Promise<BackfillReport>;

/** Names are judged before anything is opened. @throws {PylonError} SOURCE_NOT_FOUND, BAD_USER_INPUT */
function workOf({ source: id, dataset: code }: BackfillTarget): Work {
  if (id === ELEXON_SOURCE.id) {
    if (code === undefined)
      throw new PylonError(
        'BAD_USER_INPUT',
        'say which data set of Elexon: --dataset CODE; `pylon datasets discover` lists them',
      );
    const dataset = datasetByCode(code);
    return (runtime, span, options) =>
      withBulk(runtime, (bulk) =>
        backfillDataset({ ...runtime, bulk, baseUrl: runtime.config.ELEXON_URL }, dataset, span, options),
      );
  }
  if (code !== undefined)
    throw new PylonError('BAD_USER_INPUT', `--dataset goes with --source ${ELEXON_SOURCE.id}, not ${id}`);
  const source = sourceById(id);
  return (runtime, span, options) => backfill(runtime, source, span, options);
}

async function withBulk<Answer>(
  { database, log }: Runtime,
  work: (bulk: ReturnType<typeof createBulkPool>) => Promise<Answer>,
): Promise<Answer> {
  const bulk = createBulkPool({
    url: database.appUrl,
    name: 'pylon-bulk',
    onError: (error) => log.warn({ error: error.message }, 'database.connection.lost'),
  });
  try {
    return await work(bulk);
  } finally {
    await bulk.end();
  }
}

/** One line that overwrites itself on a terminal; one line a window elsewhere. */
function showProgress({ done, rows, rowsPerSecond, secondsLeft }: BackfillProgress): void {
  const filled = Math.round(done * BAR_WIDTH);
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  const line = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${(done * 100).toFixed(0)} %  ${rows} rows, ${Math.round(rowsPerSecond)} rows/s${left}`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}\u001B[K` : `${line}\n`);
}
