import type pg from 'pg';
import { PylonError } from '../domain/errors.js';

/** The server's clock: now, and how far it is from real time. */
export interface Clock {
  readonly now: () => Date;
  /** Milliseconds added to real time; 0 unless PYLON_NOW moved it. */
  readonly offsetMs: number;
}

export const clockAt = (offsetMs: number): Clock => ({
  offsetMs,
  now: () => new Date(Date.now() + offsetMs),
});

/**
 * The clock of this database. PYLON_NOW sets it once; every process and restart then adopts the stored offset, so that
 * what is known never lies after the clock.
 *
 * @param pylonNow the setting; null where it is unset.
 * @throws {PylonError} CLOCK_CONFLICT when PYLON_NOW asks for an instant before what this database already knows.
 */
export async function adoptClock(owner: pg.ClientBase, pylonNow: Date | null): Promise<Clock> {
  await owner.query('begin');
  try {
    const { rows } = await owner.query<{
      set_to: Date | null;
      offset_ms: bigint;
      real_now: Date;
      newest: Date | null;
    }>(
      `select set_to, offset_ms, clock_timestamp() as real_now,
              (select nullif(last_known_at, '-infinity') from event_head) as newest
       from clock for update`,
    );
    const stored = rows[0];
    if (!stored)
      throw new PylonError(
        'DATABASE_UNAVAILABLE',
        'the table `clock` lost its row; restore it: insert into clock default values',
      );
    let offsetMs = Number(stored.offset_ms);
    if (pylonNow && pylonNow.getTime() !== stored.set_to?.getTime()) {
      if (stored.newest && stored.newest > pylonNow) {
        throw new PylonError(
          'CLOCK_CONFLICT',
          `PYLON_NOW=${pylonNow.toISOString()} lies before what this database already knows (${stored.newest.toISOString()}). ` +
            'Unset it to go on from there, or take another PYLON_DATA_DIR or DATABASE_URL.',
        );
      }
      offsetMs = pylonNow.getTime() - stored.real_now.getTime();
      await owner.query('update clock set set_to = $1, offset_ms = $2', [pylonNow, offsetMs]);
    }
    await owner.query('commit');
    return clockAt(offsetMs);
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
}
