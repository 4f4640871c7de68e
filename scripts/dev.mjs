#!/usr/bin/env node
/** `npm run dev`: serves from the sources and starts again when one changes; arguments are `pylon serve`'s. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureGenerated } from './run.mjs';
import { root } from './staleness.mjs';

await ensureGenerated();
// tsx reads its arguments from here; run in this process, it hears Ctrl+C once instead of twice.
process.argv.splice(2, Infinity, 'watch', join(root, 'src/cli/main.ts'), 'serve', ...process.argv.slice(2));
await import(pathToFileURL(join(root, 'node_modules/tsx/dist/cli.mjs')).href);
