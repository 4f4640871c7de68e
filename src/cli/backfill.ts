import type { Config } from '../config.js';
import type { Window } from '../domain/ingest-run.js';
import { backfill, type BackfillProgress } from '../ingest/backfill.js';
import { sourceById } from '../ingest/registry.js';
import type { Logger } from '../logger.js';
import { openRuntime } from '../runtime.js';

const BAR_WIDTH = 24;

/** `pylon backfill`: history into the database, with a progress bar on stderr and the report on stdout. */
export async function runBackfill(
  { config, log }: { config: Config; log: Logger },
  sourceId: string,
  span: Window,
  asJson: boolean,
): Promise<void> {
  const source = sourceById(sourceId);
  const runtime = await openRuntime(config, log);
  try {
    const report = await backfill(runtime, source, span, {
      onProgress: showProgress,
      leaseSeconds: config.LEASE_SECONDS,
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    process.stdout.write(
      asJson
        ? `${JSON.stringify(report)}\n`
        : `${source.id}: ${report.rows} rows in ${report.windows} windows, ${report.changed} changed, ${report.refused} refused, ` +
            `${report.retries} retries, ${report.seconds.toFixed(1)} s, ${Math.round(report.rowsPerSecond)} rows/s, peak ${Math.round(report.peakRssMb)} MB\n`,
    );
  } finally {
    await runtime.close();
  }
}

/** One line that overwrites itself on a terminal; one line a window elsewhere. */
function showProgress({ done, rows, rowsPerSecond, secondsLeft }: BackfillProgress): void {
  const filled = Math.round(done * BAR_WIDTH);
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  const line = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${(done * 100).toFixed(0)} %  ${rows} rows, ${Math.round(rowsPerSecond)} rows/s${left}`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}\u001B[K` : `${line}\n`);
}
