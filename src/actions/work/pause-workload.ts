import { z } from 'zod';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { movePlacementsOf, placementsOf } from '../placing/placement-rows.js';
import { optional, text } from '../rules.js';
import { endRun } from './run-rows.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** Interruptible work stops for a while, and keeps the power that it has confirmed. */
export const pauseWorkload = defineAction({
  name: 'pauseWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ ...jobRef, reason: optional(text(1_000)) }),
  names: { jobId: 'workload' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    const answer = await moveWorkload(transaction, work, 'PAUSED', { status_reason: input.reason });
    if (!work.is_interruptible)
      throw new Refused('LIMIT_BROKEN', `workload ${input.jobId} cannot be interrupted`, {
        faults: [{ path: 'input.jobId', message: 'isInterruptible is false' }],
      });
    await endRun(transaction, work, transaction.now);
    const running = await placementsOf(transaction, work, ['RUNNING']);
    await movePlacementsOf(transaction, running, 'CONFIRMED');
    return answer;
  },
});
