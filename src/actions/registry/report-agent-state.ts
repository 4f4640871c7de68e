import { z } from 'zod';
import {
  AGENT_MOVES,
  AGENT_STATUSES,
  mayReport,
  type AgentStatus,
} from '../../domain/compute/agent-states.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { changeRow, lockOwn } from '../rows.js';
import { code, expectedVersion, jsonObject, optional, text } from '../rules.js';

/** What an agent of the caller's does now, kept for ever beside what it did before. */
export const reportAgentState = defineAction({
  name: 'reportAgentState',
  scope: 'AGENT_STATES',
  answers: 'agent_states',
  input: z.object({
    agentId: code,
    status: z.enum(AGENT_STATUSES),
    state: optional(jsonObject),
    triggeredBy: optional(text(100)),
    currentTask: optional(jsonObject),
    expectedVersion,
  }),
  names: { agentId: 'agent' },
  async perform(transaction, input) {
    const { db, now } = transaction;
    const agent = await lockOwn<{ status: AgentStatus }>(
      transaction,
      'agents',
      input.agentId,
      input.expectedVersion,
    );
    if (!mayReport(agent.status, input.status)) {
      throw new Refused(
        'IMPOSSIBLE_TRANSITION',
        `an agent goes not from ${agent.status} to ${input.status}`,
        {
          possible: [agent.status, ...AGENT_MOVES[agent.status]],
        },
      );
    }
    await changeRow(transaction, 'agents', agent.id, { status: input.status, last_action_at: now });
    await db.query('update agent_settings set current_task = $2 where agent_id = $1', [
      agent.id,
      input.currentTask,
    ]);
    const { rows } = await db.query<{ agent_state_id: number }>(
      `insert into agent_states (agent_id, operator_id, status, state, triggered_by, recorded_at)
       values ($1, $2, $3, coalesce($4::jsonb, '{}'), $5, $6) returning agent_state_id`,
      [agent.id, agent.operator_id, input.status, input.state, input.triggeredBy, now],
    );
    const id = rows[0]?.agent_state_id ?? 0;
    transaction.changed('agent_states', id);
    return { table: 'agent_states', id };
  },
});
