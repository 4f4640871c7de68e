import type { ActionTransaction } from '../../database/actions.js';
import { movePlacements } from '../../database/placements.js';
import type { PlacementState } from '../../domain/compute/placement-states.js';
import { floorToHalfHour } from '../../domain/half-hour.js';
import { Refused } from '../../domain/refusal.js';
import type { WorkloadRow } from '../work/workload-rows.js';

export interface PlacementRow {
  readonly placement_id: number;
  readonly code: string;
  readonly workload_id: number;
  readonly data_centre_id: number;
  readonly state: PlacementState;
  readonly expires_at: Date | null;
  readonly released_reason: string | null;
  readonly version: number;
}

/** A placement that the caller may see. @throws {Refused} NOT_FOUND */
export async function findPlacement(
  { db }: Pick<ActionTransaction, 'db'>,
  placementId: string,
): Promise<PlacementRow> {
  const { rows } = await db.query<PlacementRow>('select * from placements where code = $1', [placementId]);
  if (!rows[0]) throw new Refused('NOT_FOUND', `there is no placement ${placementId}`);
  return rows[0];
}

type Moving = Pick<ActionTransaction, 'db' | 'now' | 'changed'>;
type OfWorkload = Pick<WorkloadRow, 'workload_id'>;

/** Placements of a locked workload in some states, in the order of their numbers. */
export async function placementsOf(
  { db }: Pick<ActionTransaction, 'db'>,
  { workload_id: workloadId }: OfWorkload,
  states: readonly PlacementState[],
): Promise<PlacementRow[]> {
  const { rows } = await db.query<PlacementRow>(
    'select * from placements where workload_id = $1 and state = any ($2::placement_state[]) order by placement_id',
    [workloadId, states],
  );
  return rows;
}

/** Moves placements, and tells their subscribers of those that moved. */
export async function movePlacementsOf(
  { db, now, changed }: Moving,
  placements: readonly PlacementRow[],
  to: PlacementState,
  reason: string | null = null,
): Promise<readonly number[]> {
  const ids = placements.map(({ placement_id: id }) => id);
  const moved = await movePlacements(db, ids, to, reason, now);
  for (const id of moved) changed('placements', id);
  return moved;
}

/** Gives back what a locked workload holds and has confirmed. */
export async function releasePlacementsOf(
  transaction: Moving,
  work: OfWorkload,
  reason: string,
  states: readonly PlacementState[] = ['HELD', 'CONFIRMED'],
): Promise<void> {
  await movePlacementsOf(transaction, await placementsOf(transaction, work, states), 'RELEASED', reason);
}

/** Ends all placements of a locked workload whose work is over: what ran is DONE, the rest given back. */
export async function endPlacementsOf(transaction: Moving, work: OfWorkload, reason: string): Promise<void> {
  await movePlacementsOf(transaction, await placementsOf(transaction, work, ['RUNNING']), 'DONE');
  await releasePlacementsOf(transaction, work, reason);
}

/** Confirmed placements of a locked workload that hold power in the half hour that covers now. */
export async function placementsNow(
  { db, now }: Pick<ActionTransaction, 'db' | 'now'>,
  { workload_id: workloadId }: OfWorkload,
): Promise<PlacementRow[]> {
  const { rows } = await db.query<PlacementRow>(
    `select p.* from placements p join placement_slots s on s.placement_id = p.placement_id
     where p.workload_id = $1 and p.state = 'CONFIRMED' and s.slot_from = $2 order by p.placement_id`,
    [workloadId, floorToHalfHour(now)],
  );
  return rows;
}
