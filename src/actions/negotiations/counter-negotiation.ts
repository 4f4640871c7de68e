import { z } from 'zod';
import { defineAction } from '../action.js';
import { message, pastFaults, refusePast, terms, turn } from './negotiation-rules.js';
import { insertTurn, lockForMove } from './negotiation-turns.js';
import { instant, optional } from '../rules.js';

/** Another proposal in the place of the last one: the negotiation then waits for the other agent. */
export const counterNegotiation = defineAction({
  name: 'counterNegotiation',
  scope: 'NEGOTIATIONS',
  answers: 'negotiations',
  input: z.object({ ...turn, terms, message, expiresAt: optional(instant) }),
  names: { negotiationId: 'negotiation', agentId: 'agent' },
  furtherFaults: ({ now }, { expiresAt }) => pastFaults(expiresAt ?? null, now),
  async perform(transaction, asked) {
    const { db, now } = transaction;
    refusePast(asked.expiresAt, now);
    const negotiation = await lockForMove(transaction, asked, 'COUNTERED');
    const id = negotiation.negotiationId;
    await insertTurn(transaction, negotiation, {
      kind: 'COUNTER_PROPOSAL',
      terms: asked.terms,
      message: asked.message,
    });
    await db.query(
      `update negotiations set status = 'COUNTERED', awaiting_agent_id = $2, expires_at = coalesce($3, expires_at),
         version = version + 1, updated_at = $4
       where negotiation_id = $1`,
      [id, negotiation.otherAgentId, asked.expiresAt, now],
    );
    transaction.changed('negotiations', id);
    return { table: 'negotiations', id };
  },
});
