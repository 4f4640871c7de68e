import { z } from 'zod';
import { defineAction } from '../action.js';
import { releasePlacementsOf } from '../placing/placement-rows.js';
import { text } from '../rules.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** The end of work that cannot run within its limits; what it holds is given back. */
export const rejectWorkload = defineAction({
  name: 'rejectWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ ...jobRef, reason: text(1_000) }),
  names: { jobId: 'workload' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    const answer = await moveWorkload(transaction, work, 'REJECTED', {
      status_reason: input.reason,
      host_data_centre_id: null,
    });
    await releasePlacementsOf(transaction, work, 'REJECTED');
    return answer;
  },
});
