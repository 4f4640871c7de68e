import { readDemand } from '../../database/series/demand.js';
import { readMeanDeviations } from '../../database/series/frequency.js';
import { STRESS_FORMULA, dayStartOf, gridStress } from '../../domain/derived/grid-stress.js';
import { addHalfHours, halfHours } from '../../domain/half-hour.js';
import type { Derivation } from './derivation.js';

/** The day before is told anew while its outturn is revised; the seven days before that are its range. */
const DAYS_BEFORE = 8;
const DAY_HALF_HOURS = 48;

export const gridStressDerivation: Derivation<'grid_stress'> = {
  id: 'grid-stress',
  produces: 'grid_stress',
  inputs: ['demand_statements', 'frequency_readings'],
  derive: async (reader, now) => {
    const today = new Date(dayStartOf(now));
    const since = addHalfHours(today, -DAY_HALF_HOURS);
    const span = halfHours(
      addHalfHours(today, -DAYS_BEFORE * DAY_HALF_HOURS - 2),
      addHalfHours(today, 4 * DAY_HALF_HOURS),
    );
    const demand = await readDemand(
      reader,
      span.map((from) => ({ from, asOf: null })),
    );
    const deviationHz = await readMeanDeviations(reader, { from: since, to: now });
    const evidence = {
      now,
      demand: span.flatMap((from, i) => {
        const group = demand[i];
        return group ? [{ from, forecastMw: group.forecastMw, outturnMw: group.outturnMw }] : [];
      }),
      deviationHz,
    };
    return gridStress(evidence, since).map(({ from, stress }) => ({
      at: from,
      kind: 'DERIVED',
      issuedAt: null,
      stress,
      formula: STRESS_FORMULA,
    }));
  },
};
