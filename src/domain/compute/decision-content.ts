import type { CarbonIndex, Market, ObservationKind, Quality } from '../codes.js';

/** What can be decided. */
export const DECISION_TYPES = [
  'DEFER_WORKLOAD',
  'SHIFT_REGION',
  'SCHEDULE_DISCHARGE',
  'RENEWABLE_WINDOW',
  'ACCEPT_WORKLOAD',
  'REJECT_WORKLOAD',
  'SCALE_DOWN',
  'SCALE_UP',
  'NEGOTIATE',
  'PRICE_OPTIMIZATION',
  'CARBON_OPTIMIZATION',
] as const;
export type DecisionType = (typeof DECISION_TYPES)[number];

/** Names the meaning of every member below. A change of meaning takes a new name; old contents keep theirs for ever. */
export const DECISION_FORM = 'pylon.decision/1';

/**
 * All that was decided and known, as it is hashed: one canonical JSON text (canonical-json.ts). It holds the values
 * themselves, so that the decision can be made again when nothing else is left. Instants are ISO 8601, to the millisecond, UTC.
 */
export interface DecisionContent {
  readonly form: typeof DECISION_FORM;
  /** The caller's id of it, or one made for it. */
  readonly decisionId: string;
  readonly type: DecisionType;
  readonly agentId: string | null;
  readonly jobId: string | null;
  readonly sourceDcId: string | null;
  readonly targetDcId: string | null;
  readonly negotiationId: string | null;
  readonly supersedes: SupersededDecision | null;
  /** The signal it is chiefly about; also among `inputs.signals`. */
  readonly regionId: number | null;
  readonly signalFrom: string | null;
  readonly policy: DecisionPolicy | null;
  readonly reasoning: string;
  readonly inputs: DecisionInputs;
  readonly constraintsEvaluated: readonly EvaluatedConstraint[];
  readonly alternativesConsidered: readonly ConsideredAlternative[];
  readonly prediction: DecisionPrediction;
  /** True where any of the signals' values was made up by a model. */
  readonly isSynthetic: boolean;
  /** Numbers of the rows that the ids above name: what stands in the columns beside. */
  readonly rows: DecisionRows;
}

export interface SupersededDecision {
  readonly decisionId: string;
  readonly hash: string;
}

export interface DecisionPolicy {
  readonly name: string;
  readonly version: string;
}

export interface DecisionInputs {
  /** The values are those that `asOf` this instant shows. Null: no signal was named. */
  readonly asOf: string | null;
  /** The last sequence of the event log that was known then, in decimal. Null: no signal was named. */
  readonly sequence: string | null;
  readonly signals: readonly InputSignal[];
  /** Whatever else the caller says it decided from. */
  readonly own: Readonly<Record<string, unknown>> | null;
}

export interface InputProvenance {
  readonly source: string;
  readonly quality: Quality;
  readonly issuedAt: string | null;
  readonly knownAt: string;
}

/** One half hour of one region, as known then. Null where nothing was. Stress and price are Great Britain's. */
export interface InputSignal {
  readonly regionId: number;
  readonly from: string;
  readonly carbon: {
    readonly forecastGco2PerKwh: number | null;
    readonly outturnGco2PerKwh: number | null;
    readonly index: CarbonIndex | null;
    readonly provenance: InputProvenance;
  } | null;
  readonly renewables: {
    readonly renewablePct: number;
    readonly lowCarbonPct: number;
    readonly kind: ObservationKind;
    readonly provenance: InputProvenance;
  } | null;
  readonly stress: {
    readonly gridStress: number;
    readonly formula: string;
    readonly provenance: InputProvenance;
  } | null;
  readonly price: {
    readonly gbpPerMwh: number;
    readonly market: Market;
    readonly kind: ObservationKind;
    readonly expectedErrorGbpPerMwh: number | null;
    readonly provenance: InputProvenance;
  } | null;
}

export interface EvaluatedConstraint {
  readonly name: string;
  /** What limit and value are measured in. */
  readonly unit: string | null;
  readonly limit: number | null;
  readonly value: number | null;
  readonly satisfied: boolean;
}

export interface ConsideredAlternative {
  readonly name: string;
  readonly dcId: string | null;
  readonly regionId: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly predictedCarbonGco2: number | null;
  readonly predictedCostGbp: number | null;
  readonly whyNot: string | null;
}

/** What was expected of it. What is saved is so against doing without the decision. */
export interface DecisionPrediction {
  readonly predictedCarbonGco2: number | null;
  readonly predictedCostGbp: number | null;
  readonly carbonSavedGco2: number | null;
  readonly costSavedGbp: number | null;
  readonly flexibilityContributionMw: number | null;
}

export interface DecisionRows {
  readonly operatorId: number;
  readonly agentId: number | null;
  readonly workloadId: number | null;
  readonly sourceDataCentreId: number | null;
  readonly targetDataCentreId: number | null;
  readonly negotiationId: number | null;
  readonly supersedesId: number | null;
}

/**
 * A content from its text.
 *
 * @throws {SyntaxError} for what is no JSON; {RangeError} for a form that this version does not know.
 */
export function readDecisionContent(text: string): DecisionContent {
  const content = JSON.parse(text) as DecisionContent | null;
  const form: unknown = content === null ? null : content.form;
  if (content === null || form !== DECISION_FORM)
    throw new RangeError(`the content's form is ${JSON.stringify(form)}, not ${DECISION_FORM}`);
  return content;
}

/** Whether any value of some signals was made up by a model. */
export const isMadeUp = (signals: readonly InputSignal[]): boolean =>
  signals.some(({ carbon, renewables, stress, price }) =>
    [carbon, renewables, stress, price].some((group) => group?.provenance.quality === 'SYNTHETIC'),
  );
