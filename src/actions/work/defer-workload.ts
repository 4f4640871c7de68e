import { z } from 'zod';
import { DEFERRAL_REASONS, DEFERRED } from '../../domain/compute/workload-states.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { releasePlacementsOf } from '../placing/placement-rows.js';
import { optional, text } from '../rules.js';
import { jobRef } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/** Deferrable work waits for a better grid. A place that it had confirmed is given back; what it only holds, it keeps. */
export const deferWorkload = defineAction({
  name: 'deferWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ ...jobRef, reason: z.enum(DEFERRAL_REASONS), note: optional(text(1_000)) }),
  names: { jobId: 'workload' },
  async perform(transaction, input) {
    const work = await lockWorkload(transaction, input);
    if (!work.is_deferrable)
      throw new Refused('LIMIT_BROKEN', `workload ${input.jobId} is not deferrable`, {
        faults: [{ path: 'input.jobId', message: 'isDeferrable is false' }],
      });
    const answer = await moveWorkload(transaction, work, DEFERRED[input.reason], {
      status_reason: input.note,
      host_data_centre_id: null,
    });
    await releasePlacementsOf(transaction, work, 'DEFERRED', ['CONFIRMED']);
    return answer;
  },
});
