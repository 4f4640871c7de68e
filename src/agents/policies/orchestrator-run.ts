import { fnv1a } from '../../domain/fnv1a.js';
import { addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { minute, slotsOf } from '../conditions.js';
import type { Proposal } from '../policy.js';
import type { PlacementSeen, View, WorkloadSeen } from '../seen.js';

/** How far what made-up work draws lies from what it was expected to, at most: a share. */
const METER_SPREAD = 0.05;

/**
 * Begins, interrupts, continues and ends the work of a synthetic operator in the half hours that it has a place in. Its energy
 * is made up, and its workload says that it is. A real operator's own system does this.
 */
export function runDemoWork(view: View, work: WorkloadSeen): readonly Proposal[] {
  const { placement } = work;
  if (!placement) return [];
  const present = floorToHalfHour(view.now);
  const isPresent = placement.slots.some((slot) => slot.getTime() === present.getTime());
  const isOver = placement.slots.every((slot) => slot < present);
  if (work.status === 'SCHEDULED') return begins(work, placement, present);
  if (work.status === 'RUNNING') {
    if (isOver) return [complete(view, work, placement)];
    return isPresent || !work.isInterruptible
      ? []
      : [step('pauseWorkload', work, `${work.jobId} has no place in this half hour`)];
  }
  if (work.status !== 'PAUSED') return [];
  if (isOver) return [missed(work, placement)];
  return isPresent ? [step('resumeWorkload', work, `${work.jobId} has its place again`)] : [];
}

/** It begins in its first half hour. One that was missed cannot be made up where it is: another place is looked for. */
function begins(work: WorkloadSeen, placement: PlacementSeen, present: Date): Proposal[] {
  const [first] = placement.slots;
  if (!first || first > present) return [];
  if (first.getTime() === present.getTime())
    return [step('startWorkload', work, `${work.jobId} begins at ${placement.dcId}, as placed`)];
  const reason = `${work.jobId} was to begin at ${minute(first)} and did not; its place is given back and another looked for`;
  return [
    {
      action: 'releasePlacement',
      input: { placementId: placement.placementId, reason },
      reason,
      decision: {
        type: 'DEFER_WORKLOAD',
        jobId: work.jobId,
        sourceDcId: placement.dcId,
        reasoning: `${reason}.`,
        signals: [],
      },
    },
  ];
}

/** Its half hours went by while it was paused and nobody continued it. */
function missed({ jobId }: WorkloadSeen, { dcId }: PlacementSeen): Proposal {
  const reason = `${jobId} was paused through the rest of its half hours at ${dcId}, and is not done`;
  return {
    action: 'failWorkload',
    input: { jobId, reason },
    reason,
    decision: { type: 'REJECT_WORKLOAD', jobId, sourceDcId: dcId, reasoning: `${reason}.`, signals: [] },
  };
}

function complete({ now }: View, work: WorkloadSeen, { slots }: PlacementSeen): Proposal {
  const last = slots.at(-1) ?? now;
  const unusedMs = slotsOf(work) * 30 * 60_000 - work.durationMinutes * 60_000;
  const planned = new Date(addHalfHours(last, 1).getTime() - unusedMs);
  const began = work.runningSince ?? planned;
  const completedAt = [planned, began].sort((a, b) => b.getTime() - a.getTime())[0] ?? planned;
  return {
    action: 'completeWorkload',
    input: {
      jobId: work.jobId,
      actualEnergyKwh: madeUpEnergyKwh(work),
      completedAt: completedAt > now ? now : completedAt,
      ...(work.agreedRevenueGbp === null ? {} : { flexibilityRevenueGbp: work.agreedRevenueGbp }),
    },
    reason: `${work.jobId} ran in all the half hours of its place (synthetic energy)`,
  };
}

/** What a meter of the demo says: from the job alone, so that it says the same again. */
export const madeUpEnergyKwh = ({
  jobId,
  estimatedEnergyKwh,
}: Pick<WorkloadSeen, 'jobId' | 'estimatedEnergyKwh'>): number => {
  const share = (fnv1a(`meter/${jobId}`) >>> 0) / 0x1_0000_0000;
  return Number((estimatedEnergyKwh * (1 + METER_SPREAD * (2 * share - 1))).toFixed(6));
};

const step = (
  action: 'startWorkload' | 'pauseWorkload' | 'resumeWorkload',
  { jobId }: WorkloadSeen,
  reason: string,
): Proposal => ({ action, input: { jobId }, reason });
