import { agentStatePage } from '../../resolvers/compute/agents.js';
import { builder } from '../builder.js';
import { ownStatementCost, pageArgs, pageCost } from '../page.js';
import { AgentType } from './agent.js';
import { AgentStatusEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { nodesQuery } from './nodes-query.js';
import { OF_STATUS } from './registry-words.js';

export const AgentStateType = builder.prismaNode('AgentState', {
  id: { resolve: ({ agentStateId }) => agentStateId },
  findUnique: (id) => ({ agentStateId: rowNumberOf(id) }),
  nullable: true,
  description: "What an agent reported of itself at one moment; never changed. Its operator's own.",
  fields: (t) => ({
    agent: t.relation('agent', { description: 'The agent.' }),
    status: t.expose('status', { type: AgentStatusEnum, description: 'What it did.' }),
    state: t.expose('state', {
      type: 'JSON',
      description: 'All that it told of itself, a JSON object; empty: nothing more.',
    }),
    triggeredBy: t.exposeString('triggeredBy', {
      nullable: true,
      description: 'What made it change, in its own words. Null: it did not say.',
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was reported.' }),
  }),
});

export const AgentStateConnection = builder.connectionObject(
  {
    type: AgentStateType,
    name: 'AgentStateConnection',
    description: 'A page of what agents reported, newest first.',
  },
  { description: 'A state and its place in the connection.' },
);

const filterArgs = builder.args((t) => ({
  status: t.field({ type: AgentStatusEnum, description: OF_STATUS }),
  from: t.field({
    type: 'DateTime',
    description: 'Reported at or after this instant; from the beginning when left out.',
  }),
  to: t.field({ type: 'DateTime', description: 'Reported before this instant; until now when left out.' }),
}));

builder.queryField('agentStates', (t) =>
  t.field({
    type: AgentStateConnection,
    args: {
      agentId: t.arg.string({ description: 'Only of the agent with this id; of all when left out.' }),
      ...filterArgs,
      ...pageArgs,
    },
    complexity: pageCost,
    description: "What your operator's agents reported, newest first. Empty without an API key.",
    resolve: (_root, args, context, info) => agentStatePage(args, context, nodesQuery(context, info)),
  }),
);

builder.prismaObjectField(AgentType, 'states', (t) =>
  t.field({
    type: AgentStateConnection,
    args: { ...filterArgs, ...pageArgs },
    complexity: ownStatementCost,
    description: 'What it reported, newest first. Empty for everyone but its operator and administrators.',
    resolve: ({ agentId }, args, context, info) =>
      agentStatePage({ ...args, agentNumber: agentId }, context, nodesQuery(context, info)),
  }),
);
