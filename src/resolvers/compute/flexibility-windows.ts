import type { Context } from '../../context.js';
import { PylonError } from '../../domain/errors.js';
import type {
  FlexibilityDirection,
  FlexibilityService,
  FlexibilityStatus,
  FlexibilityWindow,
} from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { areasIn } from '../regions.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';
import type { TimeRangeArgs } from './time-range.js';

/** What flexibility windows are ordered by; by the first where nothing is asked for. */
export const FLEXIBILITY_WINDOW_ORDERS = {
  CREATED_AT: {
    column: 'flexibilityWindowId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was published; newest first unless said otherwise.',
  },
  FROM: {
    column: 'fromAt',
    holds: 'instant',
    usually: 'ASC',
    description: 'When it begins; the soonest first unless said otherwise.',
  },
  PRICE: {
    column: 'gbpPerMwh',
    holds: 'number',
    usually: 'DESC',
    description: 'What it pays; the most first unless said otherwise.',
  },
  VOLUME: {
    column: 'volumeMw',
    holds: 'number',
    usually: 'DESC',
    description: 'How much it is for; the most first unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<FlexibilityWindow>>;

export type FlexibilityWindowOrder = keyof typeof FLEXIBILITY_WINDOW_ORDERS;

const CONNECTION: OrderedConnection<FlexibilityWindow, FlexibilityWindowOrder> = {
  word: 'fw',
  number: 'flexibilityWindowId',
  orderings: FLEXIBILITY_WINDOW_ORDERS,
};

export interface FlexibilityWindowsArgs extends PageArgs, OrderArgs<FlexibilityWindowOrder>, TimeRangeArgs {
  readonly regionId?: number | null | undefined;
  readonly operatorId?: number | null | undefined;
  /** Its operator's name. */
  readonly operator?: string | null | undefined;
  readonly service?: FlexibilityService | null | undefined;
  readonly direction?: FlexibilityDirection | null | undefined;
  readonly status?: FlexibilityStatus | null | undefined;
}

/** Answers connections of flexibility windows. @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT, BAD_CURSOR */
export function flexibilityWindowPage(
  { regionId, operatorId, operator, service, direction, status, from, to, ...page }: FlexibilityWindowsArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<FlexibilityWindow>> {
  if (from && to && from >= to) throw new PylonError('BAD_USER_INPUT', 'from must lie before to');
  const regionIds = areasIn(regionId);
  return orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.flexibilityWindow.findMany({
      ...query,
      where: {
        ...(regionIds ? { regionId: { in: [...regionIds] } } : {}),
        ...(operatorId == null ? {} : { operatorId }),
        ...(operator == null ? {} : { operator: { name: operator } }),
        ...(service ? { service } : {}),
        ...(direction ? { direction } : {}),
        ...(status ? { status } : {}),
        ...(from ? { toAt: { gt: from } } : {}),
        ...(to ? { fromAt: { lt: to } } : {}),
        ...where,
      },
      ...span,
    }),
  );
}
