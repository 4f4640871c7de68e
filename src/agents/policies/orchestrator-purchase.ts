import { WAITING_STATUSES, type WorkloadStatus } from '../../domain/compute/workload-states.js';
import type { Needs, Stimulus } from '../seen.js';
import type { Proposal, Shown } from '../policy.js';
import { place } from './orchestrator-place.js';

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
  } = stimulus.state;
  if (typeof since !== 'string' || typeof code !== 'string') return null;
  if (typeof again === 'string' && Date.parse(again) >= Date.parse(since)) return null;
  return { code, workloadId: Number(workloadId), note: typeof note === 'string' ? note : 'it changed' };
}

export const needsOfPurchase = (stimulus: Stimulus): Needs | null => {
  const purchase = purchaseOf(stimulus);
  return purchase && { workloads: purchase.workloadId };
};

/** Plans the work of a purchase again, and says that this was done. What is placed moves for any saving; what waits is placed. */
export function replanPurchase({ stimulus, view }: Shown): readonly Proposal[] {
  const purchase = purchaseOf(stimulus);
  if (!purchase) return [];
  const { code, note } = purchase;
  const [work] = view.workloads;
  const isWaiting = (status: WorkloadStatus): boolean =>
    (WAITING_STATUSES as readonly WorkloadStatus[]).includes(status);
  const again: Proposal[] =
    work?.status === 'SCHEDULED'
      ? [
          {
            action: 'replanWorkload',
            input: {
              jobId: work.jobId,
              agentId: view.agent.agentId,
              reason: `Purchase ${code}: ${note}.`.slice(0, 1_000),
              minimumSavingPct: 0,
            },
            reason: `the purchase ${code} that ${work.jobId} was planned with is not what it was`,
          },
        ]
      : work && isWaiting(work.status)
        ? place(work, view.agent)
        : [];
  return [
    ...again,
    {
      action: 'acknowledgeReplanning',
      input: { transactionId: code },
      reason: `the work of purchase ${code} was planned again`,
    },
  ];
}
