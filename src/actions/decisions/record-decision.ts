import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DecisionAppend } from '../../database/actions.js';
import {
  DECISION_FORM,
  DECISION_TYPES,
  isMadeUp,
  type DecisionContent,
} from '../../domain/compute/decision-content.js';
import { defineAction } from '../action.js';
import { appendOf } from './decision-append.js';
import { asOfFaults, findDecisionInputs, signalFaults } from './decision-inputs.js';
import { findDecisionRows } from './decision-rows.js';
import { alternative, constraint, policy, policyOfOthers, prediction, signalKey } from './decision-rules.js';
import { halfHour } from './half-hour-rule.js';
import { code, instant, jsonObject, jsonObjectWithin, optional, text, wholeWithin } from '../rules.js';
import { refuseFaults } from '../work/workload-input.js';

const MOST_SIGNALS = 200;
const MOST_CONSTRAINTS = 100;
const MOST_ALTERNATIVES = 50;

const list = <Type extends z.ZodType>(type: Type, most: number) =>
  optional(z.array(type).max(most, `must be at most ${most}`)).transform((items) => items ?? []);

const inputWith = (inputs: typeof jsonObject, policyRule: typeof policy) =>
  z
    .object({
      decisionId: optional(code),
      type: z.enum(DECISION_TYPES),
      agentId: optional(code),
      jobId: optional(code),
      sourceDcId: optional(code),
      targetDcId: optional(code),
      regionId: optional(wholeWithin(1, 18)),
      signalFrom: optional(halfHour),
      negotiationId: optional(code),
      supersedes: optional(code),
      policy: optional(policyRule),
      reasoning: text(4_000),
      signals: list(signalKey, MOST_SIGNALS),
      asOf: optional(instant),
      inputs: optional(inputs),
      constraintsEvaluated: list(constraint, MOST_CONSTRAINTS),
      alternativesConsidered: list(alternative, MOST_ALTERNATIVES),
      prediction: optional(prediction),
    })
    .refine(({ regionId, signalFrom }) => (regionId === null) === (signalFrom === null), {
      path: ['signalFrom'],
      message: 'regionId and signalFrom name one signal together: give both or neither',
    });

const input = inputWith(jsonObject, policyOfOthers);

export type RecordDecision = z.infer<typeof input>;

const NO_PREDICTION = {
  predictedCarbonGco2: null,
  predictedCostGbp: null,
  carbonSavedGco2: null,
  costSavedGbp: null,
  flexibilityContributionMw: null,
} as const;

/**
 * A decision of the caller's operator, appended to the chain. The values of the signals that it names are looked up here, as
 * they were known, and become part of it: whoever decides cannot misquote them.
 */
export const recordDecision = defineAction({
  name: 'recordDecision',
  scope: 'DECISIONS',
  answers: 'decisions',
  onlyDecides: true,
  input,
  names: {
    agentId: 'agent',
    jobId: 'workload',
    sourceDcId: 'data centre',
    targetDcId: 'data centre',
    negotiationId: 'negotiation',
    supersedes: 'decision',
  },
  makes: { decisionId: 'decision' },
  async furtherFaults(look, { asOf = null, regionId = null, signalFrom = null, signals = [] }) {
    const faults = asOfFaults(asOf, look.now);
    return faults.length > 0 ? faults : signalFaults(look, { asOf, regionId, signalFrom, signals });
  },
  async perform(transaction, asked): Promise<DecisionAppend> {
    const { viewer, now } = transaction;
    refuseFaults('recordDecision', asOfFaults(asked.asOf, now));
    const decisionId = asked.decisionId ?? `decision-${randomUUID()}`;
    const { rows, supersedes } = await findDecisionRows(transaction, { ...asked, decisionId });
    const inputs = await findDecisionInputs(transaction, asked);
    const [chief] = inputs.signals;
    const content: DecisionContent = {
      form: DECISION_FORM,
      decisionId,
      type: asked.type,
      agentId: asked.agentId,
      jobId: asked.jobId,
      sourceDcId: asked.sourceDcId,
      targetDcId: asked.targetDcId,
      negotiationId: asked.negotiationId,
      supersedes,
      regionId: chief?.regionId ?? null,
      signalFrom: chief?.from ?? null,
      policy: asked.policy,
      reasoning: asked.reasoning,
      inputs,
      constraintsEvaluated: asked.constraintsEvaluated,
      alternativesConsidered: asked.alternativesConsidered,
      prediction: asked.prediction ?? NO_PREDICTION,
      isSynthetic: isMadeUp(inputs.signals),
      rows: { operatorId: viewer.operatorId, ...rows },
    };
    return appendOf(content, now);
  },
});

/** What an agent of the host may keep beside its decision: all that its policy was shown. */
const MOST_KEPT = 1_000_000;

/** The same for the agents of the host, whose decisions keep more than those of others may. */
export const recordAgentDecision = defineAction({
  ...recordDecision,
  input: inputWith(jsonObjectWithin(MOST_KEPT), policy),
});
