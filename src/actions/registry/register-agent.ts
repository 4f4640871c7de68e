import { z } from 'zod';
import { defineAction } from '../action.js';
import { capabilities } from './agent-rules.js';
import { AGENT_TYPES } from './registry-rules.js';
import { insertOwn } from '../rows.js';
import { code, jsonObject, optional, text } from '../rules.js';

/** A program that acts for the caller. It is IDLE, which is the first of its states. */
export const registerAgent = defineAction({
  name: 'registerAgent',
  scope: 'REGISTRY',
  answers: 'agents',
  input: z.object({
    agentId: code,
    name: text(255),
    type: z.enum(AGENT_TYPES),
    capabilities: optional(capabilities),
    config: optional(jsonObject),
  }),
  makes: { agentId: 'agent' },
  async perform(transaction, input) {
    const { db, viewer, now } = transaction;
    const id = await insertOwn(transaction, 'agents', {
      code: input.agentId,
      name: input.name,
      type: input.type,
      capabilities: input.capabilities,
    });
    await db.query(
      `insert into agent_settings (agent_id, operator_id, config) values ($1, $2, coalesce($3::jsonb, '{}'))`,
      [id, viewer.operatorId, input.config],
    );
    const { rows } = await db.query<{ agent_state_id: number }>(
      `insert into agent_states (agent_id, operator_id, status, triggered_by, recorded_at)
       values ($1, $2, 'IDLE', 'registerAgent', $3) returning agent_state_id`,
      [id, viewer.operatorId, now],
    );
    transaction.changed('agent_states', rows[0]?.agent_state_id ?? 0);
    return { table: 'agents', id };
  },
});
