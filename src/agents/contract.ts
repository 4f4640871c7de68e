import { PylonError } from '../domain/errors.js';
import type { Policy, ProposableAction, Proposal } from './policy.js';

/** Proposals that one stimulus may have: two for each of the 500 works that a view shows, and what else there is. */
export const MOST_PROPOSALS = 1_200;
const LONGEST_REASON = 1_000;

/** What changes where work is, a store is, or what was agreed or bought: each is explained in the chain. */
const MOVES: ReadonlySet<ProposableAction> = new Set<ProposableAction>([
  'queueWorkload',
  'deferWorkload',
  'rejectWorkload',
  'failWorkload',
  'amendWorkload',
  'releasePlacement',
  'openNegotiation',
  'counterNegotiation',
  'acceptNegotiation',
  'rejectNegotiation',
  'publishFlexibilityWindow',
  'selectOffer',
  'confirmOrder',
  'updateOrder',
  'cancelOrder',
]);

/** Where an input names the agent that acts. */
const AGENT_MEMBERS = ['agentId', 'initiatorAgentId'] as const;

/**
 * Holds proposals to the contract before any is carried out: a policy that breaks it does nothing at all.
 *
 * @throws {PylonError} AGENT_FAILED, naming the first that breaks it and how.
 */
export function checkProposals(
  { name, may }: Pick<Policy, 'name' | 'may'>,
  agentId: string,
  proposals: readonly Proposal[],
): void {
  if (proposals.length > MOST_PROPOSALS)
    throw broken(name, `it proposed ${proposals.length} actions at once, and may at most ${MOST_PROPOSALS}`);
  for (const [i, proposal] of proposals.entries()) {
    const fault = faultOf(may, agentId, proposal);
    if (fault !== null) throw broken(name, `its proposal ${i + 1}, ${proposal.action}, ${fault}`);
  }
}

function faultOf(
  may: readonly ProposableAction[],
  agentId: string,
  { action, input, reason, decision }: Proposal,
): string | null {
  if (!may.includes(action)) return `is none of those it may make: ${may.join(', ')}`;
  if (reason.trim() === '' || reason.length > LONGEST_REASON)
    return `must give its reason in 1 to ${LONGEST_REASON} characters`;
  if (AGENT_MEMBERS.some((member) => member in input && input[member] !== agentId))
    return `names another agent than ${agentId}`;
  const changesStore = action === 'updateStorageAsset' && 'status' in input;
  if ((MOVES.has(action) || changesStore) && !decision) return 'is a move, and comes without its decision';
  return null;
}

const broken = (policy: string, fault: string): PylonError =>
  new PylonError('AGENT_FAILED', `the policy ${policy} broke its contract: ${fault}`);
