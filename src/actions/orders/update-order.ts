import { z } from 'zod';
import { defineAction } from '../action.js';
import { ask, openOrder, orderRef } from './order-rows.js';
import { optional, text } from '../rules.js';
import { powerKw } from '../work/workload-input.js';

/** What a buyer may do with his load, in the words of compute-energy. */
export const LOAD_CHANGES = {
  WORKLOAD_SHIFT: 'workload_shift',
  LOAD_REDUCTION: 'load_reduction',
  CONTINUE: 'continue_with_acknowledgement',
} as const;
export type LoadChange = keyof typeof LOAD_CHANGES;

/** Tells the seller of an order what its buyer does about what happened. */
export const updateOrder = defineAction({
  name: 'updateOrder',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object({
    ...orderRef,
    change: z.enum(Object.keys(LOAD_CHANGES) as [LoadChange, ...LoadChange[]]),
    reason: text(160),
    loadReductionKw: optional(powerKw),
  }),
  async perform(transaction, input) {
    const order = await openOrder(transaction, input, 'update');
    return ask(transaction, order, 'update', {
      change: {
        actionType: LOAD_CHANGES[input.change],
        reason: input.reason,
        loadReductionMw: input.loadReductionKw === null ? null : input.loadReductionKw / 1000,
      },
    });
  },
});
