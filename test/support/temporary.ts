import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Files in memory, on Linux. */
const IN_MEMORY = '/dev/shm';

/** Four times what the suite has taken at its fullest: containers often have 64 MB there. */
const ROOM_BYTES = 1024 ** 3;

/**
 * Where tests make their folders: in memory where there is room, because the suite makes a database of a thousand files
 * every second and keeps none. Everybody may walk through it, and programs copied there run.
 */
export const TEMPORARY = hasRoom() && allowsPrograms() ? IN_MEMORY : onDisk();

function hasRoom(): boolean {
  if (!existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ROOM_BYTES;
}

function allowsPrograms(): boolean {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const [, , , options = 'noexec'] =
    mounts.findLast((line) => line.split(' ')[1] === IN_MEMORY)?.split(' ') ?? [];
  return !options.split(',').includes('noexec');
}

/** Root's own TMPDIR may be closed to the user that PostgreSQL runs as. */
function onDisk(): string {
  return process.getuid?.() === 0 ? '/tmp' : tmpdir();
}
