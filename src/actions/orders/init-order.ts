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

/** Accepts a quote that is within the workload's limits, and has the order drawn up. */
export const initOrder = defineAction({
  name: 'initOrder',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object({ ...orderRef, acceptGbpPerMwh }),
  async perform(transaction, input) {
    const order = await openOrder(transaction, input, 'init');
    const accepts = acceptedPrice(order.standing, input.acceptGbpPerMwh);
    requireWithinLimits(order, accepts, transaction.now);
    return ask(transaction, order, 'init', { accepts });
  },
});
