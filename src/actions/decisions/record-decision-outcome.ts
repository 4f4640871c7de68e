import { z } from 'zod';
import { insertDecisionOutcome } from '../../database/decision-outcomes.js';
import { readDecisionContent } from '../../domain/compute/decision-content.js';
import { realisedOutcome } from '../../domain/compute/realised-outcome.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { amount, contributionMw, positiveAmount } from './decision-rules.js';
import { code, optional, text } from '../rules.js';

/** What later really came of a decision of the caller's operator; the savings follow from its prediction. */
export const recordDecisionOutcome = defineAction({
  name: 'recordDecisionOutcome',
  scope: 'DECISIONS',
  answers: 'decision_outcomes',
  input: z
    .object({
      decisionId: code,
      carbonGco2: optional(positiveAmount),
      costGbp: optional(amount),
      flexibilityContributionMw: optional(contributionMw),
      note: optional(text(1_000)),
    })
    .refine(
      ({ carbonGco2, costGbp, flexibilityContributionMw }) =>
        carbonGco2 !== null || costGbp !== null || flexibilityContributionMw !== null,
      'must state carbonGco2, costGbp or flexibilityContributionMw',
    ),
  names: { decisionId: 'decision' },
  async perform({ db, viewer, now }, { decisionId, carbonGco2, costGbp, ...rest }) {
    const { rows } = await db.query<{ decision_id: number; content: string }>({
      name: 'decision-of-outcome',
      text: 'select decision_id, content from decisions where operator_id = $1 and code = $2',
      values: [viewer.operatorId, decisionId],
    });
    const [row] = rows;
    if (!row) throw new Refused('NOT_FOUND', `there is no decision of yours ${JSON.stringify(decisionId)}`);
    const { prediction } = readDecisionContent(row.content);
    const id = await insertDecisionOutcome(db, {
      ...realisedOutcome(prediction, { carbonGco2, costGbp }),
      flexibilityContributionMw: rest.flexibilityContributionMw,
      note: rest.note,
      decisionId: row.decision_id,
      operatorId: viewer.operatorId,
      recordedAt: now,
    });
    return { table: 'decision_outcomes', id };
  },
});
