import type { Context } from '../../context.js';
import type { Offer } from '../../database/compute-market.js';
import { becknStateAt, type BecknState } from '../../domain/beckn-order/states.js';
import { needsReplanning as needs } from '../../domain/beckn-order/standing.js';
import type { BecknMessage, BecknTransaction, Prisma } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { windowNode, type ComputeWindowNode } from '../window-node.js';
import { newestFirst } from './newest-first.js';
import { oldestFirst } from './oldest-first.js';

export interface BecknTransactionFilters {
  readonly state?: BecknState | null | undefined;
  readonly needsReplanning?: boolean | null | undefined;
}

const WAITING = ['SELECTING', 'INITIALISING', 'CONFIRMING', 'CANCELLING'] as const;

/** Those of one state at an instant: as `becknStateAt` says it of each. */
function ofState(state: BecknState, now: Date): Prisma.BecknTransactionWhereInput {
  if (state === 'TIMED_OUT')
    return { OR: [{ state }, { state: { in: [...WAITING] }, expiresAt: { lte: now } }] };
  return WAITING.some((each) => each === state)
    ? { state, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
    : { state };
}

/** Answers `becknTransactions` and the links to them: those that the viewer may see, newest first. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const becknTransactionPage = (
  { state, needsReplanning, ...page }: BecknTransactionFilters & PageArgs,
  among: Prisma.BecknTransactionWhereInput,
  { prisma, now }: Pick<Context, 'prisma' | 'now'>,
): Promise<Page<BecknTransaction>> =>
  newestFirst(
    'bt',
    page,
    ({ take, below }) =>
      prisma.becknTransaction.findMany({
        where: {
          AND: [
            among,
            state ? ofState(state, now) : {},
            needsReplanning == null ? {} : needsReplanning ? unhandled(prisma) : { NOT: unhandled(prisma) },
            below === null ? {} : { orderTransactionId: { lt: below } },
          ],
        },
        orderBy: { orderTransactionId: 'desc' },
        take,
      }),
    ({ orderTransactionId }) => orderTransactionId,
  );

/** Those with a reason to look again that nobody has looked at since. */
const unhandled = ({
  becknTransaction: { fields },
}: Context['prisma']): Prisma.BecknTransactionWhereInput => ({
  replanningSince: { not: null },
  OR: [{ replannedAt: null }, { replanningSince: { gt: fields.replannedAt } }],
});

/** Answers `becknTransaction`. Null: there is none, or it is somebody else's. */
export const becknTransaction = (
  transactionId: string,
  { prisma }: Pick<Context, 'prisma'>,
): Promise<BecknTransaction | null> => prisma.becknTransaction.findUnique({ where: { code: transactionId } });

/** Answers `BecknTransaction.state`. */
export const becknState = (row: BecknTransaction, { now }: Pick<Context, 'now'>): BecknState =>
  becknStateAt(row, now);

/** Answers `BecknTransaction.needsReplanning`; of an answer that ran out, whether that was noted or not. */
export function needsReplanning(row: BecknTransaction, { now }: Pick<Context, 'now'>): boolean {
  if (row.state !== 'TIMED_OUT' && becknStateAt(row, now) === 'TIMED_OUT') return true;
  return needs(row.replanningSince && { since: row.replanningSince }, row.replannedAt);
}

/** Answers `BecknTransaction.window`: as of now. */
export const transactionWindow = async (
  { computeWindowId }: BecknTransaction,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<ComputeWindowNode> => windowNode(await loaders.computeWindow.load(computeWindowId), null);

/** Answers `BecknTransaction.offer`: as it was selected; null where none was. */
export async function transactionOffer(
  { computeWindowId, offerSequence, offerCode }: BecknTransaction,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<Offer | null> {
  if (offerCode === null) return null;
  const offers = await loaders.snapshotOffers.load({ computeWindowId, sequence: offerSequence });
  return offers.find((offer) => offer.offerCode === offerCode) ?? null;
}

/** Answers `BecknTransaction.messages`, in the order in which they were stored. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const transactionMessages = (
  { orderTransactionId }: Pick<BecknTransaction, 'orderTransactionId'>,
  args: PageArgs,
  { prisma }: Pick<Context, 'prisma'>,
): Promise<Page<BecknMessage>> =>
  oldestFirst(
    'bm',
    args,
    ({ take, after }) =>
      prisma.becknMessage.findMany({
        where: { orderTransactionId, ...(after && { orderMessageId: { gt: after.number } }) },
        orderBy: { orderMessageId: 'asc' },
        take,
      }),
    ({ recordedAt, orderMessageId }) => ({ from: recordedAt, number: orderMessageId }),
  );
