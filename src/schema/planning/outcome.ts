import type { Outcome } from '../../domain/planner/places/measure.js';
import { CONFIDENCE_PCT, type Spread } from '../../planning/spread.js';
import { builder } from '../builder.js';

export const SpreadType = builder.objectRef<Spread>('CarbonSpread').implement({
  description:
    `What is expected of an amount of carbon, and between what bounds it lies with ${CONFIDENCE_PCT} % confidence, gCO2. ` +
    "How far forecasts are off is measured of Great Britain's, by its outturns of the last four weeks. No outturn of a region is published: its bounds take " +
    'the error of Great Britain as the same share of what is forecast of the region, and nobody can tell how often they hold.',
  fields: (t) => ({
    expectedGco2: t.exposeFloat('expected', { description: 'What is expected, gCO2.' }),
    lowGco2: t.exposeFloat('low', {
      description: 'The lower bound, gCO2; below 0, a saving may turn out a loss.',
    }),
    highGco2: t.exposeFloat('high', { description: 'The upper bound, gCO2.' }),
  }),
});

export const OutcomeType = builder.objectRef<Outcome>('PlannedOutcome').implement({
  description: 'What running at some time in some place is expected to come to, by the forecast.',
  fields: (t) => ({
    energyKwh: t.exposeFloat('energyKwh', {
      description: 'Energy that is drawn, kWh: of the facility, in a data centre.',
    }),
    carbonGco2: t.exposeFloat('carbonG', {
      nullable: true,
      description: 'Carbon in all, gCO2. Null: some of its half hours have no forecast.',
    }),
    gco2PerKwh: t.exposeFloat('gco2PerKwh', {
      nullable: true,
      description:
        'Carbon intensity, the mean by energy, gCO2/kWh. Null: some of its half hours have no forecast.',
    }),
    costGbp: t.exposeFloat('costGbp', {
      nullable: true,
      description:
        'Cost of the energy at the price of Great Britain, GBP. Null: some of its half hours have no price.',
    }),
    renewablePct: t.exposeFloat('renewablePct', {
      nullable: true,
      description:
        'Wind, solar and hydro, the mean by energy, percent. Null: some of its half hours have no mix.',
    }),
  }),
});
