import { z } from 'zod';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { changesSomething } from './registry-rules.js';
import { changeRow, requireVersion } from '../rows.js';
import { clearableObject, email, expectedVersion, optional, text } from '../rules.js';

/** A person of the caller's operator, found by his address. */
export const updateUser = defineAction({
  name: 'updateUser',
  scope: 'REGISTRY',
  answers: 'users',
  input: z
    .object({
      email,
      newEmail: optional(email),
      name: optional(text(255)),
      role: optional(text(100)),
      preferences: clearableObject,
      isActive: optional(z.boolean()),
      expectedVersion,
    })
    .superRefine(changesSomething(['email', 'expectedVersion'])),
  names: { email: 'user' },
  async perform(transaction, input) {
    const { rows } = await transaction.db.query<{ user_id: number; version: number }>(
      'select user_id, version from users where operator_id = $1 and email = $2 for no key update',
      [transaction.viewer.operatorId, input.email],
    );
    const user = rows[0];
    if (!user) throw new Refused('NOT_FOUND', `your operator has no user ${JSON.stringify(input.email)}`);
    requireVersion(user, input.expectedVersion);
    await changeRow(transaction, 'users', user.user_id, {
      email: input.newEmail,
      name: input.name,
      role: input.role,
      preferences: input.preferences,
      is_active: input.isActive,
    });
    return { table: 'users', id: user.user_id };
  },
});
