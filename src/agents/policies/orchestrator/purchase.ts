import { WAITING_STATUSES, type WorkloadStatus } from '../../../domain/compute/workload-states.js';
import type { Needs, Stimulus, View, WorkloadSeen } from '../../seen.js';
import type { Proposal, Shown } from '../../policy.js';
import { place } from './place.js';

/** A purchase as its event has it, as far as it matters here. */
interface Purchase {
  readonly code: string;
  readonly workloadId: number;
  readonly note: string;
}

/** What of a purchase asks for another look: its window is gone, or its seller says that it is not what it was. */
function purchaseOf(stimulus: Stimulus): Purchase | null {
  if (stimulus.kind !== 'EVENT' || stimulus.topic !== 'BECKN_TRANSACTIONS') return null;
  const {
    code,
    workload_id: workloadId,
    replanning_note: note,
    replanning_since: since,
    replanned_at: again,
    agent_id: agentId,
  } = stimulus.state;
  // The agent that began it sees to it.
  if (typeof agentId === 'number') return null;
  if (typeof since !== 'string' || typeof code !== 'string') return null;
  if (typeof again === 'string' && Date.parse(again) >= Date.parse(since)) return null;
  return { code, workloadId: Number(workloadId), note: typeof note === 'string' ? note : 'it changed' };
}

export const needsOfPurchase = (stimulus: Stimulus): Needs | null => {
  const purchase = purchaseOf(stimulus);
  return purchase && { workloads: purchase.workloadId };
};

/** What is done about a purchase that somebody else began: its work is planned again, and it is said that this was done. */
export function replanPurchase({ stimulus, view }: Shown): readonly Proposal[] {
  const purchase = purchaseOf(stimulus);
  const [work] = view.workloads;
  return purchase ? planAgain(view, work ?? null, purchase) : [];
}

/** Plans the work of a purchase again, and says so. What is placed moves for any saving; what waits is placed. */
export function planAgain(
  { agent }: Pick<View, 'agent'>,
  work: WorkloadSeen | null,
  { code, note }: Pick<Purchase, 'code' | 'note'>,
): readonly Proposal[] {
  const isWaiting = (status: WorkloadStatus): boolean =>
    (WAITING_STATUSES as readonly WorkloadStatus[]).includes(status);
  const again: readonly Proposal[] =
    work?.status === 'SCHEDULED'
      ? [
          {
            action: 'replanWorkload',
            input: {
              jobId: work.jobId,
              agentId: agent.agentId,
              reason: `Purchase ${code}: ${note}.`.slice(0, 1_000),
              minimumSavingPct: 0,
            },
            reason: `the purchase ${code} that ${work.jobId} was planned with is not what it was`,
          },
        ]
      : work && isWaiting(work.status)
        ? place(work, agent)
        : [];
  return [...again, acknowledge(code, `the work of purchase ${code} was planned again`)];
}

export const acknowledge = (transactionId: string, reason: string): Proposal => ({
  action: 'acknowledgeReplanning',
  input: { transactionId },
  reason,
});
