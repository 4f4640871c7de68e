import type { Pool } from 'pg';

/** Tables whose rows are seen by nobody but the operators that they belong to. A test holds them to the policies. */
export const PRIVATE_TABLES: readonly string[] = [
  'action_keys',
  'agent_cursors',
  'agent_settings',
  'agent_states',
  'api_keys',
  'decision_outcomes',
  'decision_signals',
  'decisions',
  'negotiation_turns',
  'negotiations',
  'operator_accounts',
  'order_messages',
  'order_transactions',
  'placement_slots',
  'placements',
  'users',
  'workload_consumption',
  'workload_runs',
  'workloads',
];

/** Tables that everybody reads and only the operator of a row writes. */
export const OPEN_TABLES: readonly string[] = [
  'agents',
  'data_centres',
  'flexibility_windows',
  'operators',
  'storage_assets',
];

type Row = Readonly<Record<string, unknown>>;

/** All rows of an operator as the owner of the database sees them, by table. */
export async function rowsOf(
  owner: Pool,
  operatorId: number,
): Promise<Readonly<Record<string, readonly Row[]>>> {
  const entries: [string, readonly Row[]][] = [];
  for (const table of [...PRIVATE_TABLES, ...OPEN_TABLES]) {
    const { rows } = await owner.query<{ row: Row }>(
      `select to_jsonb(t) as row from ${table} t where operator_id = $1 order by to_jsonb(t)::text`,
      [operatorId],
    );
    entries.push([table, rows.map(({ row }) => row)]);
  }
  return Object.fromEntries(entries);
}
