import type pg from 'pg';
import type { Lease } from './leases.js';

type Db = Pick<pg.Pool, 'query'>;

/** Releases at most so many holds that expired by `now`, each with its event. @returns how many. */
export async function releaseExpiredHolds(
  db: Db,
  lease: Pick<Lease, 'name' | 'fencing'>,
  now: Date,
  limit: number,
): Promise<number> {
  const { rows } = await db.query<{ released: number }>(
    'select release_expired_holds($1, $2, $3, $4) as released',
    [lease.name, lease.fencing, now, limit],
  );
  return rows[0]?.released ?? 0;
}

/**
 * Puts back at most so many workloads whose confirmed half hours have all passed by `now` and that were not started: to wait
 * again, or REJECTED where their deadline allows no more. @returns how many.
 */
export async function returnMissedWork(
  db: Db,
  lease: Pick<Lease, 'name' | 'fencing'>,
  now: Date,
  limit: number,
): Promise<number> {
  const { rows } = await db.query<{ returned: number }>(
    'select return_missed_work($1, $2, $3, $4) as returned',
    [lease.name, lease.fencing, now, limit],
  );
  return rows[0]?.returned ?? 0;
}

/** Forgets at most so many of the answers that actions gave before an instant. @returns how many. */
export async function dropActionKeys(
  db: Db,
  lease: Pick<Lease, 'name' | 'fencing'>,
  before: Date,
  limit: number,
): Promise<number> {
  const { rows } = await db.query<{ dropped: number }>('select drop_action_keys($1, $2, $3, $4) as dropped', [
    lease.name,
    lease.fencing,
    before,
    limit,
  ]);
  return rows[0]?.dropped ?? 0;
}
