import type { Context } from '../../context.js';
import { NEGOTIATION_MOVES, type NegotiationStatus } from '../../domain/compute/negotiation-states.js';
import type { Negotiation, Prisma } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';

/** What negotiations are ordered by; by the first where nothing is asked for. */
export const NEGOTIATION_ORDERS = {
  CREATED_AT: {
    column: 'negotiationId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was opened; newest first unless said otherwise.',
  },
  UPDATED_AT: {
    column: 'updatedAt',
    holds: 'instant',
    usually: 'DESC',
    description: 'When it last changed; newest first unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<Negotiation>>;

export type NegotiationOrder = keyof typeof NEGOTIATION_ORDERS;

const CONNECTION: OrderedConnection<Negotiation, NegotiationOrder> = {
  word: 'ng',
  number: 'negotiationId',
  orderings: NEGOTIATION_ORDERS,
};

export interface NegotiationsArgs extends PageArgs, OrderArgs<NegotiationOrder> {
  readonly status?: NegotiationStatus | null | undefined;
  readonly type?: Negotiation['type'] | null | undefined;
  readonly jobId?: string | null | undefined;
  /** Of either side. */
  readonly agentId?: string | null | undefined;
}

const LIVE = (Object.keys(NEGOTIATION_MOVES) as NegotiationStatus[]).filter(
  (status) => NEGOTIATION_MOVES[status].length > 0,
);

/** Those whose status is this one at an instant: as `statusAt` says it of each. */
function ofStatus(status: NegotiationStatus, now: Date): Prisma.NegotiationWhereInput {
  if (status === 'EXPIRED') return { OR: [{ status }, { status: { in: LIVE }, expiresAt: { lte: now } }] };
  return LIVE.includes(status)
    ? { status, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
    : { status };
}

/** Answers `negotiations` and all links to many: those that the viewer may see among some, in the order asked for. */
export const negotiationPage = (
  { status, type, jobId, agentId, ...page }: NegotiationsArgs,
  among: Prisma.NegotiationWhereInput,
  { prisma, now }: Pick<Context, 'prisma' | 'now'>,
): Promise<Page<Negotiation>> =>
  orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.negotiation.findMany({
      where: {
        AND: [
          among,
          status ? ofStatus(status, now) : {},
          type ? { type } : {},
          jobId == null ? {} : { workload: { jobId } },
          agentId == null ? {} : ofAgent({ code: agentId }),
          where,
        ],
      },
      ...span,
    }),
  );

/** Those that an agent is a side of. */
export const ofAgent = (agent: Prisma.AgentWhereInput): Prisma.NegotiationWhereInput => ({
  OR: [{ initiator: agent }, { responder: agent }],
});
