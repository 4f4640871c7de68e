/** When the orchestrator looks at the marketplace, and what it must see for that. */
import { leaveOf } from '../../../domain/beckn-order/leave.js';
import { FINAL_STATUSES } from '../../../domain/compute/workload-states.js';
import type { Proposal } from '../../policy.js';
import type { AgentSeen, Needs, Stimulus, View, WorkloadSeen } from '../../seen.js';
import { seekWindow } from './buy.js';
import { goOn } from './order.js';

/** Steps at the beginning of a half hour: what is left is done in the next. */
const MOST_STEPS = 50;

/** All purchases, and offers for an agent that may buy: what was bought is seen to though leave was taken away. */
export const marketNeeds = (agent: AgentSeen): Needs => ({
  purchases: 'ALL',
  ...(leaveOf(agent) ? { offers: 'ALL' } : {}),
});

/** What is to be seen when work gets its place or ends; null: it is nothing to the marketplace. */
export function marketNeedsOfWork(state: Readonly<Record<string, unknown>>, agent: AgentSeen): Needs | null {
  const isOver = FINAL_STATUSES.some((status) => status === state['status']);
  if (!isOver && state['status'] !== 'SCHEDULED') return null;
  const workload = Number(state['workload_id']);
  return leaveOf(agent) ? allOf(workload) : { workloads: workload, purchases: workload };
}

/** Whether an event is about a purchase that this agent began. */
export const isOwnPurchase = (stimulus: Stimulus, agent: AgentSeen): boolean =>
  stimulus.kind === 'EVENT' &&
  stimulus.topic === 'BECKN_TRANSACTIONS' &&
  stimulus.state['agent_id'] === agent.number;

/** What is to be seen when a purchase of one's own changed; null: an answer is waited for. */
export const marketNeedsOfPurchase = (state: Readonly<Record<string, unknown>>): Needs | null =>
  state['awaiting'] === null ? allOf(Number(state['workload_id'])) : null;

const allOf = (workload: number): Needs => ({
  workloads: workload,
  offers: workload,
  purchases: workload,
  outlookOfPlaces: true,
});

/** The next step of each purchase for some work; where nothing is under way, a window is looked for. */
export function onMarket(view: View, work: WorkloadSeen | null): readonly Proposal[] {
  const steps = view.purchases.flatMap((purchase) => goOn(view, purchase, work));
  return steps.length > 0 || !work ? steps : seekWindow(view, work);
}

/** The same for all work that is shown, and for purchases of work that is over. */
export function onMarketEveryHalfHour(view: View): readonly Proposal[] {
  const shown = new Set(view.workloads.map(({ number }) => number));
  const left = view.purchases.filter(({ workload }) => !shown.has(workload));
  return [
    ...left.flatMap((purchase) => goOn(view, purchase, null)),
    ...view.workloads.flatMap((work) =>
      onMarket(
        { ...view, purchases: view.purchases.filter(({ workload }) => workload === work.number) },
        work,
      ),
    ),
  ].slice(0, MOST_STEPS);
}
