import { z } from 'zod';
import { defineAction } from '../action.js';
import { email, jsonObject, optional, text } from '../rules.js';

/** A person of the caller's operator. */
export const registerUser = defineAction({
  name: 'registerUser',
  scope: 'REGISTRY',
  answers: 'users',
  input: z.object({
    email,
    name: text(255),
    role: optional(text(100)),
    preferences: optional(jsonObject),
  }),
  makes: { email: 'user' },
  async perform({ db, viewer, now }, { email: address, name, role, preferences }) {
    const { rows } = await db.query<{ user_id: number }>(
      `insert into users (operator_id, email, name, role, preferences, created_at, updated_at)
       values ($1, $2, $3, coalesce($4, 'researcher'), coalesce($5::jsonb, '{}'), $6, $6) returning user_id`,
      [viewer.operatorId, address, name, role, preferences, now],
    );
    return { table: 'users', id: rows[0]?.user_id ?? 0 };
  },
});
