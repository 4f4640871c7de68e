import type { Config } from '../config.js';
import type { MarketDataset } from '../domain/market-dataset.js';
import { discoverDatasets } from '../ingest/elexon/discover.js';
import type { Logger } from '../logger.js';
import { openRuntime } from '../runtime.js';

/** `pylon datasets discover`: tries every data set of Elexon's, stores and prints what came of it. */
export async function runDiscover(
  { config, log }: { config: Config; log: Logger },
  asJson: boolean,
): Promise<void> {
  const runtime = await openRuntime(config, log);
  try {
    const datasets = await discoverDatasets(
      { ...runtime, baseUrl: config.ELEXON_URL },
      { onTried: ({ code, status }) => process.stderr.write(`${code} ${status.toLowerCase()}\n`) },
    );
    process.stdout.write(asJson ? `${JSON.stringify(datasets)}\n` : table(datasets));
  } finally {
    await runtime.close();
  }
}

/** A line a set, in columns; the reason last, because it is the longest. */
export function table(datasets: readonly MarketDataset[]): string {
  const lines = [
    ['CODE', 'STATUS', 'ROWS', 'LAST UPDATED', 'NAME, OR WHY NOT'],
    ...datasets.map(({ code, status, rowsSeen, lastUpdatedAt, name, reason }) => [
      code,
      status,
      String(rowsSeen),
      lastUpdatedAt?.toISOString().slice(0, 16).concat('Z') ?? 'unknown',
      reason ?? name,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const working = datasets.filter(({ status }) => status === 'WORKING').length;
  return (
    lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n') +
    `\n${datasets.length} data sets: ${working} working, ${datasets.length - working} unavailable\n`
  );
}
