import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const AgentStateType = builder.prismaNode('AgentState', {
  id: { resolve: ({ agentStateId }) => agentStateId },
  findUnique: (id) => ({ agentStateId: rowNumberOf(id) }),
  nullable: true,
  description: "What an agent reported of itself at one moment. Its operator's own.",
  fields: (t) => ({
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was reported.' }),
  }),
});
