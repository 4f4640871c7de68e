import type { Config } from '../config.js';
import { readSourceRecords } from '../database/source-health.js';
import { PylonError } from '../domain/errors.js';
import { sourceById, type AnySource } from '../ingest/registry.js';
import { runSource, type RunReport } from '../ingest/run.js';
import { becknDiscover } from '../ingest/sources/beckn-discover.js';
import { windowNow } from '../ingest/window.js';
import type { Logger } from '../logger.js';
import { openRuntime, type Runtime } from '../runtime.js';
import { discoverOnce } from './marketplace.js';

/** `pylon ingest`: one source, once, with its report. Exit code 1 when the run failed. */
export async function runIngest(
  { config, log }: { config: Config; log: Logger },
  sourceId: string,
  asJson: boolean,
): Promise<void> {
  const source = sourceId === becknDiscover.id ? null : sourceById(sourceId);
  if (source && !source.cadence)
    throw new PylonError(
      'BAD_USER_INPUT',
      `source ${source.id} is history: pylon backfill --source ${source.id} --from … --to …`,
    );
  const runtime = await openRuntime(config, log);
  try {
    const report = source ? await runOnce(runtime, source) : await discoverOnce(runtime);
    process.stdout.write(
      asJson
        ? `${JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`
        : text(report),
    );
    if (report.error) process.exitCode = 1;
  } finally {
    await runtime.close();
  }
}

async function runOnce(runtime: Runtime, source: AnySource): Promise<RunReport> {
  const { database } = runtime;
  const record = (await readSourceRecords(database.pool)).find(
    (each) => each.sourceId === database.sources.idOf(source.id),
  );
  const window = windowNow(source, record, database.clock.now());
  return runSource(runtime, { source, mode: 'COMMAND', window });
}

function text(report: RunReport): string {
  const lines = [
    `${report.source}: ${report.status}`,
    `  rows read ${report.rowsRead}, new ${report.rowsNew}, changed ${report.rowsChanged}, refused ${report.rowsRefused}, duplicate ${report.rowsDuplicate}; retries ${report.retries}`,
    ...report.refusals.map(({ row, reason }) => `  refused ${row}: ${reason}`),
    ...(report.error ? [`  ${report.error.code}: ${report.error.message}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
