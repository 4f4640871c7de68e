import type { NegotiationTerms } from '../../domain/compute/negotiation-terms.js';
import { halfHoursOf } from '../../domain/compute/begin-time.js';
import { addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { minute, whole } from '../conditions.js';
import { regionCovers } from '../region-covers.js';
import type { Policy, Proposal, Shown } from '../policy.js';
import type { PeerSeen, View, WindowSeen, WorkloadSeen } from '../seen.js';

/** Work that is offered in answer to one window, the most powerful first. */
const MOST_OFFERS = 3;
/** Half hours before its start from which on work stays where it is. */
const IMMINENT = 4;
/** Half hours of slack that must be left beyond the window, so that another place is surely found. */
const SLACK = 8;
const ANSWER_MS = 30 * 60_000;

/**
 * Offers work that can wait to whoever asks for less demand: work that is placed in such a window is offered out of it, for the
 * window's price. Once that is agreed the work gives its place back, may not begin before the window is over, and is placed anew.
 */
export const flexibility: Policy = {
  name: 'flexibility',
  version: '1',
  type: 'FLEXIBILITY_AGENT',
  topics: ['FLEXIBILITY_WINDOWS', 'NEGOTIATIONS'],
  may: ['openNegotiation', 'deferWorkload', 'amendWorkload', 'placeWorkload'],
  needs(stimulus, agent) {
    if (stimulus.kind !== 'EVENT') return null;
    const { state, topic } = stimulus;
    if (topic === 'FLEXIBILITY_WINDOWS')
      return state['status'] === 'OPEN' && state['direction'] === 'DECREASE_DEMAND'
        ? { workloads: 'ALL', windows: true, peers: true }
        : null;
    const isAgreed = state['status'] === 'ACCEPTED' && state['type'] === 'FLEXIBILITY';
    return isAgreed && state['initiator_agent_id'] === agent.number && state['workload_id'] !== null
      ? { workloads: Number(state['workload_id']), negotiations: Number(state['negotiation_id']) }
      : null;
  },
  decide(shown) {
    const { stimulus, view } = shown;
    if (stimulus.kind !== 'EVENT') return [];
    if (stimulus.topic === 'NEGOTIATIONS') return moveOut(shown);
    const window = view.windows.find(({ number }) => number === stimulus.state['flexibility_window_id']);
    const responder = window && whoAsks(view.peers, window);
    return window && responder ? offers(view, window, responder) : [];
  },
};

const whoAsks = (peers: readonly PeerSeen[], { operatorId }: WindowSeen): PeerSeen | undefined =>
  peers.find((peer) => peer.operatorId === operatorId && peer.type === 'GRID_OPERATOR');

function offers(view: View, window: WindowSeen, responder: PeerSeen): Proposal[] {
  return view.workloads
    .filter((work) => canMoveOut(view, work, window))
    .sort((a, b) => b.powerKw - a.powerKw || (a.jobId < b.jobId ? -1 : 1))
    .slice(0, MOST_OFFERS)
    .map((work) => offer(view, work, window, responder));
}

function canMoveOut({ now }: View, work: WorkloadSeen, window: WindowSeen): boolean {
  const { placement, status, isDeferrable, isNegotiated, deadline } = work;
  const [first] = placement?.slots ?? [];
  if (!placement || !first || status !== 'SCHEDULED' || !isDeferrable || isNegotiated) return false;
  return (
    regionCovers(window.regionId, placement.regionId) &&
    slotsWithin(work, window).length > 0 &&
    first >= addHalfHours(floorToHalfHour(now), IMMINENT) &&
    addHalfHours(window.to, halfHoursOf(work) + SLACK) <= deadline
  );
}

const slotsWithin = ({ placement }: WorkloadSeen, { from, to }: Pick<WindowSeen, 'from' | 'to'>): Date[] =>
  (placement?.slots ?? []).filter((slot) => slot >= from && slot < to);

function offer(view: View, work: WorkloadSeen, window: WindowSeen, responder: PeerSeen): Proposal {
  const { placement } = work;
  if (!placement) throw new RangeError(`${work.jobId} has no place`);
  const slots = slotsWithin(work, window);
  const facilityKw = work.powerKw * placement.pue;
  const mwh = (facilityKw * slots.length) / 2 / 1000;
  const revenueGbp = Number((mwh * window.gbpPerMwh).toFixed(2));
  const reason =
    `${work.jobId} leaves ${window.flexibilityWindowId}, ${minute(window.from)} to ${minute(window.to)}: ${whole(facilityKw)} kW in ${slots.length} of its half hours, ` +
    `${mwh.toFixed(3)} MWh at ${window.gbpPerMwh} GBP/MWh, ${revenueGbp.toFixed(2)} GBP`;
  return {
    action: 'openNegotiation',
    input: {
      type: 'FLEXIBILITY',
      initiatorAgentId: view.agent.agentId,
      responderAgentId: responder.agentId,
      jobId: work.jobId,
      terms: {
        window: { from: window.from, to: window.to },
        powerKw: facilityKw,
        gbpPerMwh: window.gbpPerMwh,
        flexibilityRevenueGbp: revenueGbp,
        extra: { flexibilityWindowId: window.flexibilityWindowId, regionId: placement.regionId },
      },
      message: reason.slice(0, 2_000),
      expiresAt: new Date(view.now.getTime() + ANSWER_MS),
    },
    reason,
    decision: {
      type: 'NEGOTIATE',
      jobId: work.jobId,
      sourceDcId: placement.dcId,
      reasoning: `${reason}.`,
      signals: [],
      inputs: { flexibilityWindowId: window.flexibilityWindowId },
      flexibilityContributionMw: facilityKw / 1000,
    },
  };
}

/** What was agreed is done: out of its place, not back into the window, and into another place. */
function moveOut({ view }: Shown): readonly Proposal[] {
  const [work] = view.workloads;
  const [negotiation] = view.negotiations;
  const window = negotiation && spanOf(negotiation.lastTerms);
  if (!work?.placement || work.status !== 'SCHEDULED' || !window || window.to <= view.now) return [];
  const { jobId, placement } = work;
  const { negotiationId, lastTerms } = negotiation;
  const agreed = `${jobId} leaves the window from ${minute(window.from)} to ${minute(window.to)}, as ${negotiationId} has it`;
  const paid =
    lastTerms.flexibilityRevenueGbp === null ? '' : `, for ${lastTerms.flexibilityRevenueGbp.toFixed(2)} GBP`;
  const why = {
    type: 'DEFER_WORKLOAD' as const,
    jobId,
    sourceDcId: placement.dcId,
    negotiationId,
    reasoning: `${agreed}${paid}: it gives its place at ${placement.dcId} back, and may begin from ${minute(window.to)} on.`,
    signals: [],
    flexibilityContributionMw: (work.powerKw * placement.pue) / 1000,
  };
  return [
    {
      action: 'deferWorkload',
      input: { jobId, reason: 'GRID_STRESS', note: `${agreed}${paid}` },
      reason: agreed,
      decision: why,
    },
    {
      action: 'amendWorkload',
      input: { jobId, earliestStart: window.to },
      reason: `${jobId} is not to come back into the window`,
      decision: {
        ...why,
        reasoning: `${jobId} may begin from ${minute(window.to)} on and not before, so that no place in the window is found for it again.`,
        flexibilityContributionMw: null,
      },
    },
    {
      action: 'placeWorkload',
      input: {
        jobId,
        agentId: view.agent.agentId,
        negotiationId,
        ...(work.placedBy === null ? {} : { supersedes: work.placedBy }),
      },
      reason: `${jobId} waits for another place`,
    },
  ];
}

const spanOf = ({ window }: NegotiationTerms): { readonly from: Date; readonly to: Date } | null =>
  window && { from: new Date(window.from), to: new Date(window.to) };
