import { newKey } from '../../src/database/api-keys.js';
import type { ApiRole } from '../../src/domain/viewer.js';
import type { TestDatabase } from './database.js';

export interface Tenant {
  readonly operatorId: number;
  readonly name: string;
  /** Its API key. */
  readonly key: string;
}

/** An operator with an API key, made behind the actions' back. */
export async function createTenant(
  { owner }: Pick<TestDatabase, 'owner'>,
  name: string,
  options: { readonly role?: ApiRole; readonly type?: string; readonly scopes?: readonly string[] } = {},
): Promise<Tenant> {
  const { rows: operators } = await owner.query<{ operator_id: number }>(
    'insert into operators (name, type) values ($1, $2::operator_type) returning operator_id',
    [name, options.type ?? 'COMPUTE_OPERATOR'],
  );
  const operatorId = operators[0]?.operator_id ?? 0;
  await owner.query('insert into operator_accounts (operator_id, email) values ($1, $2)', [
    operatorId,
    `${name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')}@example.com`,
  ]);
  return { operatorId, name, key: await createKey(owner, operatorId, options) };
}

/** Another key of an operator. */
export async function createKey(
  owner: TestDatabase['owner'],
  operatorId: number,
  { role = 'OPERATOR', scopes = [] }: { readonly role?: ApiRole; readonly scopes?: readonly string[] } = {},
): Promise<string> {
  const { key, prefix, secretHash } = newKey();
  const { rows } = await owner.query<{ api_key_id: number }>(
    `insert into api_keys (operator_id, name, role, scopes, prefix) values ($1, 'test', $2::api_role, $3, $4) returning api_key_id`,
    [operatorId, role, scopes, prefix],
  );
  await owner.query('insert into api_key_secrets (api_key_id, secret_hash) values ($1, $2)', [
    rows[0]?.api_key_id,
    secretHash,
  ]);
  return key;
}
