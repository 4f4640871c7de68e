import type { Proposal, Shown } from '../../policy.js';
import type { WorkloadSeen } from '../../seen.js';
import { whole } from '../../conditions.js';

/** What of a changed data centre matters to work that is placed there. */
interface Centre {
  readonly dcId: string;
  readonly status: string;
  readonly capacityKw: number;
}

function centreOf({ stimulus }: Pick<Shown, 'stimulus'>): Centre | null {
  if (stimulus.kind !== 'EVENT' || stimulus.topic !== 'DATA_CENTRES') return null;
  const { dc_id: dcId, status, capacity_mw: capacityMw } = stimulus.state;
  if (typeof dcId !== 'string' || typeof status !== 'string' || typeof capacityMw !== 'number') return null;
  return { dcId, status, capacityKw: capacityMw * 1_000 };
}

/** Work leaves a data centre that takes none any more, or that has become too small for what is placed there. */
export function leaveCentre(shown: Shown): readonly Proposal[] {
  const centre = centreOf(shown);
  if (!centre) return [];
  const { agent, workloads } = shown.view;
  const here = workloads.filter(
    ({ status, placement }) => status === 'SCHEDULED' && placement?.dcId === centre.dcId,
  );
  const leaving = centre.status === 'ACTIVE' ? tooMuch(here, centre.capacityKw) : here;
  const why =
    centre.status === 'ACTIVE'
      ? `data centre ${centre.dcId} has ${whole(centre.capacityKw)} kW left, too little for what is placed there`
      : `data centre ${centre.dcId} is ${centre.status}`;
  return leaving.map(({ jobId }) => ({
    action: 'replanWorkload',
    input: { jobId, agentId: agent.agentId, reason: `${why}.`, minimumSavingPct: 0, imminentMinutes: 0 },
    reason: `${why}: ${jobId} is planned anew`,
  }));
}

/** Of the works at one place, those that share a half hour in which they take more than there is. */
function tooMuch(works: readonly WorkloadSeen[], capacityKw: number): readonly WorkloadSeen[] {
  const takenKw = new Map<number, number>();
  for (const { powerKw, placement } of works)
    for (const slot of placement?.slots ?? [])
      takenKw.set(slot.getTime(), (takenKw.get(slot.getTime()) ?? 0) + powerKw * (placement?.pue ?? 1));
  return works.filter(({ placement }) =>
    placement?.slots.some((slot) => (takenKw.get(slot.getTime()) ?? 0) > capacityKw),
  );
}
