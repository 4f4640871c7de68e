import { z } from 'zod';
import { defineAction } from '../action.js';
import { endPlacementsOf } from '../placing/placement-rows.js';
import { text } from '../rules.js';
import { endRun } from './run-rows.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** The end of work that began and came to nothing; what it still holds is given back. */
export const failWorkload = defineAction({
  name: 'failWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ ...jobRef, reason: text(1_000) }),
  names: { jobId: 'workload' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    const answer = await moveWorkload(transaction, work, 'FAILED', {
      status_reason: input.reason,
      completed_at: transaction.now,
    });
    await endRun(transaction, work, transaction.now);
    await endPlacementsOf(transaction, work, 'FAILED');
    return answer;
  },
});
