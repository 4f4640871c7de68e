import { z } from 'zod';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';

/** A key of the caller's operator counts no more, from the next request on; it may be the caller's own. For ever. */
export const revokeApiKey = defineAction({
  name: 'revokeApiKey',
  scope: 'KEYS',
  answers: 'api_keys',
  input: z.object({
    prefix: z.string().regex(/^[0-9a-f]{12}$/, 'must be the 12 characters after `pylon_` of the key'),
  }),
  async perform({ db, now }, { prefix }) {
    const { rows } = await db.query<{ api_key_id: number }>(
      `update api_keys set revoked_at = coalesce(revoked_at, $2) where prefix = $1 returning api_key_id`,
      [prefix, now],
    );
    const id = rows[0]?.api_key_id;
    if (id === undefined)
      throw new Refused('NOT_FOUND', `your operator has no key that begins with pylon_${prefix}`);
    return { table: 'api_keys', id };
  },
});
