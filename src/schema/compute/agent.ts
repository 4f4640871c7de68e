import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const AgentType = builder.prismaNode('Agent', {
  id: { resolve: ({ agentId }) => agentId },
  findUnique: (id) => ({ agentId: rowNumberOf(id) }),
  nullable: true,
  description:
    "A program that acts for an operator. Its name, type and status are open to read; its config, task and states are its operator's own.",
  fields: (t) => ({
    agentId: t.exposeString('code', { description: 'Its id, which no other agent has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
  }),
});
