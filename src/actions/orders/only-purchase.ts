import type { ActionTransaction } from '../../database/actions.js';
import { overlappingPurchases } from '../../database/order-transactions.js';
import type { Commitment } from '../../domain/beckn-order/commitment.js';
import { Refused } from '../../domain/refusal.js';
import type { WorkloadRow } from '../work/workload-rows.js';

/**
 * Work is bought for once at a time: no other purchase of its may stand whose window overlaps. The work is locked, so that of
 * two that ask at once the second sees the first.
 *
 * @param stands which of the others count.
 * @throws {Refused} ALREADY_BOUGHT
 */
export async function requireOnlyPurchase(
  { db }: Pick<ActionTransaction, 'db'>,
  work: Pick<WorkloadRow, 'workload_id' | 'job_id'>,
  window: { readonly from: Date; readonly to: Date },
  stands: (other: Commitment) => boolean,
  own: number | null = null,
): Promise<void> {
  const rival = (await overlappingPurchases(db, work.workload_id, window, own)).find(stands);
  if (rival)
    throw new Refused(
      'ALREADY_BOUGHT',
      `purchase ${rival.code} for workload ${work.job_id} is ${rival.state}, and its window overlaps: cancel it first`,
    );
}
