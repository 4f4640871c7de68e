import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.js';
import { PylonError, messageOf } from '../domain/errors.js';
import { createLogger } from '../logger.js';
import { runArchive } from './archive.js';
import { runBackfill, type BackfillTarget } from './backfill.js';
import { runDiscover } from './datasets.js';
import { instant } from './instant.js';
import { runIngest } from './ingest.js';
import { serve } from './serve.js';
import { runSimulate } from './simulate.js';

const program = new Command('pylon')
  .description('The live ontology of the Great Britain electricity grid.')
  .showHelpAfterError();

program
  .command('serve')
  .description('what npm start runs: database, ingest, graph')
  .action(() => serve(readConfig(process.env)));

program
  .command('ingest')
  .description('runs one source once and prints its report')
  .requiredOption('--source <id>', 'the source; an unknown one lists them all')
  .option('--once', 'once is what it does; accepted for clarity')
  .option('--json', 'print the report as one JSON object')
  .action(({ source, json }: { source: string; json?: true }) =>
    runIngest(configured(), source, json === true),
  );

program
  .command('backfill')
  .description('streams the history of a source in; killed, the same command goes on where it was')
  .requiredOption('--source <id>', 'the source; an unknown one lists them all')
  .requiredOption('--from <iso>', 'first instant, inside', instant)
  .requiredOption('--to <iso>', 'last instant, outside', instant)
  .option('--dataset <code>', 'with --source elexon: its data set, such as PN')
  .option('--json', 'print the report as one JSON object')
  .action(({ from, to, json, ...target }: BackfillTarget & { from: Date; to: Date; json?: true }) =>
    runBackfill(configured(), target, { from, to }, json === true),
  );

program
  .command('archive')
  .description('writes whole months of statements to Parquet files and drops them from the database')
  .requiredOption('--before <iso>', 'only months that ended at or before this instant', instant)
  .option('--out <folder>', 'where the files go', 'archive')
  .option('--json', 'print the report as one JSON object')
  .action(({ before, out, json }: { before: Date; out: string; json?: true }) =>
    runArchive(configured(), before, out, json === true),
  );

program
  .command('datasets')
  .description("Elexon's data sets")
  .command('discover')
  .description('tries each data set of the catalogue, stores and prints which work and why the others do not')
  .option('--json', 'print the sets as one JSON list')
  .action(({ json }: { json?: true }) => runDiscover(configured(), json === true));

program
  .command('simulate')
  .description('registers the synthetic fleet, and lets happen what happens in it, until stopped')
  .option('--hours <n>', "only what happens in so many hours of the server's clock, all at once", hours)
  .option('--json', 'print each report as one JSON object a line')
  .action(({ hours: ahead, json }: { hours?: number; json?: true }) =>
    runSimulate(configured(), ahead ?? null, json === true),
  );

/** How far ahead can be simulated: a week. */
function hours(value: string): number {
  const count = Number(value);
  if (!(count > 0 && count <= 168))
    throw new InvalidArgumentError('must be a number above 0 and at most 168');
  return count;
}

/** Commands are quieter than the server: what they did is in their report. */
function configured() {
  const config = readConfig({ LOG_LEVEL: 'warn', ...process.env });
  return { config, log: createLogger(config.LOG_LEVEL) };
}

if (existsSync('.env')) process.loadEnvFile('.env'); // what the environment already sets stays

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof PylonError ? `${error.code}: ` : '';
  process.stderr.write(`pylon: ${code}${messageOf(error)}\n`);
  if (!(error instanceof PylonError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
