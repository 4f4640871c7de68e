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
import { newestFirst } from './newest-first.js';
import type { TimeRangeArgs } from './time-range.js';

export interface FlexibilityWindowsArgs extends PageArgs, TimeRangeArgs {
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
  return newestFirst(
    'fw',
    page,
    ({ take, below }) =>
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
          ...(below === null ? {} : { flexibilityWindowId: { lt: below } }),
        },
        orderBy: { flexibilityWindowId: 'desc' },
        take,
      }),
    ({ flexibilityWindowId }) => flexibilityWindowId,
  );
}
