import { z } from 'zod';
import { defineAction } from '../action.js';
import {
  acceptGbpPerMwh,
  acceptedPrice,
  ask,
  openOrder,
  orderRef,
  requireWithinLimits,
} from './order-rows.js';

/** Buys at the price that was accepted; at another one that the seller asks meanwhile only where the caller names it. */
export const confirmOrder = defineAction({
  name: 'confirmOrder',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object({ ...orderRef, acceptGbpPerMwh }),
  async perform(transaction, input) {
    const order = await openOrder(transaction, input, 'confirm');
    const accepts = acceptedPrice(order.standing, input.acceptGbpPerMwh);
    requireWithinLimits(order, accepts, transaction.now);
    return ask(transaction, order, 'confirm', { accepts });
  },
});
