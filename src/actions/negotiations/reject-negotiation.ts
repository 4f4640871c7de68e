import { z } from 'zod';
import { defineAction } from '../action.js';
import { message, turn } from './negotiation-rules.js';
import { endNegotiation, lockForMove } from './negotiation-turns.js';

/** The end without agreement. */
export const rejectNegotiation = defineAction({
  name: 'rejectNegotiation',
  scope: 'NEGOTIATIONS',
  answers: 'negotiations',
  input: z.object({ ...turn, message }),
  names: { negotiationId: 'negotiation', agentId: 'agent' },
  async perform(transaction, asked) {
    const negotiation = await lockForMove(transaction, asked, 'REJECTED');
    return endNegotiation(transaction, negotiation, { to: 'REJECTED', message: asked.message });
  },
});
