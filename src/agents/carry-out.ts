import { act, type Action } from '../actions/action.js';
import { recordAgentDecision } from '../actions/decisions/record-decision.js';
import { reportAgentState } from '../actions/registry/report-agent-state.js';
import type { ActionAnswer, ActionDatabase } from '../database/actions.js';
import { PylonError } from '../domain/errors.js';
import type { Refusal } from '../domain/refusal.js';
import type { KnownViewer } from '../domain/viewer.js';
import { CARRIED } from './carried.js';
import { MOST_PROPOSALS, checkProposals } from './contract.js';
import { encodeOrigin, idOfStimulus, shownOf, type Origin, type Plan, type Step } from './plan.js';
import type { Policy, ProposedDecision, Proposal } from './policy.js';
import type { AgentSeen } from './seen.js';

/** What became of one proposal. */
export interface Outcome {
  readonly agentId: string;
  readonly policy: string;
  readonly proposal: Proposal;
  /** Null: it was done. */
  readonly refusal: Refusal | null;
}

export interface Carrier {
  readonly database: ActionDatabase;
  readonly viewer: KnownViewer;
  readonly agent: AgentSeen;
  readonly policy: Policy;
  /** Keeps a longer plan before any of what is new in it is done. */
  readonly keep: (plan: Plan) => Promise<void>;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** How often what is refused may be followed by something else, for one stimulus: each proposal once. */
const MOST_FOLLOW_UPS = MOST_PROPOSALS;
/** Decisions of others cannot name it: what is made again must be ours. */
export const nameInDecisions = (policy: string): string => `pylon.${policy}`;

/** What a decision names at most; the action has its own limit. */
export const MOST_SIGNALS = 100;

/**
 * Does what a plan says, step by step, each under a key that its agent, its stimulus and its number make: whoever does it again
 * is answered the same, and nothing is done twice.
 *
 * @throws {PylonError} AGENT_FAILED when what is to be done instead breaks the contract, or a move cannot be explained.
 */
export async function carryOut(carrier: Carrier, plan: Plan): Promise<readonly Outcome[]> {
  const { agent, policy, keep, onOutcome } = carrier;
  const key = keyOf(agent, plan);
  const outcomes: Outcome[] = [];
  let current = plan;
  for (let i = 0; i < current.steps.length; i += 1) {
    const { proposal, isFollowedUp, origin } = current.steps[i] as Step;
    const answer = await perform(carrier, CARRIED[proposal.action], `${key}/${i}`, proposal.input);
    const refusal = 'refusal' in answer ? answer.refusal : null;
    if (!refusal && proposal.decision)
      await explain(carrier, proposal.decision, `${key}/${i}/why`, { sight: plan.sight, origin });
    if (refusal && !isFollowedUp) {
      const instead = policy.onRefusal?.(shownOf(plan.sight), proposal, refusal) ?? [];
      if (instead.length > 0) {
        checkProposals(policy, agent.agentId, instead);
        if (current.steps.length - plan.steps.length + instead.length > MOST_FOLLOW_UPS)
          throw new PylonError('AGENT_FAILED', `the policy ${policy.name} answers refusals without end`);
        current = {
          ...current,
          steps: [
            ...current.steps.map((step, n) => (n === i ? { ...step, isFollowedUp: true } : step)),
            ...instead.map((next, index) => ({
              proposal: next,
              isFollowedUp: false,
              origin: { index, insteadOf: { proposal, refusal } },
            })),
          ],
        };
        await keep(current);
      }
    }
    const outcome = { agentId: agent.agentId, policy: policy.name, proposal, refusal };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

/** A decision as its action takes it; its agent and its policy are not the policy's to say. */
async function explain(
  carrier: Carrier,
  decision: ProposedDecision,
  key: string,
  { sight, origin }: { readonly sight: string; readonly origin: Origin },
): Promise<void> {
  const { agent, policy } = carrier;
  const { signals, flexibilityContributionMw, ...said } = decision;
  const [chief] = signals;
  const answer = await perform(carrier, recordAgentDecision, key, {
    ...said,
    inputs: { ...said.inputs, sight, origin: encodeOrigin(origin) },
    agentId: agent.agentId,
    policy: { name: nameInDecisions(policy.name), version: policy.version },
    regionId: chief?.regionId,
    signalFrom: chief?.from,
    signals: signals.slice(0, MOST_SIGNALS),
    ...(flexibilityContributionMw === undefined || flexibilityContributionMw === null
      ? {}
      : { prediction: { flexibilityContributionMw } }),
  });
  if ('refusal' in answer)
    throw new PylonError(
      'AGENT_FAILED',
      `what the policy ${policy.name} did could not be explained: ${answer.refusal.code} ${answer.refusal.message}`,
    );
}

/** Says what an agent does now. */
export async function reportState(
  carrier: Pick<Carrier, 'database' | 'viewer' | 'agent'>,
  key: string,
  report: {
    readonly status: string;
    readonly triggeredBy: string;
    readonly currentTask?: Readonly<Record<string, unknown>>;
    readonly state?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await perform(carrier, reportAgentState, key, { agentId: carrier.agent.agentId, ...report });
}

const perform = (
  { database, viewer }: Pick<Carrier, 'database' | 'viewer'>,
  action: Action<unknown>,
  idempotencyKey: string,
  input: unknown,
): Promise<ActionAnswer> => act(database, viewer, action, { idempotencyKey, input });

export const keyOf = (
  { agentId }: Pick<AgentSeen, 'agentId'>,
  { stimulus }: Pick<Plan, 'stimulus'>,
): string => `agent/${agentId}/${idOfStimulus(stimulus)}`;
