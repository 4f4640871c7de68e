import type { Config } from '../config.js';
import { readSourceRecords } from '../database/source-health.js';
import { PylonError } from '../domain/errors.js';
import { sourceById } from '../ingest/registry.js';
import { runSource, type RunReport } from '../ingest/run.js';
import { windowNow } from '../ingest/window.js';
import type { Logger } from '../logger.js';
import { openRuntime } from '../runtime.js';

/** `pylon ingest`: one source, once, with its report. Exit code 1 when the run failed. */
export async function runIngest(
  { config, log }: { config: Config; log: Logger },
  sourceId: string,
  asJson: boolean,
): Promise<void> {
  const source = sourceById(sourceId);
  if (!source.cadence)
    throw new PylonError(
      'BAD_USER_INPUT',
      `source ${source.id} is history: pylon backfill --source ${source.id} --from … --to …`,
    );
  const runtime = await openRuntime(config, log);
  try {
    const { database } = runtime;
    const record = (await readSourceRecords(database.pool)).find(
      (each) => each.sourceId === database.sources.idOf(source.id),
    );
    const report = await runSource(runtime, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, record, database.clock.now()),
    });
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

function text(report: RunReport): string {
  const lines = [
    `${report.source}: ${report.status}`,
    `  rows read ${report.rowsRead}, new ${report.rowsNew}, changed ${report.rowsChanged}, refused ${report.rowsRefused}, duplicate ${report.rowsDuplicate}; retries ${report.retries}`,
    ...report.refusals.map(({ row, reason }) => `  refused ${row}: ${reason}`),
    ...(report.error ? [`  ${report.error.code}: ${report.error.message}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
