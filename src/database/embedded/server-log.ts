import { open, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from './home.js';
import { statOrNull } from './stat-or-null.js';

/** Past this size the log of former starts is moved to `postgres.log.1` before the next. */
const LONGEST_BYTES = 16 * 1024 * 1024;

/** What of it an error message quotes. */
const QUOTED_LINES = 20;

/** The server's log, and where in it this start begins. */
export interface ServerLog {
  readonly path: string;
  readonly file: FileHandle;
  readonly beginsAt: number;
}

/** Opens the log for a server to append to; close `file` once it has its own. */
export async function openLog(home: Home): Promise<ServerLog> {
  const path = join(home.folder, 'postgres.log');
  const former = await statOrNull(path);
  if (former && former.size > LONGEST_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  return { path, file, beginsAt: (await file.stat()).size };
}

/** The last lines that this start wrote. */
export async function tailOf(log: ServerLog): Promise<string> {
  const file = await open(log.path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(log.beginsAt, size - 16_384);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(size - from, 0)), 0, null, from);
    return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-QUOTED_LINES).join('\n');
  } finally {
    await file.close();
  }
}
