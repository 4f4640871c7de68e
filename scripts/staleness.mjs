/**
 * Whether a folder of made files still answers to what it was made from.
 *
 * Each such folder carries a stamp, written last: a fingerprint of its inputs and the list of its files. Contents are
 * hashed rather than times, because a checkout, a container layer and an archive all change the times of equal files.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, whatever folder the command was started in. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The Prisma client and the Pothos types. Inputs are files and folders; one that is absent counts as absent. */
export const generated = {
  folder: 'src/generated',
  sources: 'prisma',
  inputs: [
    'prisma/schema.prisma',
    'prisma.config.ts',
    'node_modules/prisma/package.json',
    'node_modules/@prisma/client/package.json',
    'node_modules/@pothos/plugin-prisma/package.json',
  ],
};

/** What node runs. What was generated is not an input of its own: it follows from the schema and the lock file. */
export const built = {
  folder: 'dist',
  sources: 'src',
  inputs: [
    'src',
    'prisma/schema.prisma',
    'prisma.config.ts',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
    'scripts/build.mjs',
  ],
};

const stampName = '.stamp.json';
const lockName = '.lock';

/** Where the makers of an output queue: inside its folder, so that deleting the folder deletes the queue too. */
export const lockOf = ({ folder }) => join(root, folder, lockName);

const stampOf = ({ folder }) => join(root, folder, stampName);

/** Every file below a folder, sorted, relative to the root with forward slashes; neither stamps nor locks. */
export function filesIn(folder, except = '') {
  const files = [];
  const visit = (path) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const inner = `${path}/${entry.name}`;
      // Drafts of a stamp and of a lock are named after what they will be.
      if (entry.name.startsWith(stampName) || entry.name.startsWith(lockName) || inner === except) continue;
      if (entry.isDirectory()) visit(inner);
      else files.push(inner);
    }
  };
  if (existsSync(join(root, folder))) visit(folder);
  return files.sort((a, b) => (a < b ? -1 : 1));
}

/** Hex sha256 over the names and contents of an output's inputs. */
export function fingerprint({ inputs }) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) =>
    input === 'src' ? filesIn('src', generated.folder) : [input],
  )) {
    const path = join(root, file);
    const contents = existsSync(path) ? readFileSync(path) : undefined;
    hash.update(`${file}\0${contents?.length ?? 'absent'}\0`).update(contents ?? '');
  }
  return hash.digest('hex');
}

/**
 * True when the stamp answers to the inputs and every file it lists is there.
 *
 * A tree shipped without its sources, as in a container image, has nothing to be stale against: there the files decide.
 */
export function isFresh(output) {
  const stamp = readStamp(output);
  if (!stamp?.files.every((file) => existsSync(join(root, file)))) return false;
  return !existsSync(join(root, output.sources)) || stamp.fingerprint === fingerprint(output);
}

/** `{ fingerprint, files }`, or undefined where nothing was made or the making ended early. */
function readStamp(output) {
  const path = stampOf(output);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // A disk that lost power may keep the name of a file and not its contents. Making it again is the cure.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** To be called before the first file is touched: a maker that fails or is killed then leaves no claim behind. */
export function dropStamp(output) {
  rmSync(stampOf(output), { force: true });
}

/**
 * To be called after the last file is written. The rename keeps a half-written stamp from being read.
 *
 * @param madeFrom the fingerprint taken before making: inputs edited meanwhile make the result stale at once.
 */
export function writeStamp(output, madeFrom) {
  const path = stampOf(output);
  const draft = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, JSON.stringify({ fingerprint: madeFrom, files: filesIn(output.folder) }));
  renameSync(draft, path);
}
