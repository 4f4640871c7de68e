import type pg from 'pg';

const BATCH = 200;

/**
 * Ends the negotiations that nobody answered in time, by the clock of the database, each with its event. For a sweeper: any
 * number of processes may call it at once.
 *
 * @returns how many it ended.
 */
export async function expireNegotiations(pool: Pick<pg.Pool, 'query'>): Promise<number> {
  let expired = 0;
  for (;;) {
    const { rows } = await pool.query<{ expired: number }>({
      name: 'expire-negotiations',
      text: 'select expire_negotiations($1) as expired',
      values: [BATCH],
    });
    const some = rows[0]?.expired ?? 0;
    expired += some;
    if (some < BATCH) return expired;
  }
}
