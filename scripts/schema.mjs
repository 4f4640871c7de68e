#!/usr/bin/env node
/** `npm run schema [-- --write]`: the graph as SDL, on stdout or into schema.graphql. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './run.mjs';
import { root } from './staleness.mjs';

await ensureBuilt();
const { printGraph } = await import(new URL('../dist/schema/print.js', import.meta.url).href);
const sdl = `${printGraph().trimEnd()}\n`;

if (process.argv.includes('--write')) writeFileSync(join(root, 'schema.graphql'), sdl);
else process.stdout.write(sdl);
