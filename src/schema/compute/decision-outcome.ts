import { recordDecisionOutcome } from '../../actions/decisions/record-decision-outcome.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { rowNumberOf } from './node-id.js';

export const DecisionOutcomeType = builder.prismaNode('DecisionOutcome', {
  id: { resolve: ({ decisionOutcomeId }) => decisionOutcomeId },
  findUnique: (id) => ({ decisionOutcomeId: rowNumberOf(id) }),
  nullable: true,
  description: "What later really came of a decision. Never changed; its operator's own.",
  fields: (t) => ({
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was recorded.' }),
    decision: t.relation('decision', { description: 'The decision; its `prediction` is what was expected.' }),
    carbonGco2: t.exposeFloat('carbonGco2', {
      nullable: true,
      description: 'Carbon dioxide that was emitted, grams. Null: not known.',
    }),
    carbonSavedGco2: t.exposeFloat('carbonSavedGco2', {
      nullable: true,
      description:
        'Carbon dioxide that was saved, grams: predicted emission + predicted saving − real emission; negative: more was emitted ' +
        'than without the decision. Null: one of these is not known.',
    }),
    costGbp: t.exposeFloat('costGbp', {
      nullable: true,
      description: 'What it cost, GBP; negative: it was paid for. Null: not known.',
    }),
    costSavedGbp: t.exposeFloat('costSavedGbp', {
      nullable: true,
      description:
        'Money that was saved, GBP, worked out as the carbon is. Null: one of the parts is not known.',
    }),
    flexibilityContributionMw: t.exposeFloat('flexibilityContributionMw', {
      nullable: true,
      description: 'Power that was really moved for the grid, MW. Null: not known.',
    }),
    note: t.exposeString('note', { nullable: true, description: 'What else is to be said. Null: nothing.' }),
  }),
});

const RecordDecisionOutcomeInput = builder.inputType('RecordDecisionOutcomeInput', {
  description:
    'What came of a decision: at least one of the numbers. What was saved follows from them and from the prediction.',
  fields: (t) => ({
    decisionId: t.string({ required: true, description: "The decision's id." }),
    carbonGco2: t.float({ description: 'Carbon dioxide that was emitted, grams, 0 or more.' }),
    costGbp: t.float({ description: 'What it cost, GBP; negative: it was paid for.' }),
    flexibilityContributionMw: t.float({
      description: 'Power that was really moved for the grid, MW, 0–100,000.',
    }),
    note: t.string({ description: 'What else is to be said, at most 1,000 characters.' }),
  }),
});

actionMutation(recordDecisionOutcome, {
  input: RecordDecisionOutcomeInput,
  type: DecisionOutcomeType,
  description: "Records what really came of a decision of the caller's operator, beside what was predicted.",
});
