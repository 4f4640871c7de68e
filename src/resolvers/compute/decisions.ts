import type { Context } from '../../context.js';
import type { Decision, Prisma } from '../../generated/prisma/client.js';
import { readDecisionContent, type DecisionContent } from '../../domain/compute/decision-content.js';
import type { Page, PageArgs } from '../page.js';
import { nodeOf, type SignalNode } from '../signal-node.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';

/** What decisions are ordered by; by the first where nothing is asked for. */
export const DECISION_ORDERS = {
  NUMBER: {
    column: 'decisionId',
    holds: 'whole',
    usually: 'DESC',
    description: 'Its number in the chain; newest first unless said otherwise.',
  },
  DECIDED_AT: {
    column: 'decidedAt',
    holds: 'instant',
    usually: 'DESC',
    description: 'When it was decided; newest first unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<Decision>>;

export type DecisionOrder = keyof typeof DECISION_ORDERS;

const CONNECTION: OrderedConnection<Decision, DecisionOrder> = {
  word: 'de',
  number: 'decisionId',
  orderings: DECISION_ORDERS,
};

export interface DecisionsArgs extends PageArgs, OrderArgs<DecisionOrder> {
  readonly type?: Decision['type'] | null | undefined;
  readonly agentId?: string | null | undefined;
  readonly jobId?: string | null | undefined;
  /** Decided from this instant on, inside. */
  readonly from?: Date | null | undefined;
  /** Outside. */
  readonly to?: Date | null | undefined;
}

/** Answers `decisions` and all links to many: the decisions that the viewer may see among some, in the order asked for. */
export const decisionPage = (
  { type, agentId, jobId, from, to, ...page }: DecisionsArgs,
  among: Prisma.DecisionWhereInput,
  { prisma }: Pick<Context, 'prisma'>,
): Promise<Page<Decision>> =>
  orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.decision.findMany({
      where: {
        AND: [
          among,
          type ? { type } : {},
          agentId == null ? {} : { agent: { code: agentId } },
          jobId == null ? {} : { workload: { jobId } },
          from ? { decidedAt: { gte: from } } : {},
          to ? { decidedAt: { lt: to } } : {},
          where,
        ],
      },
      ...span,
    }),
  );

/** Answers `decision`: one of the viewer's own operator, whose ids are its own. */
export const decisionByCode = (
  decisionId: string,
  { prisma, viewer }: Pick<Context, 'prisma' | 'viewer'>,
): Promise<Decision | null> =>
  viewer
    ? prisma.decision.findFirst({ where: { code: decisionId, operatorId: viewer.operatorId } })
    : Promise.resolve(null);

const contents = new WeakMap<object, DecisionContent>();

/** What a decision says, read once for all its fields. */
export function contentOf(decision: Pick<Decision, 'content'>): DecisionContent {
  const content = contents.get(decision) ?? readDecisionContent(decision.content);
  contents.set(decision, content);
  return content;
}

/** Answers `Decision.gridSignal`: as it was known when it was decided. */
export async function decisionSignal(
  decision: Decision,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<SignalNode | null> {
  const { regionId, signalFrom } = decision;
  const { asOf: instant, sequence } = contentOf(decision).inputs;
  if (regionId === null || signalFrom === null || instant === null || sequence === null) return null;
  const asOf = { instant: new Date(instant), sequence: BigInt(sequence) };
  const signal = await loaders.signal.load({ regionId, from: signalFrom, asOf });
  return signal && nodeOf(signal, asOf);
}
