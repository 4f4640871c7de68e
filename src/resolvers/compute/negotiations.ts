import type { Context } from '../../context.js';
import { NEGOTIATION_MOVES, type NegotiationStatus } from '../../domain/compute/negotiation-states.js';
import type { Negotiation, Prisma } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { newestFirst } from './newest-first.js';

export interface NegotiationsArgs extends PageArgs {
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

/** Answers `negotiations` and all links to many: those that the viewer may see among some, newest first. */
export const negotiationPage = (
  { status, type, jobId, agentId, ...page }: NegotiationsArgs,
  among: Prisma.NegotiationWhereInput,
  { prisma, now }: Pick<Context, 'prisma' | 'now'>,
): Promise<Page<Negotiation>> =>
  newestFirst(
    'ng',
    page,
    ({ take, below }) =>
      prisma.negotiation.findMany({
        where: {
          AND: [
            among,
            status ? ofStatus(status, now) : {},
            type ? { type } : {},
            jobId == null ? {} : { workload: { jobId } },
            agentId == null ? {} : ofAgent({ code: agentId }),
            below === null ? {} : { negotiationId: { lt: below } },
          ],
        },
        orderBy: { negotiationId: 'desc' },
        take,
      }),
    ({ negotiationId }) => negotiationId,
  );

/** Those that an agent is a side of. */
export const ofAgent = (agent: Prisma.AgentWhereInput): Prisma.NegotiationWhereInput => ({
  OR: [{ initiator: agent }, { responder: agent }],
});
