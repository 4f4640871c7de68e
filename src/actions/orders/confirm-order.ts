import { z } from 'zod';
import { isBinding } from '../../domain/beckn-order/commitment.js';
import { defineAction } from '../action.js';
import { requireAgentsLeave } from './agent-leave.js';
import { requireOnlyPurchase } from './only-purchase.js';
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
    await requireAgentsLeave(transaction, order, accepts);
    const { row, work, window } = order;
    // Begun before the other was, or called off by us and not by the seller.
    await requireOnlyPurchase(transaction, work, window, isBinding, row.order_transaction_id);
    return ask(transaction, order, 'confirm', { accepts });
  },
});
