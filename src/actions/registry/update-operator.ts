import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { changesSomething } from './registry-rules.js';
import { changeRow, lockOwn } from '../rows.js';
import { OPERATOR_TYPES, clearableObject, email, expectedVersion, optional, text } from '../rules.js';

/** Types that may publish flexibility windows: nobody makes himself one of them. */
export const GRID_TYPES: ReadonlySet<string> = new Set(['GRID_OPERATOR', 'AGGREGATOR']);

/** The caller's own operator; an administrator may name any. */
export const updateOperator = defineAction({
  name: 'updateOperator',
  scope: 'REGISTRY',
  answers: 'operators',
  input: z
    .object({
      operator: optional(text(255)),
      name: optional(text(255)),
      type: optional(z.enum(OPERATOR_TYPES)),
      email: optional(email),
      metadata: clearableObject,
      isActive: optional(z.boolean()),
      expectedVersion,
    })
    .superRefine(changesSomething(['operator', 'expectedVersion'])),
  names: { operator: 'operator' },
  async perform(transaction, input) {
    const { db, viewer } = transaction;
    const { email: address, metadata } = input;
    const name = input.operator ?? (await ownName(transaction));
    const row = await lockOwn<{ type: string }>(transaction, 'operators', name, input.expectedVersion);
    if (input.isActive !== null && viewer.role !== 'ADMIN')
      throw new Refused('NOT_ALLOWED', 'isActive is for administrators to set');
    if (input.isActive === false && row.id === viewer.operatorId)
      throw new Refused('NOT_ALLOWED', 'an operator does not lock itself out');
    const isRaised = input.type !== null && input.type !== row.type && GRID_TYPES.has(input.type);
    if (isRaised && viewer.role !== 'ADMIN')
      throw new Refused('NOT_ALLOWED', `an operator is made ${input.type} by an administrator`);
    await changeRow(transaction, 'operators', row.id, {
      name: input.name,
      type: input.type,
      is_active: input.isActive,
    });
    await db.query(
      `update operator_accounts set email = coalesce($2, email), metadata = coalesce($3, metadata) where operator_id = $1`,
      [row.id, address, metadata],
    );
    return { table: 'operators', id: row.id };
  },
});

/** As it is now: it may have been renamed since the caller's key was read. */
async function ownName({ db, viewer }: ActionTransaction): Promise<string> {
  const { rows } = await db.query<{ name: string }>('select name from operators where operator_id = $1', [
    viewer.operatorId,
  ]);
  return rows[0]?.name ?? viewer.operatorName;
}
