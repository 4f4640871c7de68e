import type pg from 'pg';
import { PylonError } from '../../domain/errors.js';
import { spanOf } from '../span.js';

/** Younger months are never archived: reads of them need not ask. */
export const KEPT_DAYS = 35;
const DAY_MS = 24 * 3_600_000;

export interface Span {
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
}

/** What the database no longer holds. */
export interface ArchivedSpans {
  /** @throws {PylonError} DATA_ARCHIVED when part of that span of a table lies in a file. */
  refuse(table: string, span: Span): Promise<void>;
}

export const archivedSpans = (db: Pick<pg.Pool, 'query'>, now: () => Date): ArchivedSpans => ({
  async refuse(table, { from, to }) {
    if (from.getTime() > now().getTime() - (KEPT_DAYS - 1) * DAY_MS) return;
    const { rows } = await db.query<{ partition_name: string; from_at: Date; to_at: Date; file: string }>({
      name: 'archived-partition',
      text: `select partition_name, from_at, to_at, file from archived_partitions
        where table_name = $1 and from_at < $3 and to_at > $2 order by from_at limit 1`,
      values: [table, from, to],
    });
    const [first] = rows;
    if (!first) return;
    throw new PylonError(
      'DATA_ARCHIVED',
      `${table} from ${first.from_at.toISOString()} to ${first.to_at.toISOString()} was archived; read it from ${first.file.split('/').slice(-2).join('/')}, or ask for a later span`,
      { details: { archivedFrom: first.from_at, archivedTo: first.to_at } },
    );
  },
});

const HALF_HOUR_MS = 1_800_000;

/**
 * For reads by key: what was not found may have been archived.
 *
 * @throws {PylonError} DATA_ARCHIVED
 */
export async function refuseArchivedKeys(
  archive: ArchivedSpans,
  table: string,
  unfound: readonly Date[],
): Promise<void> {
  const [first, last] = spanOf(unfound);
  if (first && last)
    await archive.refuse(table, { from: first, to: new Date(last.getTime() + HALF_HOUR_MS) });
}
