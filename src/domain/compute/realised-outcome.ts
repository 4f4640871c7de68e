import type { DecisionPrediction } from './decision-content.js';

/** What a decision's work really took, as far as it is known. */
export interface Actuals {
  /** Carbon dioxide, grams. */
  readonly carbonGco2: number | null;
  readonly costGbp: number | null;
}

/** The actuals, and what was saved by them. */
export interface RealisedOutcome extends Actuals {
  readonly carbonSavedGco2: number | null;
  readonly costSavedGbp: number | null;
}

/**
 * What was really saved: what doing without the decision was expected to take (predicted + predicted saving), less what it
 * took. Negative when it took more than that. Null where the prediction or the actual is not known, never a guess.
 */
export const realisedOutcome = (
  { predictedCarbonGco2, predictedCostGbp, carbonSavedGco2, costSavedGbp }: DecisionPrediction,
  { carbonGco2, costGbp }: Actuals,
): RealisedOutcome => ({
  carbonGco2,
  costGbp,
  carbonSavedGco2: saved(predictedCarbonGco2, carbonSavedGco2, carbonGco2),
  costSavedGbp: saved(predictedCostGbp, costSavedGbp, costGbp),
});

const saved = (predicted: number | null, saving: number | null, actual: number | null): number | null =>
  predicted === null || saving === null || actual === null ? null : predicted + saving - actual;
