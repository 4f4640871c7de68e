#!/usr/bin/env node
/**
 * `npm run build [-- --if-stale] [--unchecked]`: dist/ from src/, and the explorer's page, so that running needs no
 * development package. `--unchecked` leaves out the check of types, which takes most of the time: tests build so, because
 * `npm test` has checked all types before.
 *
 * Silent when it goes well. Files are overwritten in place and outdated ones removed afterwards: a server that is running
 * from dist/ finds every file it may still import.
 */
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import { alone } from './lock.mjs';
import { run } from './run.mjs';
import { built, dropStamp, filesIn, fingerprint, isFresh, lockOf, root, writeStamp } from './staleness.mjs';

const generate = ['scripts/generate.mjs', '--if-stale'];
const compile = [
  'node_modules/typescript/bin/tsc',
  '-p',
  'tsconfig.build.json',
  '--noEmitOnError',
  '--listEmittedFiles',
  ...(process.argv.includes('--unchecked') ? ['--noCheck'] : []),
];

const ifStale = process.argv.includes('--if-stale');
const isDone = () => ifStale && isFresh(built);

if (!isDone()) process.exitCode = await alone(lockOf(built), async () => (isDone() ? 0 : await build()));

/** The exit code. */
async function build() {
  const madeFrom = fingerprint(built);
  dropStamp(built);
  const generating = await run(generate);
  if (generating.code !== 0) return failure(generating);
  const compiling = await run(compile);
  if (compiling.code !== 0) return failure(compiling);
  removeAllBut(new Set([...emitted(compiling.output), ...(await writeExplorer())]));
  writeStamp(built, madeFrom);
  return 0;
}

function failure({ code, output }) {
  process.stderr.write(output);
  return code;
}

/** The files that tsc says it wrote, relative to the root. */
function emitted(output) {
  return [...output.matchAll(/^TSFILE: (.+?)\r?$/gm)].map(([, path]) =>
    relative(root, path).split(sep).join('/'),
  );
}

/** The explorer's page, plain and compressed: 9 MB of script, a quarter of that compressed. */
async function writeExplorer() {
  const { renderExplorerPage } = await import(pathToFileURL(join(root, 'dist/server/explorer.js')).href);
  const html = await renderExplorerPage();
  const files = {
    'dist/explorer/index.html': html,
    'dist/explorer/index.html.gz': gzipSync(html, { level: constants.Z_BEST_COMPRESSION }),
  };
  mkdirSync(join(root, 'dist/explorer'), { recursive: true });
  for (const [file, contents] of Object.entries(files)) writeFileSync(join(root, file), contents);
  return Object.keys(files);
}

function removeAllBut(current) {
  for (const file of filesIn(built.folder)) if (!current.has(file)) rmSync(join(root, file));
  removeEmptyFolders(join(root, built.folder));
}

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}
