import { recordDecision } from '../../actions/decisions/record-decision.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { DecisionType } from './decision.js';
import { DecisionTypeEnum } from './enums.js';

const DecisionSignalInput = builder.inputType('DecisionSignalInput', {
  description: 'Names a signal that a decision was made from.',
  fields: (t) => ({
    regionId: t.int({ required: true, description: 'Id of the region, 1–18.' }),
    from: t.field({
      type: 'DateTime',
      required: true,
      description: 'Start of the half hour; at :00 or :30 UTC.',
    }),
  }),
});

const DecisionPolicyInput = builder.inputType('DecisionPolicyInput', {
  description: 'The rule by which something was decided.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'Name of the rule, at most 100 characters; not beginning with `pylon.`, which names those of Pylon itself.',
    }),
    version: t.string({ required: true, description: 'Which version of it, at most 100 characters.' }),
  }),
});

const EvaluatedConstraintInput = builder.inputType('EvaluatedConstraintInput', {
  description: 'A limit that was looked at in deciding.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Which limit, such as `maxCarbonIntensityGco2PerKwh`.' }),
    unit: t.string({ description: 'What limit and value are measured in, where the name does not say it.' }),
    limit: t.float({ description: 'The limit; left out where it is no number.' }),
    value: t.float({
      description: 'What was held against it; left out where it is no number, or not known.',
    }),
    satisfied: t.boolean({ required: true, description: 'Whether the limit is kept.' }),
  }),
});

const ConsideredAlternativeInput = builder.inputType('ConsideredAlternativeInput', {
  description: 'Something else that might have been decided.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people, at most 200 characters.' }),
    dcId: t.string({ description: 'Data centre that it would have used, by its id.' }),
    regionId: t.int({ description: 'Region that it would have used, 1–18.' }),
    from: t.field({ type: 'DateTime', description: 'When it would have begun.' }),
    to: t.field({ type: 'DateTime', description: 'When it would have ended.' }),
    predictedCarbonGco2: t.float({ description: 'Carbon dioxide it would have emitted, grams, 0 or more.' }),
    predictedCostGbp: t.float({ description: 'What it would have cost, GBP.' }),
    whyNot: t.string({ description: 'Why it was not taken, at most 1,000 characters.' }),
  }),
});

const DecisionPredictionInput = builder.inputType('DecisionPredictionInput', {
  description:
    'What is expected of a decision; what it saves is so against doing without it. Real savings are worked out from the expected ' +
    'amount and the expected saving together.',
  fields: (t) => ({
    predictedCarbonGco2: t.float({
      description: 'Carbon dioxide that the work will emit, grams, 0 or more.',
    }),
    predictedCostGbp: t.float({ description: 'What the work will cost, GBP.' }),
    carbonSavedGco2: t.float({
      description: 'Carbon dioxide that is saved, grams; negative: more is emitted.',
    }),
    costSavedGbp: t.float({ description: 'Money that is saved, GBP; negative: it costs more.' }),
    flexibilityContributionMw: t.float({ description: 'Power moved for the grid, MW, 0–100,000.' }),
  }),
});

const RecordDecisionInput = builder.inputType('RecordDecisionInput', {
  description:
    'A decision. It names the signals that it was made from: their values are looked up as they were known, and kept in it.',
  fields: (t) => ({
    decisionId: t.string({
      description: 'Its id, which no other decision of the operator has; made up when left out.',
    }),
    type: t.field({ type: DecisionTypeEnum, required: true, description: 'What was decided.' }),
    agentId: t.string({ description: "Who decided: an agent of the caller's operator." }),
    jobId: t.string({ description: "The workload it is about, of the caller's operator." }),
    sourceDcId: t.string({ description: 'The data centre that it moves something away from.' }),
    targetDcId: t.string({ description: 'The data centre that it moves something to, or is about.' }),
    regionId: t.int({
      description:
        'Region of the chief signal, 1–18, together with `signalFrom`; the first of `signals` when both are left out.',
    }),
    signalFrom: t.field({
      type: 'DateTime',
      description: 'Start of the half hour of the chief signal; at :00 or :30 UTC.',
    }),
    negotiationId: t.string({ description: "A negotiation of the caller's operator that it belongs to." }),
    supersedes: t.string({
      description:
        "An earlier decision of the caller's operator that it takes the place of; SUPERSEDED when another one did already.",
    }),
    policy: t.field({ type: DecisionPolicyInput, description: 'The rule it was decided by.' }),
    reasoning: t.string({ required: true, description: 'Why, in words, 1–4,000 characters.' }),
    signals: t.field({
      type: [DecisionSignalInput],
      description: 'The signals that it was made from, at most 200. NOT_FOUND when nothing was known of one.',
    }),
    asOf: t.field({
      type: 'DateTime',
      description: 'As of when the signals were known to whoever decided; now when left out.',
    }),
    inputs: t.field({
      type: 'JSON',
      description: 'Whatever else it was made from: a JSON object of at most 16,384 characters.',
    }),
    constraintsEvaluated: t.field({
      type: [EvaluatedConstraintInput],
      description: 'Limits that were looked at, at most 100.',
    }),
    alternativesConsidered: t.field({
      type: [ConsideredAlternativeInput],
      description: 'What else might have been decided, at most 50.',
    }),
    prediction: t.field({ type: DecisionPredictionInput, description: 'What is expected of it.' }),
  }),
});

actionMutation(recordDecision, {
  input: RecordDecisionInput,
  type: DecisionType,
  description:
    "Records a decision of the caller's operator: appended to the chain of all decisions, and never changed. A later decision can " +
    'supersede it.',
});
