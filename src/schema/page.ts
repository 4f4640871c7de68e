import { DEFAULT_PAGE, LARGEST_PAGE, type PageArgs } from '../resolvers/page.js';
import { builder } from './builder.js';

/** Arguments of every connection: they go forward only. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ defaultValue: DEFAULT_PAGE, description: `How many rows, 1–${LARGEST_PAGE}.` }),
  after: t.string({
    description: 'Cursor of the row to go on after; from the beginning when left out.',
  }),
}));

/** Cost of a connection for the limit on complexity: what it may return, times what is asked of each. */
export const pageCost = ({ first }: PageArgs) => ({
  field: 1,
  // A `first` out of bounds is refused by the field itself, which can say so better than a cost.
  multiplier: Math.min(Math.max(first ?? DEFAULT_PAGE, 1), LARGEST_PAGE),
});

/** The same for a connection of which every parent costs a statement of its own. */
export const ownStatementCost = (args: PageArgs) => ({ ...pageCost(args), field: 200 });
