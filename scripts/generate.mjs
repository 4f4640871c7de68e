#!/usr/bin/env node
/**
 * `npm run generate [-- --if-stale]`: the Prisma client and the Pothos types from prisma/schema.prisma, with no network.
 *
 * Silent when it goes well.
 */
import { delimiter, dirname, join } from 'node:path';
import { alone } from './lock.mjs';
import { run } from './run.mjs';
import { dropStamp, fingerprint, generated, isFresh, lockOf, root, writeStamp } from './staleness.mjs';

const ifStale = process.argv.includes('--if-stale');
const isDone = () => ifStale && isFresh(generated);

if (!isDone())
  process.exitCode = await alone(lockOf(generated), async () => (isDone() ? 0 : await generate()));

/** The exit code. */
async function generate() {
  const madeFrom = fingerprint(generated);
  dropStamp(generated);
  const { code, output } = await run(['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
    env: {
      // The Pothos generator is a command that Prisma looks up: npm adds where it is only for npm's own scripts.
      PATH: [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
      // Prisma downloads this program unless told where it is. Generating never runs it, so any file will do.
      PRISMA_SCHEMA_ENGINE_BINARY: process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ?? process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (code === 0) writeStamp(generated, madeFrom);
  else process.stderr.write(output);
  return code;
}
