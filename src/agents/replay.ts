import { canonicalJson } from '../domain/canonical-json.js';
import type { DecisionContent } from '../domain/compute/decision-content.js';
import { messageOf } from '../domain/errors.js';
import { replay } from '../planning/replay.js';
import { MOST_SIGNALS, nameInDecisions } from './carry-out.js';
import { originOf, shownOf, type Origin } from './plan.js';
import type { Policy, ProposedDecision, Proposal, Shown } from './policy.js';
import { POLICIES } from './registry.js';

export type AgentReplay =
  { readonly kind: 'SAME' | 'NOT_OURS' } | { readonly kind: 'DIFFERENT'; readonly reason: string };

/** Makes a decision again, of the planner or of an agent's policy. */
export function replayDecision(content: DecisionContent): AgentReplay {
  const planned = replay(content);
  return planned.kind === 'NOT_OURS' ? replayAgent(content) : planned;
}

/** Makes a decision of an agent again: its policy is shown what it was shown then, which the decision keeps. */
export function replayAgent(content: DecisionContent, policies: readonly Policy[] = POLICIES): AgentReplay {
  const { policy: named, inputs } = content;
  const policy = policies.find(
    ({ name, version }) => nameInDecisions(name) === named?.name && version === named.version,
  );
  const kept = inputs.own as { readonly sight?: unknown; readonly origin?: unknown } | null;
  if (!policy || typeof kept?.sight !== 'string') return { kind: 'NOT_OURS' };
  try {
    const proposal = proposedAgain(policy, shownOf(kept.sight), originOf(kept.origin));
    // What asks a model is its maker's to explain.
    if (proposal === 'LATER') return { kind: 'NOT_OURS' };
    const [stored, again] = [
      canonicalJson(statedOf(content)),
      canonicalJson(proposal?.decision ? decidedOf(proposal.decision) : null),
    ];
    return stored === again
      ? { kind: 'SAME' }
      : { kind: 'DIFFERENT', reason: `shown the same, the policy decides ${again}; it says ${stored}` };
  } catch (error) {
    return { kind: 'DIFFERENT', reason: `it cannot be made again: ${messageOf(error)}` };
  }
}

function proposedAgain(
  policy: Policy,
  shown: Shown,
  { index, insteadOf }: Origin,
): Proposal | 'LATER' | undefined {
  if (insteadOf) return policy.onRefusal?.(shown, insteadOf.proposal, insteadOf.refusal)[index];
  const proposals = policy.decide(shown);
  return proposals instanceof Promise ? 'LATER' : proposals[index];
}

const decidedOf = (decision: ProposedDecision) => ({
  type: decision.type,
  jobId: decision.jobId ?? null,
  sourceDcId: decision.sourceDcId ?? null,
  targetDcId: decision.targetDcId ?? null,
  negotiationId: decision.negotiationId ?? null,
  reasoning: decision.reasoning,
  signals: [
    ...new Set(
      decision.signals
        .slice(0, MOST_SIGNALS)
        .map(({ regionId, from }) => `${regionId}@${from.toISOString()}`),
    ),
  ].sort(),
  constraints: decision.constraintsEvaluated ?? [],
  flexibilityContributionMw: decision.flexibilityContributionMw ?? null,
});

const statedOf = (content: DecisionContent): ReturnType<typeof decidedOf> => ({
  type: content.type,
  jobId: content.jobId,
  sourceDcId: content.sourceDcId,
  targetDcId: content.targetDcId,
  negotiationId: content.negotiationId,
  reasoning: content.reasoning,
  signals: content.inputs.signals.map(({ regionId, from }) => `${regionId}@${from}`).sort(),
  constraints: content.constraintsEvaluated,
  flexibilityContributionMw: content.prediction.flexibilityContributionMw,
});
