import { START_ALLOWANCE_MS, halfHoursOf, isInTimeToBegin } from '../../../domain/compute/begin-time.js';
import { fnv1a } from '../../../domain/fnv1a.js';
import { addHalfHours, floorToHalfHour } from '../../../domain/half-hour.js';
import { minute } from '../../conditions.js';
import type { Proposal } from '../../policy.js';
import type { PlacementSeen, View, WorkloadSeen } from '../../seen.js';

/** How often it is looked what is to begin or has run its minutes: work begins well within the time that is allowed for it. */
export const DEMO_BEAT_MINUTES = 0.5;
/** How far what made-up work draws lies from what it was expected to, at most: a share. */
const METER_SPREAD = 0.05;

/**
 * Begins, interrupts, continues and ends the work of a synthetic operator: in the half hours that it has a place in, and once
 * its minutes have run. Its energy is made up, and its workload says that it is. A real operator's own system does this.
 */
export function runDemoWork(view: View, work: WorkloadSeen): readonly Proposal[] {
  const { placement } = work;
  if (!placement) return [];
  const present = floorToHalfHour(view.now);
  const isPresent = placement.slots.some((slot) => slot.getTime() === present.getTime());
  const isOver = placement.slots.every((slot) => slot < present);
  if (work.status === 'SCHEDULED') return begins(view, work, placement);
  if (work.status === 'RUNNING') {
    const ran = ranBy(view, work, placement);
    if (ran.leftMs <= 0 || (isOver && isNearlyDone(work, ran))) return [complete(work, ran)];
    if (isOver) return [missed(work, placement, ran)];
    return isPresent || !work.isInterruptible
      ? []
      : [step('pauseWorkload', work, `${work.jobId} has no place in this half hour`)];
  }
  if (work.status !== 'PAUSED') return [];
  if (isOver) return [missed(work, placement, ranBy(view, work, placement))];
  return isPresent ? [step('resumeWorkload', work, `${work.jobId} has its place again`)] : [];
}

/** It begins in its first half hour. One that was missed cannot be made up where it is: another place is looked for. */
function begins({ now }: View, work: WorkloadSeen, placement: PlacementSeen): Proposal[] {
  const [first] = placement.slots;
  if (!first || first > now || work.earliestStart > now) return [];
  if (first.getTime() === floorToHalfHour(now).getTime() && isInTimeToBegin(work, first, now))
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

/** What work has run of its minutes. */
interface Ran {
  /** Until when: now, the end of its place, or when it had run all of them. */
  readonly until: Date;
  readonly leftMs: number;
}

function ranBy({ now }: View, work: WorkloadSeen, { slots }: PlacementSeen): Ran {
  const leftBefore = work.durationMinutes * 60_000 - work.ranMs;
  const { runningSince } = work;
  if (!runningSince) return { until: now, leftMs: leftBefore };
  const end = addHalfHours(slots.at(-1) ?? floorToHalfHour(now), 1);
  const done = runningSince.getTime() + Math.max(0, leftBefore);
  const until = Math.max(runningSince.getTime(), Math.min(now.getTime(), end.getTime(), done));
  return { until: new Date(until), leftMs: leftBefore - (until - runningSince.getTime()) };
}

/** In each of its half hours it may have begun late by what is allowed for a beginning; half of it must have run all the same. */
const isNearlyDone = (work: WorkloadSeen, { leftMs }: Ran): boolean =>
  leftMs <= Math.min(halfHoursOf(work) * START_ALLOWANCE_MS, work.durationMinutes * 30_000);

/** Its half hours went by while it was paused, or had gone on too late. */
function missed(
  { jobId, durationMinutes }: WorkloadSeen,
  { dcId }: PlacementSeen,
  { leftMs }: Ran,
): Proposal {
  const reason = `${jobId} lacks ${Math.ceil(leftMs / 60_000)} of its ${durationMinutes} minutes when its half hours at ${dcId} are over`;
  return {
    action: 'failWorkload',
    input: { jobId, reason },
    reason,
    decision: { type: 'REJECT_WORKLOAD', jobId, sourceDcId: dcId, reasoning: `${reason}.`, signals: [] },
  };
}

const complete = (work: WorkloadSeen, { until, leftMs }: Ran): Proposal => ({
  action: 'completeWorkload',
  input: {
    jobId: work.jobId,
    actualEnergyKwh: madeUpEnergyKwh(work),
    completedAt: until,
    ...(work.agreedRevenueGbp === null ? {} : { flexibilityRevenueGbp: work.agreedRevenueGbp }),
  },
  reason:
    leftMs > 0
      ? `${work.jobId} ran to the end of its place (synthetic energy)`
      : `${work.jobId} ran its ${work.durationMinutes} minutes (synthetic energy)`,
});

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
