import type { DecisionType } from '../domain/compute/decision-content.js';
import type { Refusal } from '../domain/refusal.js';
import type { AgentSeen, AgentTopic, AgentType, Needs, Stimulus, View } from './seen.js';

/** Actions that an agent can propose. What each takes is its own input. */
export const PROPOSABLE = [
  'queueWorkload',
  'deferWorkload',
  'rejectWorkload',
  'amendWorkload',
  'startWorkload',
  'pauseWorkload',
  'resumeWorkload',
  'completeWorkload',
  'failWorkload',
  'placeWorkload',
  'replanWorkload',
  'releasePlacement',
  'selectOffer',
  'initOrder',
  'confirmOrder',
  'refreshOrder',
  'updateOrder',
  'cancelOrder',
  'acknowledgeReplanning',
  'openNegotiation',
  'counterNegotiation',
  'acceptNegotiation',
  'rejectNegotiation',
  'publishFlexibilityWindow',
  'updateStorageAsset',
  'recordDecision',
] as const;
export type ProposableAction = (typeof PROPOSABLE)[number];

/** Why something was done, as it enters the chain of decisions; the agent and the policy are put in by the host. */
export interface ProposedDecision {
  readonly type: DecisionType;
  readonly jobId?: string | null;
  readonly sourceDcId?: string | null;
  readonly targetDcId?: string | null;
  readonly negotiationId?: string | null;
  readonly supersedes?: string | null;
  readonly reasoning: string;
  /** The half hours it was decided from, the chief one first: their values are looked up where they are known for certain. */
  readonly signals: readonly { readonly regionId: number; readonly from: Date }[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly constraintsEvaluated?: readonly {
    readonly name: string;
    readonly unit: string | null;
    readonly limit: number | null;
    readonly value: number | null;
    readonly satisfied: boolean;
  }[];
  readonly flexibilityContributionMw?: number | null;
}

/** One action that a policy wants done. */
export interface Proposal {
  readonly action: ProposableAction;
  /** As the action takes it; instants are Dates. */
  readonly input: Readonly<Record<string, unknown>>;
  /** In words, 1 to 1,000 characters. */
  readonly reason: string;
  /** Recorded once it was done, and only then. Every move needs one, but for those that append their own. */
  readonly decision?: ProposedDecision;
}

/** What a policy decides on. */
export interface Shown {
  readonly stimulus: Stimulus;
  readonly view: View;
}

/**
 * How agents of a type act. A policy is a pure function of what it is shown; it reads nothing and writes nothing, and all that
 * it can do is propose. Its proposals are carried out in their order, each as if its operator had asked for it.
 *
 * One that asks a model answers a promise, and is given up after a while: see docs/decisions/028-agents.md.
 */
export interface Policy {
  readonly name: string;
  /** Stands on every decision; another behaviour is another version. */
  readonly version: string;
  /** Which agents act by it. */
  readonly type: AgentType;
  /** How often the clock wakes an agent of it, minutes, one that divides 30. Left out: when a half hour begins. Pure. */
  beatMinutes?(agent: AgentSeen): number;
  /** What of the log can wake it. One look after a run of ingestion stands for all runs that the log had by then. */
  readonly topics: readonly AgentTopic[];
  /** What it may propose; anything else is refused before it is tried. */
  readonly may: readonly ProposableAction[];
  /** What it must see to decide about a stimulus; null: the stimulus is none of its business. Pure. */
  needs(stimulus: Stimulus, agent: AgentSeen): Needs | null;
  /** What is to be done, in its order. Pure. */
  decide(shown: Shown): readonly Proposal[] | Promise<readonly Proposal[]>;
  /** What is to be done instead of something that was refused. Pure. Left out: nothing. */
  onRefusal?(shown: Shown, proposal: Proposal, refusal: Refusal): readonly Proposal[];
}
