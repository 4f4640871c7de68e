import { agentPage, AGENT_ORDERS } from '../../resolvers/compute/agents.js';
import { builder } from '../builder.js';
import { ownStatementCost, pageCost } from '../page.js';
import { AgentStatusEnum, AgentTypeEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { nodesQuery } from './nodes-query.js';
import { OperatorType } from './operator.js';
import {
  CREATED_AT,
  IS_SYNTHETIC,
  OF_OPERATOR,
  OF_STATUS,
  OF_TYPE,
  UPDATED_AT,
  VERSION,
} from './registry-words.js';
import { orderedPageArgs } from './order-args.js';

export const AgentType = builder.prismaNode('Agent', {
  id: { resolve: ({ agentId }) => agentId },
  findUnique: (id) => ({ agentId: rowNumberOf(id) }),
  nullable: true,
  description:
    "A program that acts for an operator. Its name, type and status are open to read; its config, task and states are its operator's own.",
  fields: (t) => ({
    agentId: t.exposeString('code', { description: 'Its id, which no other agent has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    type: t.expose('type', { type: AgentTypeEnum, description: 'What it is for.' }),
    operator: t.relation('operator', { description: 'Who it acts for.' }),
    capabilities: t.exposeStringList('capabilities', { description: 'What it can do, in its own words.' }),
    status: t.expose('status', { type: AgentStatusEnum, description: 'What it last reported to do.' }),
    lastActionAt: t.expose('lastActionAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last reported. Null: never yet.',
    }),
    config: t.field({
      type: 'JSON',
      nullable: true,
      description: 'How it is set up. Null for everyone but its operator and administrators.',
      select: { settings: { select: { config: true } } },
      resolve: ({ settings }) => settings?.config,
    }),
    currentTask: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'What it last reported to work on. Null: nothing; and for everyone but its operator and administrators.',
      select: { settings: { select: { currentTask: true } } },
      resolve: ({ settings }) => settings?.currentTask,
    }),
    isSynthetic: t.exposeBoolean('isSynthetic', { description: IS_SYNTHETIC }),
    version: t.exposeInt('version', { description: VERSION }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: UPDATED_AT }),
  }),
});

const agentPageArgs = orderedPageArgs('AgentOrder', 'agents', AGENT_ORDERS);

export const AgentConnection = builder.connectionObject(
  { type: AgentType, name: 'AgentConnection', description: 'A page of agents, in the order asked for.' },
  { description: 'An agent and its place in the connection.' },
);

const filterArgs = builder.args((t) => ({
  type: t.field({ type: AgentTypeEnum, description: OF_TYPE }),
  status: t.field({ type: AgentStatusEnum, description: OF_STATUS }),
}));

builder.queryFields((t) => ({
  agent: t.prismaField({
    type: AgentType,
    nullable: true,
    args: { agentId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: 'One agent. Null: none has that id.',
    resolve: (query, _root, { agentId }, { prisma }) =>
      prisma.agent.findUnique({ ...query, where: { code: agentId } }),
  }),
  agents: t.field({
    type: AgentConnection,
    args: { operator: t.arg.string({ description: OF_OPERATOR }), ...filterArgs, ...agentPageArgs },
    complexity: pageCost,
    description: 'Agents, newest first.',
    resolve: (_root, args, context, info) => agentPage(args, context, nodesQuery(context, info)),
  }),
}));

builder.prismaObjectField(OperatorType, 'agents', (t) =>
  t.field({
    type: AgentConnection,
    args: { ...filterArgs, ...agentPageArgs },
    complexity: ownStatementCost,
    description: 'Agents that act for it, newest first.',
    resolve: ({ operatorId }, args, context, info) =>
      agentPage({ ...args, operatorId }, context, nodesQuery(context, info)),
  }),
);
