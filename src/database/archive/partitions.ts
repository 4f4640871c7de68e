import type pg from 'pg';

/** One month of an append-only table. */
export interface MonthPartition {
  readonly table: string;
  readonly partition: string;
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
}

const BOUNDS = /^FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)$/;

/**
 * The partitions by time that end at or before an instant, oldest first. The log is partitioned by sequence and has a
 * retention of its own.
 *
 * @param db a session in UTC.
 */
export async function partitionsBefore(
  db: Pick<pg.ClientBase, 'query'>,
  before: Date,
): Promise<MonthPartition[]> {
  const { rows } = await db.query<{ table: string; partition: string; bounds: string }>(
    `select parent.relname as table, part.relname as partition, pg_get_expr(part.relpartbound, part.oid) as bounds
     from pg_partitioned_table t
     join pg_class parent on parent.oid = t.partrelid and parent.relnamespace = 'public'::regnamespace
     join pg_attribute key on key.attrelid = parent.oid and key.attnum = t.partattrs[0] and key.atttypid = 'timestamptz'::regtype
     join pg_inherits i on i.inhparent = parent.oid
     join pg_class part on part.oid = i.inhrelid
     where t.partstrat = 'r'
     order by part.relname`,
  );
  return rows
    .map(({ table, partition, bounds }) => {
      const [, from, to] = BOUNDS.exec(bounds) ?? [];
      if (from === undefined || to === undefined)
        throw new Error(`partition ${partition} has bounds of another form: ${bounds}`);
      return { table, partition, from: new Date(from), to: new Date(to) };
    })
    .filter(({ to }) => to <= before)
    .toSorted((a, b) => a.from.getTime() - b.from.getTime());
}
