import { z } from 'zod';
import { settleTransaction, standingAt } from '../../database/order-transactions.js';
import { needsReplanning } from '../../domain/beckn-order/standing.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { lockOrder, orderRef } from './order-rows.js';

/** Whoever planned with a purchase has looked again: `needsReplanning` is off until something else happens. */
export const acknowledgeReplanning = defineAction({
  name: 'acknowledgeReplanning',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object(orderRef),
  async perform(transaction, input) {
    const { db, now } = transaction;
    const { row } = await lockOrder(transaction, input);
    const id = row.order_transaction_id;
    const { replanning } = await standingAt(db, id, now);
    if (!needsReplanning(replanning, row.replanned_at))
      throw new Refused('IMPOSSIBLE_TRANSITION', `purchase ${row.code} needs no replanning`);
    await settleTransaction(db, row, now); // what only the clock has changed so far
    await db.query(
      'update order_transactions set replanned_at = $2, version = version + 1, updated_at = $2 where order_transaction_id = $1',
      [id, replanning !== null && replanning.since > now ? replanning.since : now],
    );
    transaction.changed('order_transactions', id);
    return { table: 'order_transactions', id };
  },
});
