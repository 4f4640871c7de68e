import { z } from 'zod';
import { defineAction } from '../action.js';
import { OPERATOR_TYPES, email, jsonObject, optional, text } from '../rules.js';

/** A new operator. Only an administrator's to make: everything else belongs to one. */
export const registerOperator = defineAction({
  name: 'registerOperator',
  scope: 'OPERATORS',
  answers: 'operators',
  input: z.object({
    name: text(255),
    type: z.enum(OPERATOR_TYPES),
    email,
    metadata: optional(jsonObject),
  }),
  async perform({ db }, { name, type, email: address, metadata }) {
    const { rows } = await db.query<{ operator_id: number }>(
      'insert into operators (name, type) values ($1, $2) returning operator_id',
      [name, type],
    );
    const id = rows[0]?.operator_id ?? 0;
    await db.query('insert into operator_accounts (operator_id, email, metadata) values ($1, $2, $3)', [
      id,
      address,
      metadata ?? {},
    ]);
    return { table: 'operators', id };
  },
});
