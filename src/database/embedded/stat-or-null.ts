import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { codeOf, failure } from './failure.js';

/** What is at a path; null only where there is nothing: what may not be looked at might be anything. */
export async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw failure(
      `${path} cannot be looked at`,
      'Run as the user who created it, or set PYLON_DATA_DIR to another folder',
      error,
    );
  }
}
