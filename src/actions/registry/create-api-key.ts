import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { newKey } from '../../database/api-keys.js';
import { Refused } from '../../domain/refusal.js';
import { API_ROLES, API_SCOPES, SCOPES_OF_ROLE, mayGiveRole, type ApiRole } from '../../domain/viewer.js';
import type { ApiScope, KnownViewer } from '../../domain/viewer.js';
import { defineAction } from '../action.js';
import { optional, text } from '../rules.js';

/**
 * Another key of the caller's operator, good for nothing that the caller's own key is not good for; an administrator makes those of
 * any operator.
 */
export const createApiKey = defineAction({
  name: 'createApiKey',
  scope: 'KEYS',
  answers: 'api_keys',
  input: z.object({
    operator: optional(text(255)),
    name: text(100),
    role: z.enum(API_ROLES),
    scopes: optional(z.array(z.enum(API_SCOPES)).min(1, 'must name a scope, or be left out').max(50)),
  }),
  names: { operator: 'operator' },
  async perform(transaction, { operator, name, role, scopes }) {
    const { db, viewer, tellOnce } = transaction;
    const operatorId = await operatorIdOf(transaction, operator);
    const given = givenScopes(viewer, role, scopes);
    const { key, prefix, secretHash } = newKey();
    const { rows } = await db.query<{ api_key_id: number }>(
      `insert into api_keys (operator_id, name, role, scopes, prefix) values ($1, $2, $3, $4, $5) returning api_key_id`,
      [operatorId, name, role, given, prefix],
    );
    const id = rows[0]?.api_key_id ?? 0;
    await db.query('select keep_key_secret($1, $2)', [id, secretHash]);
    tellOnce(key);
    return { table: 'api_keys', id };
  },
});

/** Whose the key is: the caller's own operator where none is named. @throws {Refused} NOT_FOUND, NOT_ALLOWED */
async function operatorIdOf({ db, viewer }: ActionTransaction, name: string | null): Promise<number> {
  if (name === null) return viewer.operatorId;
  const { rows } = await db.query<{ operator_id: number }>(
    'select operator_id from operators where name = $1',
    [name],
  );
  const id = rows[0]?.operator_id;
  if (id === undefined) throw new Refused('NOT_FOUND', `there is no operator ${JSON.stringify(name)}`);
  if (id !== viewer.operatorId && viewer.role !== 'ADMIN')
    throw new Refused(
      'NOT_ALLOWED',
      `keys of ${JSON.stringify(name)} are made by itself, or by an administrator`,
    );
  return id;
}

/** The scopes of the new key, each by name: a key that names none would have all of its role's. */
function givenScopes(
  viewer: KnownViewer,
  role: ApiRole,
  named: readonly ApiScope[] | null,
): readonly ApiScope[] {
  if (!mayGiveRole(viewer.role, role))
    throw new Refused('NOT_ALLOWED', `a key of the role ${viewer.role} makes none of the role ${role}`);
  const ofRole = SCOPES_OF_ROLE[role];
  const wanted = named ? [...new Set(named)] : ofRole.filter((scope) => viewer.scopes.has(scope));
  const faults = wanted.flatMap((scope) =>
    !ofRole.includes(scope)
      ? [{ path: 'input.scopes', message: `${scope} is beyond the role ${role}` }]
      : !viewer.scopes.has(scope)
        ? [{ path: 'input.scopes', message: `your own key has not the scope ${scope}` }]
        : [],
  );
  if (faults.length > 0)
    throw new Refused('NOT_ALLOWED', `createApiKey: ${faults.length} scope(s) are not yours to give`, {
      faults,
    });
  if (wanted.length === 0)
    throw new Refused('NOT_ALLOWED', `your own key has none of the scopes of the role ${role}`);
  return wanted;
}
