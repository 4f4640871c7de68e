import { z } from 'zod';
import { defineAction } from '../action.js';
import { ask, openOrder, orderRef } from './order-rows.js';

/** Asks the seller how an order stands: also what became of a purchase that he did not answer in time. */
export const refreshOrder = defineAction({
  name: 'refreshOrder',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object(orderRef),
  async perform(transaction, input) {
    return ask(transaction, await openOrder(transaction, input, 'status'), 'status', {});
  },
});
