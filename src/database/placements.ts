import type pg from 'pg';
import type { PlacementState } from '../domain/compute/placement-states.js';
import type { Slot } from '../domain/compute/slots.js';

type Db = Pick<pg.ClientBase, 'query'>;

/** Locks data centres, in the order of their ids, against other holds and changes of theirs. */
export async function lockDataCentres(db: Db, dataCentreIds: readonly number[]): Promise<void> {
  await db.query('select lock_data_centres($1)', [dataCentreIds]);
}

export interface NewHold {
  readonly code: string;
  readonly workloadId: number;
  readonly dataCentreId: number;
  readonly slots: readonly Slot[];
  readonly expiresAt: Date;
  readonly decisionId: number | null;
  readonly now: Date;
}

/** One half hour that has not so much power left, watts of the facility. */
export interface FullSlot {
  readonly from: Date;
  readonly wantedW: number;
  readonly leftW: number;
}

export type HoldAnswer =
  | { readonly heldId: number; readonly releasedIds: readonly number[] }
  | { readonly unavailable: string }
  | { readonly full: readonly FullSlot[] };

/** Holds power, if it is there; else nothing was done, and what the transaction did besides must be rolled back. */
export async function holdPower(db: Db, hold: NewHold): Promise<HoldAnswer> {
  const { rows } = await db.query<{
    held_id: number | null;
    released: number[] | null;
    refusal: {
      status?: string;
      slots?: { from: string; wantedW: number; leftW: number }[];
    } | null;
  }>({
    name: 'hold-placement',
    text: 'select * from hold_placement($1, $2, $3, $4, $5, $6, $7, $8)',
    values: [
      hold.code,
      hold.workloadId,
      hold.dataCentreId,
      hold.slots.map(({ from }) => from),
      hold.slots.map(({ powerKw }) => powerKw),
      hold.expiresAt,
      hold.decisionId,
      hold.now,
    ],
  });
  const { held_id: heldId = null, released = null, refusal = null } = rows[0] ?? {};
  if (heldId !== null) return { heldId, releasedIds: released ?? [] };
  if (refusal?.status !== undefined) return { unavailable: refusal.status };
  if (!refusal?.slots) throw new Error('hold_placement neither held nor refused');
  return { full: refusal.slots.map(({ from, ...watts }) => ({ from: new Date(from), ...watts })) };
}

/** Moves placements whose state allows it, and answers which did; a hold that expired is not confirmed. */
export async function movePlacements(
  db: Db,
  placementIds: readonly number[],
  to: PlacementState,
  reason: string | null,
  now: Date,
): Promise<readonly number[]> {
  if (placementIds.length === 0) return [];
  const { rows } = await db.query<{ moved: number[] }>({
    name: 'move-placements',
    text: 'select move_placements($1, $2::placement_state, $3, $4) as moved',
    values: [placementIds, to, reason, now],
  });
  return rows[0]?.moved ?? [];
}
