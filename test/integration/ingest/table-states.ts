import type { TestDatabase } from '../../support/database.js';

/**
 * What each table holds, as a text that changes with any row written, rewritten or removed: the version of every row is
 * in it. Partitions count for their table; leases are left out, because every run takes one.
 */
export async function tableStates({ owner }: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ partition: string; name: string }>(
    `select c.oid::regclass::text as partition, coalesce(p.relname, c.relname) as name
     from pg_class c
     left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 2, 1`,
  );
  const states: Record<string, string> = {};
  for (const { partition, name } of tables) {
    if (name === 'leases') continue;
    const { rows } = await owner.query<{ state: string }>(
      `select count(*) || ' rows ' || md5(coalesce(string_agg(xmin || ' ' || ctid, ',' order by ctid), '')) as state from ${partition}`,
    );
    states[name] = `${states[name] ?? ''}[${rows[0]?.state ?? ''}]`;
  }
  return states;
}

/** The tables whose state differs between two readings. */
export const changedTables = (before: Record<string, string>, after: Record<string, string>): string[] =>
  Object.keys(after).filter((name) => before[name] !== after[name]);
