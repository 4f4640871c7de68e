import type pg from 'pg';
import { PylonError } from '../domain/errors.js';
import { createOperator, issueKey, operatorNumber } from './issued-keys.js';

const DEVELOPMENT_LOCK = 72707373;
/** Whose it is: an operator that is nobody else. */
export const DEVELOPMENT_OPERATOR = 'Development';
const NOBODY = 'development@pylon.invalid';

/**
 * An administrator's key for whoever tries Pylon out: made by the first start in development, and never again, not even
 * after it was revoked.
 *
 * @returns the key, which nobody can show again; null when there was one before.
 */
export async function makeDevelopmentKey(owner: pg.ClientBase): Promise<string | null> {
  await owner.query('begin');
  try {
    await owner.query('select pg_advisory_xact_lock($1)', [DEVELOPMENT_LOCK]); // two first starts would both make one
    const { rowCount: earlier } = await owner.query('select from api_keys where is_development');
    const key = earlier ? null : await issueDevelopmentKey(owner);
    await owner.query('commit');
    return key;
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
}

async function issueDevelopmentKey(owner: pg.ClientBase): Promise<string> {
  const operatorId =
    (await operatorNumber(owner, DEVELOPMENT_OPERATOR)) ??
    (await createOperator(owner, { name: DEVELOPMENT_OPERATOR, type: 'RESEARCH', email: NOBODY }));
  const { key } = await issueKey(owner, {
    operatorId,
    name: 'made by the first start in development',
    role: 'ADMIN',
    scopes: [],
    isDevelopment: true,
  });
  return key;
}

/** @throws {PylonError} CONFIG_INVALID where a development key counts: it was printed on somebody's screen. */
export async function refuseDevelopmentKey(owner: Pick<pg.ClientBase, 'query'>): Promise<void> {
  const { rows } = await owner.query<{ prefix: string }>(
    'select prefix from api_keys where is_development and revoked_at is null order by api_key_id',
  );
  if (rows.length === 0) return;
  const commands = rows.map(({ prefix }) => `  npm run pylon -- keys revoke ${prefix}`).join('\n');
  throw new PylonError(
    'CONFIG_INVALID',
    `PYLON_ENV=production: this database has a development key, which is an administrator's and was printed by a start in development. Revoke it first:\n${commands}`,
  );
}
