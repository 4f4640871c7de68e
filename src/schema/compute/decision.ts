import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const DecisionType = builder.prismaNode('Decision', {
  id: { resolve: ({ decisionId }) => decisionId },
  findUnique: (id) => ({ decisionId: rowNumberOf(id) }),
  nullable: true,
  description:
    "What was decided, by whom, from exactly which inputs. Never changed: each is chained to the one before by its hash. Its operator's own.",
  fields: (t) => ({
    decisionId: t.exposeString('code', { description: 'Its id.' }),
  }),
});
