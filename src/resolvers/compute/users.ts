import type { Context } from '../../context.js';
import type { User } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { newestFirst } from './newest-first.js';

export interface UsersArgs extends PageArgs {
  readonly operatorId?: number | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

/** Answers connections of users. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const userPage = (
  { operatorId, isActive, ...page }: UsersArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<User>> =>
  newestFirst(
    'us',
    page,
    ({ take, below }) =>
      prisma.user.findMany({
        ...query,
        where: {
          ...(operatorId == null ? {} : { operatorId }),
          ...(isActive == null ? {} : { isActive }),
          ...(below === null ? {} : { userId: { lt: below } }),
        },
        orderBy: { userId: 'desc' },
        take,
      }),
    ({ userId }) => userId,
  );
