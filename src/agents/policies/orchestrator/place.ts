import { firstHalfHour, firstHalfHourOnceIn, halfHoursOf } from '../../../domain/compute/begin-time.js';
import { addHalfHours, floorToHalfHour } from '../../../domain/half-hour.js';
import type { Refusal } from '../../../domain/refusal.js';
import { cleanestMean, hasLimits, minute, whole } from '../../conditions.js';
import type { Proposal, Shown } from '../../policy.js';
import type { AgentSeen, View, WorkloadSeen } from '../../seen.js';
import type { ForecastRevision } from '../forecast-revision.js';

/** Of what is said about a refusal: a reason has 1,000 characters in all. */
const LONGEST_WHY = 700;

/** A place for work that waits; the planner finds it, and its decision says why there. */
export const place = (
  work: WorkloadSeen,
  agent: Pick<AgentSeen, 'agentId'>,
  negotiationId: string | null = null,
): Proposal[] => [
  {
    action: 'placeWorkload',
    input: {
      jobId: work.jobId,
      agentId: agent.agentId,
      ...(negotiationId === null ? {} : { negotiationId }),
      ...(work.placedBy === null ? {} : { supersedes: work.placedBy }),
    },
    reason: `${work.jobId} waits for a place`,
  },
];

/**
 * Work that waits is tried again at a revision of the forecast only where that can help: it has limits, and there are half
 * hours enough by now that keep them. What waits for room alone is tried as time goes by: a forecast makes none.
 */
export function placeAfterRevision(
  { now, outlook, agent }: View,
  work: WorkloadSeen,
  { source }: ForecastRevision,
): Proposal[] {
  if (work.isNegotiated || !hasLimits(work)) return [];
  const first = firstHalfHour(work, now);
  const mean = cleanestMean(work, outlook, work.earliestStart > first ? work.earliestStart : first);
  if (mean === null) return [];
  const reason = `${source} revised what it forecasts: ${work.jobId} can run within its limits, at ${whole(mean)} gCO2/kWh at best`;
  return place(work, agent).map((proposal) => ({ ...proposal, reason }));
}

/** What is done where no place was found: it waits for one as long as there is time, and is then told no. */
export function placedElsewhere({ view }: Shown, proposal: Proposal, refusal: Refusal): readonly Proposal[] {
  if (proposal.action !== 'placeWorkload' || refusal.code !== 'NO_PLAN') return [];
  const work = view.workloads.find(({ jobId }) => jobId === proposal.input['jobId']);
  if (!work) return [];
  const { jobId, deadline } = work;
  // It is tried again when the next half hour begins.
  const next = firstHalfHourOnceIn(work, addHalfHours(floorToHalfHour(view.now), 1));
  const begin = work.earliestStart > next ? work.earliestStart : next;
  const hasTime = addHalfHours(begin, halfHoursOf(work)) <= deadline;
  const why = whyOf(refusal);
  if (!hasTime) {
    const reason = `${jobId} cannot be done by ${minute(deadline)} within its limits: ${why}`;
    return [
      {
        action: 'rejectWorkload',
        input: { jobId, reason },
        reason,
        decision: { type: 'REJECT_WORKLOAD', jobId, reasoning: `${reason}.`, signals: [] },
      },
    ];
  }
  // Deferred work stays so, and is tried again every half hour; so does work that may not be deferred.
  if (work.status !== 'QUEUED' || !work.isDeferrable) return [];
  const reason = `${jobId} waits for room or a better forecast, with time until ${minute(deadline)}: ${why}`;
  return [
    {
      action: 'deferWorkload',
      input: { jobId, reason: 'CAPACITY', note: reason },
      reason,
      decision: { type: 'DEFER_WORKLOAD', jobId, reasoning: `${reason}.`, signals: [] },
    },
  ];
}

/** What the planner says of it: that there is no plan, what binds, and what would make one. */
const whyOf = ({ message, faults }: Refusal): string =>
  [message, ...faults.map((fault) => fault.message)].join('; ').slice(0, LONGEST_WHY);
