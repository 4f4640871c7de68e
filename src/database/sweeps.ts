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
