import type { Context } from '../../context.js';
import type { Operator, OperatorType } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { newestFirst } from './newest-first.js';

export interface OperatorsArgs extends PageArgs {
  readonly type?: OperatorType | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

/** Answers `operators`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const operatorPage = (
  { type, isActive, ...page }: OperatorsArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<Operator>> =>
  newestFirst(
    'op',
    page,
    ({ take, below }) =>
      prisma.operator.findMany({
        ...query,
        where: {
          ...(type ? { type } : {}),
          ...(isActive == null ? {} : { isActive }),
          ...(below === null ? {} : { operatorId: { lt: below } }),
        },
        orderBy: { operatorId: 'desc' },
        take,
      }),
    ({ operatorId }) => operatorId,
  );
