import type pg from 'pg';
import { topicOf, type Topic } from '../domain/codes.js';
import { PylonError } from '../domain/errors.js';

/** One entry of the log: that an object changed, never what it holds. */
export interface LogEvent {
  readonly sequence: bigint;
  readonly topic: Topic;
  /** When the change became known. */
  readonly knownAt: Date;
  /** Region and half hour of a grid signal; of a compute window its region, where that is known, and its start; the region of a data centre, storage asset or flexibility window; null for other topics. */
  readonly regionId: number | null;
  readonly from: Date | null;
  /** Run of an ingest run or of a change of carbon factors; number of a compute window or of a row of the compute side; null for other topics. */
  readonly objectId: number | null;
}

export interface LogHead {
  /** Which log: new when the database is. */
  readonly logId: string;
  readonly lastSequence: bigint;
  /** A cursor at or after this one can still be followed. */
  readonly floorSequence: bigint;
}

type Db = Pick<pg.Pool, 'query'>;

export async function readLogHead(db: Db): Promise<LogHead> {
  const { rows } = await db.query<{ log_id: string; last_sequence: bigint; floor_sequence: bigint }>({
    name: 'log-head',
    text: 'select log_id, last_sequence, floor_sequence from event_head',
  });
  const head = rows[0];
  if (!head)
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      'the table `event_head` lost its row; restore the database from a backup',
    );
  return { logId: head.log_id, lastSequence: head.last_sequence, floorSequence: head.floor_sequence };
}

interface EventRow {
  readonly sequence: bigint;
  readonly topic: number;
  readonly known_at: Date;
  readonly region_id: number | null;
  readonly from_at: Date | null;
  readonly object_id: number | null;
}

/** Events after a sequence, in commit order. What is not yet committed comes later, never before what is returned. */
export async function readEvents(
  db: Db,
  range: { readonly after: bigint; readonly upTo?: bigint | undefined; readonly limit: number },
): Promise<LogEvent[]> {
  const { rows } = await db.query<EventRow>({
    name: 'log-events',
    text: `select l.sequence, l.topic, c.known_at, l.region_id, l.from_at, l.object_id
      from (select sequence, topic, region_id, from_at, object_id from event_log where sequence > $1 and sequence <= coalesce($2, 9223372036854775807) order by sequence limit $3) l
      cross join lateral (
        select known_at from event_commits e where e.last_sequence >= l.sequence order by e.last_sequence limit 1) c
      order by l.sequence`,
    values: [range.after, range.upTo ?? null, range.limit],
  });
  return rows.map((row) => ({
    sequence: row.sequence,
    topic: topicOf(row.topic),
    knownAt: row.known_at,
    regionId: row.region_id,
    from: row.from_at,
    objectId: row.object_id,
  }));
}

/**
 * The last sequence known at an instant, 0 when nothing was. The same instant always gives the same sequence.
 *
 * @throws {PylonError} BAD_USER_INPUT when it lies in the future, where the answer could still change.
 */
export async function resolveAsOf(db: Db, asOf: Date): Promise<bigint> {
  try {
    const { rows } = await db.query<{ sequence: bigint }>({
      name: 'resolve-as-of',
      text: 'select resolve_as_of($1) as sequence',
      values: [asOf],
    });
    return rows[0]?.sequence ?? 0n;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'PY002') {
      throw new PylonError(
        'BAD_USER_INPUT',
        `asOf ${asOf.toISOString()} lies in the future; what will be known then is not known`,
        { cause: error },
      );
    }
    throw error;
  }
}
