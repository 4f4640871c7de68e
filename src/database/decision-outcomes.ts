import type pg from 'pg';
import type { RealisedOutcome } from '../domain/compute/realised-outcome.js';

export interface NewOutcome extends RealisedOutcome {
  readonly decisionId: number;
  readonly operatorId: number;
  /** Power that was really given to the grid or taken from it, MW. */
  readonly flexibilityContributionMw: number | null;
  readonly note: string | null;
  readonly recordedAt: Date;
}

/** Adds an outcome to a decision. @returns its number. */
export async function insertDecisionOutcome(
  db: Pick<pg.PoolClient, 'query'>,
  outcome: NewOutcome,
): Promise<number> {
  const { rows } = await db.query<{ decision_outcome_id: number }>({
    name: 'insert-decision-outcome',
    text: `insert into decision_outcomes (decision_id, operator_id, recorded_at, carbon_gco2, carbon_saved_gco2, cost_gbp, cost_saved_gbp,
        flexibility_contribution_mw, note)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning decision_outcome_id`,
    values: [
      outcome.decisionId,
      outcome.operatorId,
      outcome.recordedAt,
      outcome.carbonGco2,
      outcome.carbonSavedGco2,
      outcome.costGbp,
      outcome.costSavedGbp,
      outcome.flexibilityContributionMw,
      outcome.note,
    ],
  });
  const [row] = rows;
  if (!row) throw new Error('an inserted outcome has no number');
  return row.decision_outcome_id;
}
