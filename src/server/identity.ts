import type { IncomingHttpHeaders } from 'node:http';
import { refusalOfKey, viewerOfKey } from '../database/api-keys.js';
import type { Database } from '../database/open.js';
import { PylonError } from '../domain/errors.js';
import type { Viewer } from '../domain/viewer.js';
import { KEY_REFUSED } from './key-watch.js';

export interface Identity {
  /** Whether what is open to read is read without a key. */
  readonly isOpen: boolean;
  readonly database: Pick<Database, 'pool'>;
}

/** The key that a request shows; null for none. @throws {PylonError} UNAUTHENTICATED for two that differ, or another scheme. */
export function keyIn({
  authorization,
  'x-api-key': header,
}: Pick<IncomingHttpHeaders, 'authorization'> & { readonly 'x-api-key'?: string | string[] | undefined }):
  string | null {
  const [, bearer] = /^Bearer +([^ ]+) *$/i.exec(authorization ?? '') ?? [];
  if (authorization !== undefined && authorization !== '' && bearer === undefined)
    throw new PylonError('UNAUTHENTICATED', 'the header Authorization must be `Bearer` and an API key');
  const [key, ...others] = [bearer, header].flat().filter((each) => each !== undefined && each !== '');
  if (others.some((other) => other !== key))
    throw new PylonError('UNAUTHENTICATED', 'Authorization and x-api-key show different keys; send one');
  return key ?? null;
}

/**
 * Who shows a key.
 *
 * @throws {PylonError} UNAUTHENTICATED for a key that is not good, and for none where reading is closed.
 */
export async function identify({ isOpen, database }: Identity, key: string | null): Promise<Viewer> {
  if (key === null) {
    if (isOpen) return null;
    throw new PylonError(
      'UNAUTHENTICATED',
      'this server is read with an API key only: send it as `Authorization: Bearer` or `x-api-key`',
    );
  }
  const viewer = await viewerOfKey(database.pool, key);
  if (viewer) return viewer;
  const refusal = await refusalOfKey(database.pool, key);
  throw new PylonError('UNAUTHENTICATED', refusal ? KEY_REFUSED[refusal] : 'the API key is unknown');
}
