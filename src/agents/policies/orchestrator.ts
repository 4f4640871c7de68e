import { HALF_HOUR_MS, addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { WAITING_STATUSES, type WorkloadStatus } from '../../domain/compute/workload-states.js';
import { LICENCE_AREA_IDS } from '../../domain/regions.js';
import type { Policy, Proposal, Shown } from '../policy.js';
import type { AgentSeen, Needs, WorkloadSeen } from '../seen.js';
import { revisionOf } from './forecast-revision.js';
import { nextWindow } from './orchestrator/buy.js';
import {
  isOwnPurchase,
  marketNeeds,
  marketNeedsOfPurchase,
  marketNeedsOfWork,
  onMarket,
  onMarketEveryHalfHour,
} from './orchestrator/market.js';
import { calledOff } from './orchestrator/order.js';
import { place, placeAfterRevision, placedElsewhere } from './orchestrator/place.js';
import { needsOfPurchase, replanPurchase } from './orchestrator/purchase.js';
import { DEMO_BEAT_MINUTES, runDemoWork } from './orchestrator/run.js';
import { takeIn } from './orchestrator/take-in.js';

/** Half hours ahead that forecasts reach. */
const AHEAD = 96;

const isWaiting = (status: WorkloadStatus): boolean =>
  (WAITING_STATUSES as readonly WorkloadStatus[]).includes(status);

/**
 * Takes work in, has it wait for a better grid or negotiates where it is over a limit, finds its place, and finds another when
 * it loses that. Where it may, it buys a compute window for work that has its place. In the demo it also begins and ends work,
 * because nobody else does there.
 */
export const orchestrator: Policy = {
  name: 'orchestrator',
  version: '2',
  type: 'COMPUTE_ORCHESTRATOR',
  beatMinutes: ({ isDemo }) => (isDemo ? DEMO_BEAT_MINUTES : 30),
  topics: ['WORKLOADS', 'NEGOTIATIONS', 'BECKN_TRANSACTIONS', 'INGEST_RUNS'],
  may: [
    'queueWorkload',
    'deferWorkload',
    'rejectWorkload',
    'placeWorkload',
    'releasePlacement',
    'openNegotiation',
    'acceptNegotiation',
    'startWorkload',
    'pauseWorkload',
    'resumeWorkload',
    'completeWorkload',
    'failWorkload',
    'replanWorkload',
    'selectOffer',
    'initOrder',
    'confirmOrder',
    'refreshOrder',
    'updateOrder',
    'cancelOrder',
    'acknowledgeReplanning',
  ],
  needs(stimulus, agent) {
    if (stimulus.kind === 'HALF_HOUR')
      return {
        workloads: 'ALL',
        peers: true,
        outlook: { regionIds: LICENCE_AREA_IDS, halfHours: AHEAD },
        ...marketNeeds(agent),
      };
    if (stimulus.kind === 'BEAT') return agent.isDemo ? { workloads: 'PLACED' } : null;
    const { state, topic } = stimulus;
    if (topic === 'INGEST_RUNS')
      return (
        revisionOf(stimulus) && {
          workloads: 'ALL',
          outlook: { regionIds: LICENCE_AREA_IDS, halfHours: AHEAD },
        }
      );
    if (topic === 'BECKN_TRANSACTIONS')
      return isOwnPurchase(stimulus, agent) ? marketNeedsOfPurchase(state) : needsOfPurchase(stimulus);
    if (topic === 'WORKLOADS') return together(needsOfWork(state, agent), marketNeedsOfWork(state, agent));
    const ended = state['awaiting_agent_id'] === null && state['workload_id'] !== null;
    const isMine = state['initiator_agent_id'] === agent.number;
    const isCountered = state['awaiting_agent_id'] === agent.number;
    if (!isMine || !(ended || isCountered)) return null;
    return { workloads: Number(state['workload_id']), negotiations: Number(state['negotiation_id']) };
  },
  decide(shown) {
    const { stimulus, view } = shown;
    if (stimulus.kind === 'HALF_HOUR')
      return [
        ...view.workloads.flatMap((work) => everyHalfHour(shown, work)),
        ...onMarketEveryHalfHour(view),
      ];
    if (stimulus.kind === 'BEAT') return view.workloads.flatMap((work) => runDemoWork(view, work));
    if (stimulus.topic === 'INGEST_RUNS') return revised(shown);
    const [work] = view.workloads;
    if (stimulus.topic === 'BECKN_TRANSACTIONS')
      return isOwnPurchase(stimulus, view.agent) ? onMarket(view, work ?? null) : replanPurchase(shown);
    if (!work) return [];
    if (stimulus.topic === 'NEGOTIATIONS') return answered(shown, work);
    return [
      ...(isUntouched(stimulus.state, work) ? waitsForUs(shown, work) : []),
      ...(marketNeedsOfWork(stimulus.state, view.agent) ? onMarket(view, work) : []),
    ];
  },
  onRefusal(shown, proposal, refusal) {
    if (proposal.action === 'selectOffer') return nextWindow(shown.view, proposal, refusal);
    if (proposal.action === 'initOrder' || proposal.action === 'confirmOrder')
      return calledOff(shown.view, proposal, refusal);
    return placedElsewhere(shown, proposal, refusal);
  },
};

/** Of work that is new, the half hours that it could run in: what a policy was shown stays with its decisions for ever. */
function needsOfWork(
  state: Readonly<Record<string, unknown>>,
  { isDemo }: Pick<AgentSeen, 'isDemo'>,
): Needs | null {
  const workloads = Number(state['workload_id']);
  if (state['status'] === 'QUEUED' || (isDemo && state['status'] === 'SCHEDULED')) return { workloads };
  if (state['status'] !== 'PENDING') return null;
  const allowed = state['allowed_region_ids'] as readonly number[]; // as the event's row has it
  const waitsMs = Date.parse(String(state['deadline'])) - Date.parse(String(state['updated_at']));
  const halfHours = Math.min(AHEAD, Math.ceil(waitsMs / HALF_HOUR_MS) + 1);
  const regionIds = allowed.length > 0 ? allowed : LICENCE_AREA_IDS;
  return { workloads, peers: true, outlook: { regionIds, halfHours } };
}

const together = (one: Needs | null, other: Needs | null): Needs | null =>
  one && other ? { ...one, ...other } : (one ?? other);

/** What is told of is still so: else a later event tells what is. */
const isUntouched = (state: Readonly<Record<string, unknown>>, work: WorkloadSeen): boolean =>
  state['status'] === work.status;

/** Work that nobody has taken in yet, that lost its place, or that has one and can begin. */
function waitsForUs(shown: Shown, work: WorkloadSeen): readonly Proposal[] {
  if (work.status === 'PENDING') return takeIn(shown, work);
  if (work.status === 'SCHEDULED') return shown.view.agent.isDemo ? runDemoWork(shown.view, work) : [];
  return work.status === 'QUEUED' && !work.isNegotiated ? place(work, shown.view.agent) : [];
}

/** What was agreed, or not, about work that waits for it. */
function answered({ view }: Shown, work: WorkloadSeen): readonly Proposal[] {
  const [negotiation] = view.negotiations;
  if (!negotiation || negotiation.type !== 'WORKLOAD_ALLOCATION' || !isWaiting(work.status)) return [];
  if (negotiation.awaitsMe)
    return [
      {
        action: 'acceptNegotiation',
        input: { negotiationId: negotiation.negotiationId, agentId: view.agent.agentId },
        reason: `the grid operator proposes another window for ${work.jobId}, and the planner will keep its limits in any`,
        decision: {
          type: 'NEGOTIATE',
          jobId: work.jobId,
          negotiationId: negotiation.negotiationId,
          reasoning:
            `${work.jobId} may run in the window that the grid operator proposes` +
            `${negotiation.lastTerms.window ? `, ${negotiation.lastTerms.window.from} to ${negotiation.lastTerms.window.to}` : ''}: ` +
            'its place is chosen within its own limits all the same.',
          signals: [],
        },
      },
    ];
  return place(work, view.agent, negotiation.status === 'ACCEPTED' ? negotiation.negotiationId : null);
}

/** What was taken in and waits may have a place by what is forecast now. */
function revised({ stimulus, view }: Shown): readonly Proposal[] {
  const revision = revisionOf(stimulus);
  if (!revision) return [];
  const waiting = view.workloads.filter(({ status }) => isWaiting(status) && status !== 'PENDING');
  return waiting.flatMap((work) => placeAfterRevision(view, work, revision));
}

/** What there is to do about a workload when a half hour begins. What waits is tried every hour, and when time is short every half hour. */
function everyHalfHour(shown: Shown, work: WorkloadSeen): readonly Proposal[] {
  const { view } = shown;
  if (!isWaiting(work.status)) return view.agent.isDemo ? runDemoWork(view, work) : [];
  if (work.status === 'PENDING') return takeIn(shown, work);
  const isPressing = addHalfHours(latestStart(work), -4) <= floorToHalfHour(view.now);
  if (isPressing) return place(work, view.agent);
  const isTimeToTry = floorToHalfHour(view.now).getUTCMinutes() === 0;
  return work.isNegotiated || !isTimeToTry ? [] : place(work, view.agent);
}

/** The last half hour in which it can begin and still be done in time. */
const latestStart = ({ deadline, durationMinutes }: WorkloadSeen): Date =>
  floorToHalfHour(new Date(deadline.getTime() - durationMinutes * 60_000));
