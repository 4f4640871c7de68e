import { builder } from '../builder.js';

type FieldsOf = Parameters<typeof builder.inputType>[1]['fields'];
type Fields = Parameters<FieldsOf>[0];

/** Limits of a time to run, in the words of a workload's own. */
export const limitFields = (t: Fields) => ({
  maxCarbonIntensityGco2PerKwh: t.float({
    description: 'Only half hours at most so dirty, gCO2/kWh. No such limit when left out.',
  }),
  confidencePct: t.float({
    description:
      'How sure it must be that the intensity keeps below that, 50–99.9 percent, each half hour for itself, by the errors of the forecast of Great Britain in the last 28 days; of a region as the same share, since no outturn of it is published. The forecast is believed when left out.',
  }),
  carbonBudgetGco2: t.float({
    description: 'At most so much carbon in all, gCO2. No such limit when left out.',
  }),
  maxPriceGbpPerMwh: t.float({
    description: 'Only half hours at most so dear, GBP/MWh. No such limit when left out.',
  }),
  maxCostGbp: t.float({ description: 'At most so much money in all, GBP. No such limit when left out.' }),
  minRenewablePct: t.float({
    description:
      'Only half hours with so much wind, solar and hydro at least, percent. No such limit when left out.',
  }),
  maxGridStress: t.float({
    description: 'Only half hours at most so stressed, 0–1. No such limit when left out.',
  }),
});

export const PlanObjectiveInput = builder.inputType('PlanObjectiveInput', {
  description: 'What is made as little as possible: carbonWeight × kg CO2 + costWeight × GBP. Not both 0.',
  fields: (t) => ({
    carbonWeight: t.float({ description: 'What a kilogram of CO2 counts, 0–1000; 0 when left out.' }),
    costWeight: t.float({ description: 'What a pound counts, 0–1000; 0 when left out.' }),
  }),
});

export const CORRECTED =
  'Whether to choose by the forecast less the bias it had in the last 28 days, smoothed. Only that of Great Britain is: regions have no outturn to learn from, and what is forecast of them is taken as it is either way. True when left out.';
export const OBJECTIVE = 'What is minimised; carbon alone when left out.';
