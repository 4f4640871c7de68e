import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const DecisionOutcomeType = builder.prismaNode('DecisionOutcome', {
  id: { resolve: ({ decisionOutcomeId }) => decisionOutcomeId },
  findUnique: (id) => ({ decisionOutcomeId: rowNumberOf(id) }),
  nullable: true,
  description: "What later really came of a decision. Never changed; its operator's own.",
  fields: (t) => ({
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was recorded.' }),
  }),
});
