import { addHalfHours } from '../domain/half-hour.js';
import type { Outcome } from '../domain/planner/places/measure.js';
import type { Placed, PlannedAlternative } from '../domain/planner/places/plan.js';
import type { LimitName, Relaxation } from '../domain/planner/places/infeasible.js';
import { spreadOf } from './spread.js';

/** Limits by the names that the graph gives them, each with its unit. */
export const LIMIT_WORDS: Readonly<Record<LimitName, { readonly name: string; readonly unit: string }>> = {
  maxGco2PerKwh: { name: 'maxCarbonIntensityGco2PerKwh', unit: 'gCO2/kWh' },
  maxGbpPerMwh: { name: 'maxPriceGbpPerMwh', unit: 'GBP/MWh' },
  minRenewablePct: { name: 'minRenewablePct', unit: '%' },
  maxGridStress: { name: 'maxGridStress', unit: '0–1' },
  carbonBudgetG: { name: 'carbonBudgetGco2', unit: 'gCO2' },
  maxCostGbp: { name: 'maxCostGbp', unit: 'GBP' },
};

const kg = (grams: number): string => `${(grams / 1000).toFixed(grams < 10_000 ? 3 : 1)} kg CO2`;
const gbp = (pounds: number): string => `${pounds.toFixed(2)} GBP`;
const totalOf = ({ carbonG, costGbp }: Outcome): string =>
  [carbonG === null ? null : kg(carbonG), costGbp === null ? null : gbp(costGbp)]
    .filter((part) => part !== null)
    .join(' and ');

/** Why a work runs where and when it does, in words with their numbers. */
export function reasonsOf(placed: Placed, at: (slot: number) => Date): string[] {
  const { places, outcome, atOnce, hourMore, alternatives } = placed;
  const centres = [...new Set(places.map(({ dcId }) => dcId))];
  const first = at(places[0]!.slot);
  const end = addHalfHours(at(places.at(-1)!.slot), 1);
  const reasons = [
    `${places.length} half hour(s) at ${centres.join(', ')} from ${first.toISOString()} to ${end.toISOString()}: ${totalOf(outcome)}${
      outcome.gco2PerKwh === null ? '' : `, at ${outcome.gco2PerKwh.toFixed(1)} gCO2/kWh`
    }.`,
  ];
  if (atOnce) reasons.push(`From the first half hour that it could begin in it would be ${totalOf(atOnce)}.`);
  const spread = spreadOf(savedG(placed), placed.savingDeviationG);
  if (spread && spread.expected !== 0)
    reasons.push(
      `That saves ${kg(spread.expected)}, in nine cases of ten between ${kg(spread.low)} and ${kg(spread.high)}.`,
    );
  const [next] = alternatives
    .filter(({ breaks }) => breaks.length === 0)
    .toSorted((a, b) => (a.outcome.objective ?? Infinity) - (b.outcome.objective ?? Infinity));
  if (next)
    reasons.push(
      `Next best, ${next.places[0]!.dcId} from ${at(next.places[0]!.slot).toISOString()}: ${totalOf(next.outcome)}.`,
    );
  if (hourMore && (hourMore.carbonG ?? 0) > 0)
    reasons.push(`An hour more until the deadline would save ${kg(hourMore.carbonG!)} more.`);
  return reasons;
}

const savedG = ({ outcome, atOnce }: Placed): number | null =>
  outcome.carbonG === null || atOnce?.carbonG == null ? null : atOnce.carbonG - outcome.carbonG;

/** Why an alternative was not taken. */
export function whyNot(alternative: PlannedAlternative, chosen: Outcome): string {
  const { breaks, outcome } = alternative;
  if (breaks.length > 0) return `It breaks ${breaks.join(', ')}.`;
  const more = [
    outcome.carbonG === null || chosen.carbonG === null
      ? null
      : `${kg(outcome.carbonG - chosen.carbonG)} more`,
    outcome.costGbp === null || chosen.costGbp === null
      ? null
      : `${gbp(outcome.costGbp - chosen.costGbp)} more`,
  ].filter((part) => part !== null);
  return `${more.join(' and ')}.`;
}

export function describeRelaxation({ kind, amount, limit, dcIds, jobIds }: Relaxation): string {
  const whose = jobIds.length === 1 ? jobIds[0]! : `${jobIds.length} workloads`;
  if (kind === 'MORE_POWER')
    return `${amount} kW of facility power more at ${dcIds.length === 1 ? dcIds[0]! : `each of ${dcIds.length} data centres`}`;
  if (kind === 'LATER_DEADLINE') return `a deadline ${amount / 2} h later for ${whose}`;
  const { name, unit } = LIMIT_WORDS[limit!];
  return `${name} of ${amount} ${unit} for ${whose}`;
}
