import { z } from 'zod';
import { requireMove } from '../../domain/compute/state-machine.js';
import { WORKLOAD_MOVES } from '../../domain/compute/workload-states.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { beginWork } from './begin-work.js';
import { code, optional } from '../rules.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** Work runs from now on: where its confirmed placement is, or at the data centre named. */
export const startWorkload = defineAction({
  name: 'startWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ ...jobRef, dcId: optional(code) }),
  names: { jobId: 'workload', dcId: 'data centre' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    if (work.status === 'PAUSED')
      throw new Refused(
        'IMPOSSIBLE_TRANSITION',
        `workload ${input.jobId} is PAUSED: it is resumed, not started`,
        {
          possible: WORKLOAD_MOVES.PAUSED,
        },
      );
    requireMove(WORKLOAD_MOVES, work.status, 'RUNNING', `workload ${input.jobId}`);
    const host = await beginWork(transaction, work, input.dcId);
    return moveWorkload(transaction, work, 'RUNNING', {
      started_at: transaction.now,
      host_data_centre_id: host,
    });
  },
});
