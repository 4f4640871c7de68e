import type { Context } from '../../context.js';
import type { Agent, AgentState, AgentStatus, AgentType } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { newestFirst } from './newest-first.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';
import { timeRange, type TimeRangeArgs } from './time-range.js';

/** What agents are ordered by; by the first where nothing is asked for. */
export const AGENT_ORDERS = {
  CREATED_AT: {
    column: 'agentId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was registered; newest first unless said otherwise.',
  },
  UPDATED_AT: {
    column: 'updatedAt',
    holds: 'instant',
    usually: 'DESC',
    description: 'When it last changed; newest first unless said otherwise.',
  },
  NAME: {
    column: 'name',
    holds: 'text',
    usually: 'ASC',
    description: 'Its name; from A on unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<Agent>>;

export type AgentOrder = keyof typeof AGENT_ORDERS;

const CONNECTION: OrderedConnection<Agent, AgentOrder> = {
  word: 'ag',
  number: 'agentId',
  orderings: AGENT_ORDERS,
};

export interface AgentsArgs extends PageArgs, OrderArgs<AgentOrder> {
  readonly type?: AgentType | null | undefined;
  readonly status?: AgentStatus | null | undefined;
  readonly operatorId?: number | null | undefined;
  /** Its operator's name. */
  readonly operator?: string | null | undefined;
}

/** Answers connections of agents. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const agentPage = (
  { type, status, operatorId, operator, ...page }: AgentsArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<Agent>> =>
  orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.agent.findMany({
      ...query,
      where: {
        ...(type ? { type } : {}),
        ...(status ? { status } : {}),
        ...(operatorId == null ? {} : { operatorId }),
        ...(operator == null ? {} : { operator: { name: operator } }),
        ...where,
      },
      ...span,
    }),
  );

export interface AgentStatesArgs extends PageArgs, TimeRangeArgs {
  /** The agent's natural id. */
  readonly agentId?: string | null | undefined;
  readonly agentNumber?: number | null | undefined;
  readonly status?: AgentStatus | null | undefined;
}

/** Answers connections of agents' states. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export function agentStatePage(
  { agentId, agentNumber, status, from, to, ...page }: AgentStatesArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<AgentState>> {
  const recordedAt = timeRange({ from, to });
  return newestFirst(
    'as',
    page,
    ({ take, below }) =>
      prisma.agentState.findMany({
        ...query,
        where: {
          ...(agentId == null ? {} : { agent: { code: agentId } }),
          ...(agentNumber == null ? {} : { agentId: agentNumber }),
          ...(status ? { status } : {}),
          ...(recordedAt ? { recordedAt } : {}),
          ...(below === null ? {} : { agentStateId: { lt: below } }),
        },
        orderBy: { agentStateId: 'desc' },
        take,
      }),
    ({ agentStateId }) => agentStateId,
  );
}
