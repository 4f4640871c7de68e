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
  const counted = tables.filter(({ name }) => name !== 'leases');
  const { rows } = await owner.query<{ name: string; state: string }>(
    counted
      .map(
        ({ partition, name }) =>
          `select '${name}' as name, count(*) || ' rows ' || md5(coalesce(string_agg(xmin || ' ' || ctid, ',' order by ctid), '')) as state from only ${partition}`,
      )
      .join(' union all '),
  );
  const states: Record<string, string> = {};
  for (const { name, state } of rows) states[name] = `${states[name] ?? ''}[${state}]`;
  return states;
}

/** The tables whose state differs between two readings. */
export const changedTables = (before: Record<string, string>, after: Record<string, string>): string[] =>
  Object.keys(after).filter((name) => before[name] !== after[name]);
