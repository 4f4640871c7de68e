import { readFile } from 'node:fs/promises';
import { PylonError, messageOf } from '../domain/errors.js';
import type { NamedText } from '../planning/backtest-csv.js';

/** A file of text, named by its path. @throws {PylonError} BAD_USER_INPUT naming the file when it cannot be read. */
export async function readText(path: string): Promise<NamedText> {
  try {
    return { title: path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    throw new PylonError('BAD_USER_INPUT', `${path}: ${messageOf(cause)}`, { cause });
  }
}
