import { z } from 'zod';
import { requireMove } from '../../domain/compute/state-machine.js';
import { PLACEMENT_MOVES } from '../../domain/compute/placement-states.js';
import { WAITING_STATUSES, type WorkloadStatus } from '../../domain/compute/workload-states.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { findPlacement, movePlacementsOf } from './placement-rows.js';
import { code, expectedVersion } from '../rules.js';
import { atVersion, lockWorkloadById, moveWorkload } from '../work/workload-rows.js';

/** A placement also becomes CONFIRMED again when its workload pauses: nobody confirms that. */
const CONFIRMABLE = { ...PLACEMENT_MOVES, RUNNING: ['DONE'] } as const;

/** Power that is held becomes the workload's own; work that waited is SCHEDULED there. */
export const confirmPlacement = defineAction({
  name: 'confirmPlacement',
  scope: 'PLACEMENTS',
  answers: 'placements',
  input: z.object({ placementId: code, expectedVersion }),
  names: { placementId: 'placement' },
  async perform(transaction, input) {
    const { placementId } = input;
    const { workload_id: workloadId } = await findPlacement(transaction, placementId);
    const work = await lockWorkloadById(transaction, workloadId);
    const placement = atVersion(
      await findPlacement(transaction, placementId),
      `placement ${placementId}`,
      input.expectedVersion,
    );
    const expired = new Refused(
      'HOLD_EXPIRED',
      `placement ${placementId} expired before it was confirmed: hold anew`,
    );
    if (placement.state === 'RELEASED' && placement.released_reason === 'EXPIRED') throw expired;
    requireMove(CONFIRMABLE, placement.state, 'CONFIRMED', `placement ${placementId}`);
    const moved = await movePlacementsOf(transaction, [placement], 'CONFIRMED');
    if (moved.length === 0) throw expired; // while its workload is locked, nothing else can have come of a hold
    if ((WAITING_STATUSES as readonly WorkloadStatus[]).includes(work.status))
      await moveWorkload(transaction, work, 'SCHEDULED', { host_data_centre_id: placement.data_centre_id });
    return { table: 'placements', id: placement.placement_id };
  },
});
