import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realisedOutcome } from '../../../../src/domain/compute/realised-outcome.js';

const PREDICTION = {
  predictedCarbonGco2: 450_000,
  predictedCostGbp: 250,
  carbonSavedGco2: 150_000,
  costSavedGbp: 20,
  flexibilityContributionMw: null,
};
const amount = fc.integer({ min: -1_000_000, max: 1_000_000 });

describe('realisedOutcome', () => {
  it('measures against what doing without the decision was expected to take', () => {
    expect(realisedOutcome(PREDICTION, { carbonGco2: 400_000, costGbp: 300 })).toEqual({
      carbonGco2: 400_000,
      carbonSavedGco2: 200_000,
      costGbp: 300,
      costSavedGbp: -30,
    });
  });

  it('saves what was predicted where it took what was predicted, and a gram less for each gram more', () => {
    fc.assert(
      fc.property(amount, amount, amount, (predicted, saving, more) => {
        const prediction = { ...PREDICTION, predictedCarbonGco2: predicted, carbonSavedGco2: saving };
        const outcome = realisedOutcome(prediction, { carbonGco2: predicted + more, costGbp: null });
        expect(outcome.carbonSavedGco2).toBe(saving - more);
      }),
    );
  });

  it('is null where a part of it is not known, and zero where zero is', () => {
    const actuals = { carbonGco2: 0, costGbp: null };
    expect(realisedOutcome(PREDICTION, actuals)).toMatchObject({
      carbonSavedGco2: 600_000,
      costSavedGbp: null,
    });
    for (const missing of ['predictedCarbonGco2', 'carbonSavedGco2'])
      expect(realisedOutcome({ ...PREDICTION, [missing]: null }, actuals).carbonSavedGco2).toBeNull();
    const nothing = { ...PREDICTION, predictedCarbonGco2: 0, carbonSavedGco2: 0 };
    expect(realisedOutcome(nothing, actuals).carbonSavedGco2).toBe(0);
  });
});
