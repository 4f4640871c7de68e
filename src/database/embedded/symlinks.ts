import { copyFile, constants, lstat, readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { codeOf } from './failure.js';

/**
 * Creates the links between libraries that a package cannot carry and its install script would make.
 *
 * Install scripts are often blocked, and without the links no program starts. Safe to repeat, and for two processes
 * at once: a link that exists is left alone.
 *
 * @param packageRoot the platform package, or a copy of it.
 * @throws {Error} with the system's code where the folder may not be written.
 */
export async function hydrateSymlinks(packageRoot: string): Promise<void> {
  for (const { source, target } of await listedLinks(packageRoot)) {
    const link = join(packageRoot, target);
    if (await exists(link)) continue;
    await symlink(basename(source), link).catch(async (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return;
      if (codeOf(error) !== 'EPERM') throw error;
      // Windows without developer mode, or a file system without links.
      await copyFile(join(packageRoot, source), link, constants.COPYFILE_EXCL).catch((copying: unknown) => {
        if (codeOf(copying) !== 'EEXIST') throw copying;
      });
    });
  }
}

/** Both paths are relative to the package, and always in the same folder. The Windows package lists none. */
async function listedLinks(packageRoot: string): Promise<readonly { source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
