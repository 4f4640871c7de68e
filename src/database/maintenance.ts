import type { Database } from './open.js';

/**
 * Partitions that will be needed soon, and the end of those whose events are older than the log keeps.
 *
 * @returns how many partitions of the log it dropped.
 */
export async function maintainPartitions(
  { pool, clock }: Pick<Database, 'pool' | 'clock'>,
  logRetentionHours: number,
): Promise<number> {
  const now = clock.now().getTime();
  await pool.query(`select ensure_observation_partitions($1, $2), ensure_log_partitions(200000)`, [
    new Date(now - 3 * 24 * 3_600_000),
    new Date(now + 35 * 24 * 3_600_000),
  ]);
  return dropExpiredLog(pool, new Date(now - logRetentionHours * 3_600_000));
}

/** @returns the partitions dropped; 0 also when readers were in the way, then the next maintenance drops them. */
async function dropExpiredLog(pool: Database['pool'], before: Date): Promise<number> {
  try {
    const { rows } = await pool.query<{ dropped: number }>('select drop_expired_log($1) as dropped', [
      before,
    ]);
    return rows[0]?.dropped ?? 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_TIMED_OUT) return 0;
    throw error;
  }
}

/** SQLSTATE lock_not_available. */
const LOCK_TIMED_OUT = '55P03';
