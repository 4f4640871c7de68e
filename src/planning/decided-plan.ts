import type {
  ConsideredAlternative,
  DecisionPrediction,
  EvaluatedConstraint,
} from '../domain/compute/decision-content.js';
import { addHalfHours } from '../domain/half-hour.js';
import { PLANNER, makePlan, type Placed, type Plan } from '../domain/planner/places/plan.js';
import { packProblem, unpackProblem, type PackedProblem } from '../domain/planner/places/packed.js';
import type { PlanningProblem } from '../domain/planner/places/problem.js';
import type { Evidence } from './evidence.js';
import { LIMIT_WORDS, whyNot } from './reasons.js';
import { difference } from './spread.js';

/** What a decision of the planner keeps of what it was made from, so that it can be made again when nothing else is left. */
export interface PlannedInputs {
  readonly problem: PackedProblem;
  /** What followed from it, for the workload of the decision. */
  readonly answer: PlannedPlaces;
}

export interface PlannedPlaces {
  readonly places: readonly { readonly dcId: string; readonly slot: number }[];
  readonly objective: number;
}

export const inputsOf = (problem: PlanningProblem, plan: Plan, placed: Placed): PlannedInputs => ({
  problem: packProblem(problem),
  answer: answerOf(plan, placed),
});

const answerOf = ({ objective }: Plan, { places }: Placed): PlannedPlaces => ({ places, objective });

/** Makes a plan again from what a decision kept. Null: no place is found for the workload. */
export function planAgain({ problem }: PlannedInputs, jobId: string): PlannedPlaces | null {
  const plan = makePlan(unpackProblem(problem), { isExplained: false });
  const placed = plan.works.find((work) => work.jobId === jobId)?.placed ?? null;
  return placed && answerOf(plan, placed);
}

export const isOfPlanner = (policy: { readonly name: string; readonly version: string } | null): boolean =>
  policy?.name === PLANNER.name && policy.version === PLANNER.version;

/** What only the arithmetic of doubles makes of a limit that is just kept is within it. */
const ROUNDING = 1e-9;

/** Limits of the workload beside the worst that the plan comes to. */
export function constraintsOf(
  { problem, centres }: Evidence,
  jobId: string,
  placed: Placed,
): EvaluatedConstraint[] {
  const work = problem.works.find((one) => one.jobId === jobId);
  if (!work) return [];
  const cells = placed.places.map(({ dcId, slot }) => {
    const regionId = centres.find((centre) => centre.dcId === dcId)?.regionId;
    return { slot, region: problem.regions.find((region) => region.regionId === regionId) };
  });
  const worst = (values: readonly (number | null | undefined)[], isFloor = false): number | null => {
    const known = values.filter((value) => typeof value === 'number');
    if (known.length < values.length || known.length === 0) return null;
    return isFloor ? Math.min(...known) : Math.max(...known);
  };
  const { limits } = work;
  const values = {
    maxGco2PerKwh: worst(cells.map(({ slot, region }) => region?.gco2PerKwh[slot])),
    maxGbpPerMwh: worst(cells.map(({ slot }) => problem.gbpPerMwh[slot])),
    minRenewablePct: worst(
      cells.map(({ slot, region }) => region?.renewablePct[slot]),
      true,
    ),
    maxGridStress: worst(cells.map(({ slot }) => problem.gridStress[slot])),
    carbonBudgetG: placed.outcome.carbonG,
    maxCostGbp: placed.outcome.costGbp,
  };
  return (Object.keys(values) as (keyof typeof values)[]).flatMap((name): EvaluatedConstraint[] => {
    const limit = limits[name];
    const value = values[name];
    if (limit === null) return [];
    const satisfied =
      value !== null &&
      (name === 'minRenewablePct'
        ? value >= limit - ROUNDING * limit
        : value <= limit + ROUNDING * Math.abs(limit));
    return [{ name: LIMIT_WORDS[name].name, unit: LIMIT_WORDS[name].unit, limit, value, satisfied }];
  });
}

export const alternativesOf = (evidence: Evidence, placed: Placed): ConsideredAlternative[] =>
  placed.alternatives.map((alternative) => {
    const [first] = alternative.places;
    const last = alternative.places.at(-1);
    const centre = evidence.centres.find(({ dcId }) => dcId === first?.dcId);
    return {
      name: alternative.kind,
      dcId: first?.dcId ?? null,
      regionId: centre?.regionId ?? null,
      from: first ? evidence.at(first.slot).toISOString() : null,
      to: last ? addHalfHours(evidence.at(last.slot), 1).toISOString() : null,
      predictedCarbonGco2: alternative.outcome.carbonG,
      predictedCostGbp: alternative.outcome.costGbp,
      whyNot: whyNot(alternative, placed.outcome),
    };
  });

/** @param against what would be done without the decision. */
export const predictionOf = (
  { outcome }: Placed,
  against: Pick<Placed['outcome'], 'carbonG' | 'costGbp'> | null,
): DecisionPrediction => ({
  predictedCarbonGco2: outcome.carbonG,
  predictedCostGbp: outcome.costGbp,
  carbonSavedGco2: difference(against?.carbonG, outcome.carbonG),
  costSavedGbp: difference(against?.costGbp, outcome.costGbp),
  flexibilityContributionMw: null,
});
