import type { Direction, Ordering } from '../../resolvers/compute/ordered.js';
import { builder } from '../builder.js';
import { enumOf } from '../enums.js';
import { pageArgs } from '../page.js';

const OrderDirectionEnum = enumOf<Direction>('OrderDirection', 'Which end of an order comes first.', {
  ASC: 'The least, the earliest, or A.',
  DESC: 'The most, the latest, or Z.',
});

type Orderings<Order extends string> = Readonly<Record<Order, Pick<Ordering<never>, 'description'>>>;

/** The enum of what the rows of a connection may be ordered by, out of the list that the resolver orders by. */
const orderEnum = <Order extends string>(name: string, of: string, orderings: Orderings<Order>) =>
  enumOf<Order>(
    name,
    `What ${of} are ordered by; those that are equal in it, by their age.`,
    Object.fromEntries(
      (Object.keys(orderings) as Order[]).map((order) => [order, orderings[order].description]),
    ) as Record<Order, string>,
  );

/**
 * The arguments of a connection whose rows come in an order that is asked for.
 *
 * @param name of the enum, e.g. `WorkloadOrder`.
 * @param of what is ordered, in the plural.
 */
export function orderedPageArgs<Order extends string>(name: string, of: string, orderings: Orderings<Order>) {
  const type = orderEnum(name, of, orderings);
  const first = Object.keys(orderings)[0] ?? '';
  const orderArgs = builder.args((t) => ({
    orderBy: t.field({
      type,
      description: `What to order by: ${first} when left out. A cursor goes on in the order it was given in, and is refused in another.`,
    }),
    orderDirection: t.field({
      type: OrderDirectionEnum,
      description: 'Which end comes first: as `orderBy` says when left out.',
    }),
  }));
  return { ...orderArgs, ...pageArgs };
}
