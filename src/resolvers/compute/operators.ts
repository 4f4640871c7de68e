import type { Context } from '../../context.js';
import type { Operator, OperatorType } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';

/** What operators are ordered by; by the first where nothing is asked for. */
export const OPERATOR_ORDERS = {
  CREATED_AT: {
    column: 'operatorId',
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
} as const satisfies Record<string, Ordering<Operator>>;

export type OperatorOrder = keyof typeof OPERATOR_ORDERS;

const CONNECTION: OrderedConnection<Operator, OperatorOrder> = {
  word: 'op',
  number: 'operatorId',
  orderings: OPERATOR_ORDERS,
};

export interface OperatorsArgs extends PageArgs, OrderArgs<OperatorOrder> {
  readonly type?: OperatorType | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

/** Answers `operators`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const operatorPage = (
  { type, isActive, ...page }: OperatorsArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<Operator>> =>
  orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.operator.findMany({
      ...query,
      where: {
        ...(type ? { type } : {}),
        ...(isActive == null ? {} : { isActive }),
        ...where,
      },
      ...span,
    }),
  );
