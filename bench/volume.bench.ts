/**
 * Physical notifications from the publisher to commit by `pylon backfill`, as users run it; beside it a bare COPY and merge of
 * the same stream. Turn by turn, each turn another day, so that both tables grow alike.
 *
 * `npm run bench -- volume --rows 5000000`: so many rows by each, in about two minutes; 1,500,000 where it is left out.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { BackfillReport } from '../src/ingest/backfill.js';
import { benchmark, type Scope } from './support/benchmark.js';
import { build } from './support/built.js';
import type { bareCopy } from './support/bare-copy.js';
import { startBenchDatabase } from './support/database.js';
import type { notificationServer } from './support/notification-server.js';
import { againstLimit, note, shown } from './support/report.js';
import { median } from './support/statistics.js';
import { startWorker } from './support/worker.js';

const ROUNDS = 5;
/** Of each turn: a day of the publisher's has about 300,000. */
const ROWS = rowsAsked() / ROUNDS;
const LEAST_OF_BARE = 0.8;
const MOST_MB = 150;
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

function rowsAsked(): number {
  const { values } = parseArgs({ options: { rows: { type: 'string', default: '1500000' } } });
  const rows = Number(values.rows);
  if (!Number.isSafeInteger(rows / ROUNDS) || rows <= 0)
    throw new RangeError(`--rows ${values.rows} is no multiple of ${ROUNDS}, one share a turn`);
  return rows;
}

const day = (round: number): string => `2025-01-${String(10 + round).padStart(2, '0')}`;

/** One day by the command itself, in a process of its own. Its report tells the time without the start of the process. */
async function backfillDay(ownerUrl: string, elexonUrl: string, round: number): Promise<BackfillReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      CLI,
      'backfill',
      '--source',
      'elexon',
      '--dataset',
      'PN',
      '--from',
      day(round),
      '--to',
      day(round + 1),
      '--json',
    ],
    { env: { PATH: process.env['PATH'], DATABASE_URL: ownerUrl, ELEXON_URL: elexonUrl } },
  );
  const report = JSON.parse(stdout) as BackfillReport;
  if (report.changed !== ROWS) throw new Error(`stored ${report.changed} of ${ROWS}`);
  return report;
}

await benchmark('volume', async (scope: Scope) => {
  await build('--if-stale');
  const { ownerUrl } = await startBenchDatabase(scope);
  const server = await startWorker<typeof notificationServer>(scope, 'notification-server.ts');
  const url = await server.ask('start', ROWS);
  const bare = await startWorker<typeof bareCopy>(scope, 'bare-copy.ts');
  await bare.ask('open', ownerUrl);

  const reports: BackfillReport[] = [];
  const bareRates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = (): Promise<unknown> =>
      backfillDay(ownerUrl, url, round).then((report) => reports.push(report));
    const theirs = async (): Promise<unknown> => {
      const path = `/datasets/PN/stream?from=${day(round)}T00:00:00Z&to=${day(round)}T23:59:59Z`;
      const { ms, rows } = await bare.ask('copy', `${url}${path}`);
      if (rows !== ROWS) throw new Error(`the bare copy stored ${rows} of ${ROWS}`);
      return bareRates.push((rows * 1000) / ms);
    };
    // Who goes second may find the disk still busy.
    for (const turn of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await turn();
  }

  const rates = reports.map(({ rowsPerSecond }) => rowsPerSecond);
  const ratio = median(rates.map((rate, round) => rate / (bareRates[round] ?? Number.NaN)));
  againstLimit({
    name: `PN: ${shown(ROWS * ROUNDS)} generated rows by backfill, rate beside a bare COPY and merge of the same HTTP stream`,
    value: ratio,
    unit: '×',
    limit: { atLeast: LEAST_OF_BARE },
  });
  againstLimit({
    name: 'peak RSS of that command',
    value: Math.max(...reports.map(({ peakRssMb }) => peakRssMb)),
    unit: 'MB',
    limit: { atMost: MOST_MB },
  });
  note(`rows/s, median of ${ROUNDS}: backfill ${shown(median(rates))}, bare ${shown(median(bareRates))}`);
});
