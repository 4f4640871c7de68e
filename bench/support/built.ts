import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BUILD = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));

/** Brings dist up to date, which servers are measured from. @returns milliseconds it took. */
export async function build(...options: readonly '--if-stale'[]): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(process.execPath, [BUILD, ...options]);
  return performance.now() - start;
}
