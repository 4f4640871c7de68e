import type { ActionTransaction } from '../../database/actions.js';
import { placeFaults } from '../../domain/compute/slots.js';
import { Refused, type Fault } from '../../domain/refusal.js';
import { findDataCentre } from '../registry/data-centre-rows.js';
import { movePlacementsOf, placementsNow, type PlacementRow } from '../placing/placement-rows.js';
import { beginRun } from './run-rows.js';
import type { WorkloadRow } from './workload-rows.js';

/**
 * A locked workload begins to run, or goes on: where it has a confirmed placement in the half hour that covers now, or at the
 * data centre named. Without a placement there it takes no part of the headroom: its place was found some other way.
 *
 * @returns the data centre it runs at.
 * @throws {Refused} NO_PLACEMENT, NOT_FOUND, LIMIT_BROKEN, CENTRE_UNAVAILABLE
 */
export async function beginWork(
  transaction: ActionTransaction,
  work: WorkloadRow,
  dcId: string | null,
): Promise<number> {
  const covering = await placementsNow(transaction, work);
  const dataCentreId =
    dcId === null ? centreOf(work, covering) : await namedCentre(transaction, work, dcId, covering);
  const here = covering.filter((placement) => placement.data_centre_id === dataCentreId);
  await movePlacementsOf(transaction, here, 'RUNNING');
  await beginRun(transaction, work, dataCentreId);
  return dataCentreId;
}

function centreOf(work: WorkloadRow, covering: readonly PlacementRow[]): number {
  const [first] = covering;
  if (!first)
    throw new Refused(
      'NO_PLACEMENT',
      `workload ${work.job_id} has no confirmed placement in the half hour that covers now; confirm one, or name a dcId`,
    );
  return first.data_centre_id;
}

async function namedCentre(
  transaction: ActionTransaction,
  work: WorkloadRow,
  dcId: string,
  covering: readonly PlacementRow[],
): Promise<number> {
  const centre = await findDataCentre(transaction, dcId);
  const id = centre.data_centre_id;
  if (covering.some((placement) => placement.data_centre_id === id)) return id;
  const faults = [
    ...placeFaults(
      { allowedRegionIds: work.allowed_region_ids, allowedDcIds: work.allowed_dc_ids },
      { dcId, regionId: centre.region_id },
    ),
    ...timeLimitFaults(work, transaction.now),
  ];
  if (faults.length > 0)
    throw new Refused('LIMIT_BROKEN', `workload ${work.job_id} may not run at ${dcId} now`, { faults });
  if (centre.status !== 'ACTIVE')
    throw new Refused('CENTRE_UNAVAILABLE', `data centre ${dcId} takes no work: it is ${centre.status}`);
  return id;
}

const timeLimitFaults = ({ earliest_start: earliest, deadline }: WorkloadRow, now: Date): Fault[] => [
  ...(now < earliest
    ? [{ path: 'input.jobId', message: `its earliest start is ${earliest.toISOString()}` }]
    : []),
  ...(now >= deadline
    ? [{ path: 'input.jobId', message: `its deadline was ${deadline.toISOString()}` }]
    : []),
];
