import type pg from 'pg';

/** The right to do one thing, held by one process until `expires`, in real time. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Grows with every change of holder; a write names it, and a late one is refused by it. */
  readonly fencing: bigint;
}

/** Takes the lease if it is free, expired, or already ours (then it is prolonged). Null while another holds it. */
export async function acquireLease(
  db: Pick<pg.Pool, 'query'>,
  name: string,
  holder: string,
  seconds: number,
): Promise<Lease | null> {
  const { rows } = await db.query<{ fencing: bigint }>(
    `insert into leases as l (name, holder, fencing, expires_at)
     values ($1, $2, 1, clock_timestamp() + $3 * interval '1 second')
     on conflict (name) do update
       set holder = excluded.holder, expires_at = excluded.expires_at,
           fencing = l.fencing + case when l.holder = excluded.holder and l.expires_at > clock_timestamp() then 0 else 1 end
       where l.holder = excluded.holder or l.expires_at <= clock_timestamp()
     returning fencing`,
    [name, holder, seconds],
  );
  return rows[0] ? { name, holder, fencing: rows[0].fencing } : null;
}

/** Prolongs a lease that is still ours. False when it ran out, was given back or was taken over: it never comes back. */
export async function prolongLease(
  db: Pick<pg.Pool, 'query'>,
  lease: Lease,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update leases set expires_at = clock_timestamp() + $4 * interval '1 second'
     where name = $1 and holder = $2 and fencing = $3 and expires_at > clock_timestamp()`,
    [lease.name, lease.holder, lease.fencing, seconds],
  );
  return rowCount === 1;
}

/** Gives the lease back at once; the number stays, so that the next holder's is higher. Harmless when it was lost. */
export async function releaseLease(db: Pick<pg.Pool, 'query'>, lease: Lease): Promise<void> {
  await db.query(
    `update leases set expires_at = '-infinity' where name = $1 and holder = $2 and fencing = $3`,
    [lease.name, lease.holder, lease.fencing],
  );
}
