import { z } from 'zod';
import { defineAction } from '../action.js';
import { ask, openOrder, orderRef } from './order-rows.js';
import { optional, text } from '../rules.js';

/** Calls a purchase off, wherever it stands. It is off when the seller says so. */
export const cancelOrder = defineAction({
  name: 'cancelOrder',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object({ ...orderRef, reason: optional(text(160)) }),
  async perform(transaction, input) {
    const order = await openOrder(transaction, input, 'cancel');
    return ask(transaction, order, 'cancel', {
      change:
        input.reason === null ? null : { actionType: 'cancel', reason: input.reason, loadReductionMw: null },
    });
  },
});
