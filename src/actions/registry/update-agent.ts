import { z } from 'zod';
import { defineAction } from '../action.js';
import { capabilities } from './agent-rules.js';
import { changesSomething } from './registry-rules.js';
import { changeRow, lockOwn } from '../rows.js';
import { clearableObject, code, expectedVersion, optional, text } from '../rules.js';

/** What an agent of the caller's is; what it does, it reports by `reportAgentState`. */
export const updateAgent = defineAction({
  name: 'updateAgent',
  scope: 'REGISTRY',
  answers: 'agents',
  input: z
    .object({
      agentId: code,
      name: optional(text(255)),
      capabilities: optional(capabilities),
      config: clearableObject,
      expectedVersion,
    })
    .superRefine(changesSomething(['agentId', 'expectedVersion'])),
  names: { agentId: 'agent' },
  async perform(transaction, input) {
    const { id } = await lockOwn(transaction, 'agents', input.agentId, input.expectedVersion);
    await changeRow(transaction, 'agents', id, { name: input.name, capabilities: input.capabilities });
    await transaction.db.query(
      'update agent_settings set config = coalesce($2, config) where agent_id = $1',
      [id, input.config],
    );
    return { table: 'agents', id };
  },
});
