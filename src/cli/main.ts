import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { PylonError, messageOf } from '../domain/errors.js';
import type { BackfillTarget } from './backfill.js';
import type { BacktestOptions } from './backtest.js';
import { instant } from './instant.js';
import type { CreateOptions } from './keys.js';
import { streamInLittleMemory } from './little-memory.js';
import { wholeNumber } from './whole-number.js';

// A command loads itself when it is asked for: what the others need would only occupy memory.
const program = new Command('pylon')
  .description('The live ontology of the Great Britain electricity grid.')
  .showHelpAfterError();

program
  .command('serve')
  .description('what npm start runs: database, ingest, graph')
  .action(async () => {
    const [{ readConfig }, { serve }] = await Promise.all([import('../config.js'), import('./serve.js')]);
    await serve(readConfig(process.env));
  });

program
  .command('ingest')
  .description('runs one source once and prints its report')
  .requiredOption('--source <id>', 'the source; an unknown one lists them all')
  .option('--once', 'once is what it does; accepted for clarity')
  .option('--json', 'print the report as one JSON object')
  .action(async ({ source, json }: { source: string; json?: true }) => {
    const { runIngest } = await import('./ingest.js');
    await runIngest(await configured(), source, json === true);
  });

program
  .command('backfill')
  .description('streams the history of a source in; killed, the same command goes on where it was')
  .requiredOption('--source <id>', 'the source; an unknown one lists them all')
  .requiredOption('--from <iso>', 'first instant, inside', instant)
  .requiredOption('--to <iso>', 'last instant, outside', instant)
  .option('--dataset <code>', 'with --source elexon: its data set, such as PN')
  .option('--json', 'print the report as one JSON object')
  .action(async ({ from, to, json, ...target }: BackfillTarget & { from: Date; to: Date; json?: true }) => {
    streamInLittleMemory();
    const { runBackfill } = await import('./backfill.js');
    await runBackfill(await configured(), target, { from, to }, json === true);
  });

program
  .command('archive')
  .description('writes whole months of statements to Parquet files and drops them from the database')
  .requiredOption('--before <iso>', 'only months that ended at or before this instant', instant)
  .option('--out <folder>', 'where the files go', 'archive')
  .option('--json', 'print the report as one JSON object')
  .action(async ({ before, out, json }: { before: Date; out: string; json?: true }) => {
    const { runArchive } = await import('./archive.js');
    await runArchive(await configured(), before, out, json === true);
  });

program
  .command('datasets')
  .description("Elexon's data sets")
  .command('discover')
  .description('tries each data set of the catalogue, stores and prints which work and why the others do not')
  .option('--json', 'print the sets as one JSON list')
  .action(async ({ json }: { json?: true }) => {
    const { runDiscover } = await import('./datasets.js');
    await runDiscover(await configured(), json === true);
  });

program
  .command('backtest')
  .description('what planning your own jobs on a series would have saved against starting each at once')
  .requiredOption(
    '--intensity <file>',
    'CSV, a row a half hour: its start or `slot`, and gco2_kwh, actual or intensity',
  )
  .requiredOption('--jobs <file>', 'CSV: job,start_slot,duration_slots,slack_slots[,power_kw]')
  .option('--capacity <machines>', 'how many run at once; no limit when left out', wholeNumber)
  .option('--interruptible', 'jobs may be interrupted: then the plan is exact')
  .option('--online', 'a job is known only once its window begins')
  .option('--forecast-column <name>', 'plan on this column, and judge by the truth')
  .option('--corrected', 'first correct it, by what was known when each job was submitted')
  .option('--json', 'print the result as one JSON object')
  .action(async (options: BacktestOptions) => {
    const { runBacktest } = await import('./backtest.js');
    await runBacktest(options);
  });

const keys = program.command('keys').description('API keys, by whoever owns the database');

keys
  .command('create')
  .description('makes a key and prints it, this once')
  .requiredOption('--operator <name>', 'whose it is')
  .option('--role <role>', 'READER, AGENT, OPERATOR or ADMIN', 'OPERATOR')
  .option('--scopes <list>', "comma-separated; all of the role's when left out")
  .option('--name <text>', 'what it is for', 'made by the command line')
  .option('--create-operator <type>', 'makes the operator, of this type, unless there is one of that name')
  .option('--email <address>', 'with --create-operator: where it is reached')
  .option('--json', 'print the key as one JSON object')
  .action(async (options: CreateOptions) => {
    const { runCreateKey } = await import('./keys.js');
    await runCreateKey(await configured(), options);
  });

keys
  .command('list')
  .description('prints the keys, without their secrets')
  .option('--operator <name>', 'only of this operator')
  .option('--json', 'print them as one JSON list')
  .action(async (options: { operator?: string; json?: true }) => {
    const { runListKeys } = await import('./keys.js');
    await runListKeys(await configured(), options);
  });

keys
  .command('revoke')
  .description('revokes a key, at once and for ever')
  .argument('<prefix>', 'the 12 characters after pylon_')
  .action(async (prefix: string) => {
    const { runRevokeKey } = await import('./keys.js');
    await runRevokeKey(await configured(), prefix);
  });

program
  .command('verify')
  .description('whether what may never change is as it was written')
  .command('decisions')
  .description('walks the chain of decisions; prints the first that differs and why, and exits with 1')
  .option('--head <count:hash>', 'a head published before: tells whether the tail was cut')
  .option('--json', 'print the report as one JSON object')
  .action(async ({ head, json }: { head?: string; json?: true }) => {
    const { publishedHead, runVerifyDecisions } = await import('./verify.js');
    const published = head === undefined ? null : publishedHead(head);
    await runVerifyDecisions(await configured(), published, json === true);
  });

program
  .command('simulate')
  .description('registers the synthetic fleet, and lets happen what happens in it, until stopped')
  .option('--hours <n>', "only what happens in so many hours of the server's clock, all at once", hours)
  .option('--json', 'print each report as one JSON object a line')
  .action(async ({ hours: ahead, json }: { hours?: number; json?: true }) => {
    const { runSimulate } = await import('./simulate.js');
    await runSimulate(await configured(), ahead ?? null, json === true);
  });

/** How far ahead can be simulated: a week. */
function hours(value: string): number {
  const count = Number(value);
  if (!(count > 0 && count <= 168))
    throw new InvalidArgumentError('must be a number above 0 and at most 168');
  return count;
}

/** Commands are quieter than the server: what they did is in their report. */
async function configured() {
  const [{ readConfig }, { createLogger }] = await Promise.all([
    import('../config.js'),
    import('../logger.js'),
  ]);
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
