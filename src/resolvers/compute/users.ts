import type { Context } from '../../context.js';
import type { User } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';

/** What users are ordered by; by the first where nothing is asked for. */
export const USER_ORDERS = {
  CREATED_AT: {
    column: 'userId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was registered; newest first unless said otherwise.',
  },
  NAME: {
    column: 'name',
    holds: 'text',
    usually: 'ASC',
    description: 'Its name; from A on unless said otherwise.',
  },
  EMAIL: {
    column: 'email',
    holds: 'text',
    usually: 'ASC',
    description: 'Its address; from A on unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<User>>;

export type UserOrder = keyof typeof USER_ORDERS;

const CONNECTION: OrderedConnection<User, UserOrder> = {
  word: 'us',
  number: 'userId',
  orderings: USER_ORDERS,
};

export interface UsersArgs extends PageArgs, OrderArgs<UserOrder> {
  readonly operatorId?: number | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

/** Answers connections of users. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const userPage = (
  { operatorId, isActive, ...page }: UsersArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<User>> =>
  orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.user.findMany({
      ...query,
      where: {
        ...(operatorId == null ? {} : { operatorId }),
        ...(isActive == null ? {} : { isActive }),
        ...where,
      },
      ...span,
    }),
  );
