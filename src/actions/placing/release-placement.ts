import { z } from 'zod';
import { requireMove } from '../../domain/compute/state-machine.js';
import { PLACEMENT_MOVES } from '../../domain/compute/placement-states.js';
import { defineAction } from '../action.js';
import { findPlacement, movePlacementsOf, placementsOf } from './placement-rows.js';
import { code, expectedVersion, optional, text } from '../rules.js';
import { atVersion, changeWorkload, lockWorkloadById, moveWorkload } from '../work/workload-rows.js';

/** Power that is held or confirmed is given back; scheduled work that has no other confirmed place waits again. */
export const releasePlacement = defineAction({
  name: 'releasePlacement',
  scope: 'PLACEMENTS',
  answers: 'placements',
  input: z.object({ placementId: code, reason: optional(text(1_000)), expectedVersion }),
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
    const moved = await movePlacementsOf(transaction, [placement], 'RELEASED', input.reason ?? 'RELEASED');
    if (moved.length === 0) {
      const { state } = await findPlacement(transaction, placementId); // the sweeper may have been faster
      requireMove(PLACEMENT_MOVES, state, 'RELEASED', `placement ${placementId}`);
    }
    if (work.status === 'SCHEDULED') {
      const [other] = await placementsOf(transaction, work, ['CONFIRMED']);
      if (!other) await moveWorkload(transaction, work, 'QUEUED', { host_data_centre_id: null });
      else if (other.data_centre_id !== work.host_data_centre_id)
        await changeWorkload(transaction, work, { host_data_centre_id: other.data_centre_id });
    }
    return { table: 'placements', id: placement.placement_id };
  },
});
