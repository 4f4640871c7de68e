/** API keys as the owner of the database issues them: for the command line, and for the first start in development. */
import type pg from 'pg';
import type { ApiRole, ApiScope } from '../domain/viewer.js';
import { newKey } from './api-keys.js';

type Owner = Pick<pg.ClientBase, 'query'>;

export interface KeyRequest {
  readonly operatorId: number;
  readonly name: string;
  readonly role: ApiRole;
  /** None: all of the role's. */
  readonly scopes: readonly ApiScope[];
  readonly isDevelopment?: boolean;
}

export interface IssuedKey {
  /** Shown once, kept nowhere. */
  readonly key: string;
  readonly prefix: string;
}

/** To be called in a transaction: a key without its secret is good for nothing. */
export async function issueKey(
  owner: Owner,
  { operatorId, name, role, scopes, isDevelopment = false }: KeyRequest,
): Promise<IssuedKey> {
  const { key, prefix, secretHash } = newKey();
  await owner.query(
    `with made as (
       insert into api_keys (operator_id, name, role, scopes, prefix, is_development)
       values ($1, $2, $3::api_role, $4, $5, $6) returning api_key_id)
     insert into api_key_secrets (api_key_id, secret_hash) select api_key_id, $7 from made`,
    [operatorId, name, role, scopes, prefix, isDevelopment, secretHash],
  );
  return { key, prefix };
}

export interface ListedKey {
  readonly prefix: string;
  readonly operator: string;
  readonly name: string;
  readonly role: ApiRole;
  /** None: all of the role's. */
  readonly scopes: readonly ApiScope[];
  readonly isDevelopment: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Every key, of one operator or of all, the newest first. */
export async function listKeys(owner: Owner, operator: string | null): Promise<readonly ListedKey[]> {
  const { rows } = await owner.query<ListedKey>(
    `select k.prefix, o.name as operator, k.name, k.role, k.scopes, k.is_development as "isDevelopment",
       k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"
     from api_keys k join operators o on o.operator_id = k.operator_id
     where $1::text is null or o.name = $1 order by k.api_key_id desc`,
    [operator],
  );
  return rows;
}

/** Revokes a key for ever; answers whose it was and since when it is revoked, or null where there is none. */
export async function revokeKey(
  owner: Owner,
  prefix: string,
): Promise<{ readonly operator: string; readonly revokedAt: Date } | null> {
  const { rows } = await owner.query<{ operator: string; revokedAt: Date }>(
    `update api_keys k set revoked_at = coalesce(k.revoked_at, pylon_now()) from operators o
     where o.operator_id = k.operator_id and k.prefix = $1 returning o.name as operator, k.revoked_at as "revokedAt"`,
    [prefix],
  );
  return rows[0] ?? null;
}

export async function operatorNumber(owner: Owner, name: string): Promise<number | null> {
  const { rows } = await owner.query<{ id: number }>(
    'select operator_id as id from operators where name = $1',
    [name],
  );
  return rows[0]?.id ?? null;
}

export async function operatorTypes(owner: Owner): Promise<readonly string[]> {
  const { rows } = await owner.query<{ type: string }>(
    'select unnest(enum_range(null::operator_type))::text as type',
  );
  return rows.map(({ type }) => type);
}

/** @param type one of `operatorTypes`. */
export async function createOperator(
  owner: Owner,
  { name, type, email }: { readonly name: string; readonly type: string; readonly email: string },
): Promise<number> {
  const { rows } = await owner.query<{ id: number }>(
    `with made as (insert into operators (name, type) values ($1, $2::operator_type) returning operator_id)
     insert into operator_accounts (operator_id, email) select operator_id, $3 from made returning operator_id as id`,
    [name, type, email],
  );
  const [row] = rows;
  if (!row) throw new Error('the new operator has no row');
  return row.id;
}
