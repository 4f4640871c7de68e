import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { scopesOf, type ApiRole, type KnownViewer } from '../domain/viewer.js';

/** `pylon_<prefix>_<secret>`: the prefix finds the key, the secret proves it. */
const FORM = /^pylon_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export interface NewKey {
  /** Shown once, kept nowhere. */
  readonly key: string;
  readonly prefix: string;
  readonly secretHash: Buffer;
}

/** The secret is 32 random bytes, so that one round of SHA-256 is as good as many. */
export function newKey(): NewKey {
  const prefix = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { key: `pylon_${prefix}_${secret}`, prefix, secretHash: hashOf(secret) };
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Whose a key is; null for one that is malformed, unknown, revoked, or of an operator that is not active. */
export async function viewerOfKey(db: Pick<pg.Pool, 'query'>, key: string): Promise<KnownViewer | null> {
  const [, prefix, secret] = FORM.exec(key) ?? [];
  if (prefix === undefined || secret === undefined) return null;
  const { rows } = await db.query<{
    api_key_id: number;
    operator_id: number;
    operator_name: string;
    role: ApiRole;
    scopes: string[];
  }>({
    name: 'authenticate-key',
    text: 'select * from authenticate_key($1, $2)',
    values: [prefix, hashOf(secret)],
  });
  const row = rows[0];
  return row
    ? {
        apiKeyId: row.api_key_id,
        operatorId: row.operator_id,
        operatorName: row.operator_name,
        role: row.role,
        scopes: scopesOf(row.role, row.scopes),
      }
    : null;
}

/** Why a key counts no more. */
export type KeyRefusal = 'REVOKED' | 'OPERATOR_INACTIVE';

/** Why a key is not good that has no viewer; null for one that is malformed or unknown. */
export async function refusalOfKey(db: Pick<pg.Pool, 'query'>, key: string): Promise<KeyRefusal | null> {
  const [, prefix, secret] = FORM.exec(key) ?? [];
  if (prefix === undefined || secret === undefined) return null;
  const { rows } = await db.query<{ refusal: KeyRefusal | null }>(
    'select refusal_of_key($1, $2) as refusal',
    [prefix, hashOf(secret)],
  );
  return rows[0]?.refusal ?? null;
}

/** Those of some keys that count no more, each with the reason. */
export async function keysOutOfForce(
  db: Pick<pg.Pool, 'query'>,
  apiKeyIds: readonly number[],
): Promise<ReadonlyMap<number, KeyRefusal>> {
  const { rows } = await db.query<{ api_key_id: number; reason: KeyRefusal }>({
    name: 'keys-out-of-force',
    text: 'select api_key_id, reason from keys_out_of_force($1)',
    values: [apiKeyIds],
  });
  return new Map(rows.map(({ api_key_id: id, reason }) => [id, reason]));
}
