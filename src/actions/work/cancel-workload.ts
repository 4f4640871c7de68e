import { z } from 'zod';
import { defineAction } from '../action.js';
import { endPlacementsOf } from '../placing/placement-rows.js';
import { optional, text } from '../rules.js';
import { endRun } from './run-rows.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** The end of work that its owner does not want any more; what it holds is given back. */
export const cancelWorkload = defineAction({
  name: 'cancelWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ ...jobRef, reason: optional(text(1_000)) }),
  names: { jobId: 'workload' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    const answer = await moveWorkload(transaction, work, 'CANCELLED', { status_reason: input.reason });
    await endRun(transaction, work, transaction.now);
    await endPlacementsOf(transaction, work, 'CANCELLED');
    return answer;
  },
});
