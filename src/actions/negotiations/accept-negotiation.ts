import { z } from 'zod';
import { defineAction } from '../action.js';
import { message, turn } from './negotiation-rules.js';
import { endNegotiation, lockForMove } from './negotiation-turns.js';

/** Agreement to the last proposal, whose terms become the outcome. */
export const acceptNegotiation = defineAction({
  name: 'acceptNegotiation',
  scope: 'NEGOTIATIONS',
  answers: 'negotiations',
  input: z.object({ ...turn, message }),
  names: { negotiationId: 'negotiation', agentId: 'agent' },
  async perform(transaction, asked) {
    const negotiation = await lockForMove(transaction, asked, 'ACCEPTED');
    return endNegotiation(transaction, negotiation, { to: 'ACCEPTED', message: asked.message });
  },
});
