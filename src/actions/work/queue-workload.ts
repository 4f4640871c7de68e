import { z } from 'zod';
import { defineAction } from '../action.js';
import { releasePlacementsOf } from '../placing/placement-rows.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** Work is accepted, and waits for a place. One that it had confirmed is given back. */
export const queueWorkload = defineAction({
  name: 'queueWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object(jobRef),
  names: { jobId: 'workload' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    const answer = await moveWorkload(transaction, work, 'QUEUED', { host_data_centre_id: null });
    await releasePlacementsOf(transaction, work, 'QUEUED', ['CONFIRMED']);
    return answer;
  },
});
