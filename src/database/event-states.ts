import type pg from 'pg';
import type { Viewer } from '../domain/viewer.js';
import { readAs } from './viewers.js';

/** A row of the compute side as it was at an event, by its columns. */
export type EventState = Readonly<Record<string, unknown>>;

/**
 * The rows that events carry, by their sequence, in one statement. Events that carry none, and those that the viewer may
 * not see, are left out.
 */
export async function readEventStates(
  pool: pg.Pool,
  viewer: Viewer,
  sequences: readonly bigint[],
): Promise<ReadonlyMap<bigint, EventState>> {
  const read = async (db: Pick<pg.Pool, 'query'>): Promise<ReadonlyMap<bigint, EventState>> => {
    const { rows } = await db.query<{ sequence: bigint; state: EventState }>({
      name: 'event-states',
      text: 'select sequence, state from read_event_states($1)',
      values: [sequences],
    });
    return new Map(rows.map(({ sequence, state }) => [sequence, state]));
  };
  // Nobody in particular is who the database takes everyone for.
  return viewer === null ? read(pool) : readAs(pool, viewer, read);
}

/** Operators that an event may be shown to; null: everybody. */
export type EventReaders = ReadonlyMap<bigint, readonly number[] | null>;

/** Whom events that carry a row are for, by their sequence, in one statement. */
export async function readEventReaders(
  pool: Pick<pg.Pool, 'query'>,
  sequences: readonly bigint[],
): Promise<EventReaders> {
  const { rows } = await pool.query<{ sequence: bigint; operator_ids: number[] | null }>({
    name: 'event-readers',
    text: 'select sequence, operator_ids from event_readers($1)',
    values: [sequences],
  });
  return new Map(rows.map(({ sequence, operator_ids }) => [sequence, operator_ids]));
}
