#!/usr/bin/env node
/** `npm run bench [-- part of a name [its options]]`: every bench/*.bench.ts in turn; fails when one of them does. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGenerated, run } from './run.mjs';
import { root } from './staleness.mjs';

const [wanted = '', ...options] = process.argv.slice(2);
const all = readdirSync(join(root, 'bench')).filter((name) => name.endsWith('.bench.ts'));
const chosen = all.filter((name) => name.includes(wanted)).sort();

if (chosen.length === 0) {
  process.stderr.write(`No benchmark is named like '${wanted}'. There are: ${all.join(', ') || 'none'}.\n`);
  process.exit(1);
}

await ensureGenerated();
const failed = [];
for (const name of chosen) {
  const { code, output } = await run([`bench/${name}`, ...options], {
    nodeArgs: ['--import', import.meta.resolve('tsx')],
    output: 'inherit',
  });
  process.stderr.write(output);
  if (code > 128) process.exit(code);
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stderr.write(`Failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
