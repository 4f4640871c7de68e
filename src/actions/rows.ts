/** Rows that an action makes or changes: found by their natural ids, the caller's own, locked, and counted up. */
import type { ActionTransaction } from '../database/actions.js';
import { Refused } from '../domain/refusal.js';

/** Tables of objects that their operator registers: number, natural id, and what to call them. */
const TABLES = {
  data_centres: { number: 'data_centre_id', name: 'dc_id', noun: 'data centre' },
  storage_assets: { number: 'storage_asset_id', name: 'asset_id', noun: 'storage asset' },
  agents: { number: 'agent_id', name: 'code', noun: 'agent' },
  flexibility_windows: { number: 'flexibility_window_id', name: 'code', noun: 'flexibility window' },
  operators: { number: 'operator_id', name: 'name', noun: 'operator' },
} as const;

export type OwnTable = keyof typeof TABLES;

interface OwnRow {
  readonly operator_id: number;
  readonly version: number;
}

/**
 * The row of that name, locked until the action ends.
 *
 * @param expectedVersion how often the caller saw it change; null: he does not mind.
 * @throws {Refused} NOT_FOUND, NOT_ALLOWED for another operator's, VERSION_CONFLICT
 */
export async function lockOwn<Columns extends object = object>(
  { db, viewer }: ActionTransaction,
  table: OwnTable,
  name: string,
  expectedVersion: number | null,
): Promise<Columns & OwnRow & { readonly id: number }> {
  const { number, name: column, noun } = TABLES[table];
  const { rows: owners } = await db.query<{ operator_id: number }>(
    `select operator_id from ${table} where ${column} = $1`,
    [name],
  );
  const owner = owners[0];
  if (!owner) throw new Refused('NOT_FOUND', `there is no ${noun} ${JSON.stringify(name)}`);
  if (owner.operator_id !== viewer.operatorId && viewer.role !== 'ADMIN')
    throw new Refused('NOT_ALLOWED', `the ${noun} ${JSON.stringify(name)} is another operator's`);
  const { rows } = await db.query<Columns & OwnRow & { readonly id: number }>(
    // Rows that only refer to it need not wait, and two that began so do not wait for each other.
    `select ${number} as id, * from ${table} where ${column} = $1 for no key update`,
    [name],
  );
  const row = rows[0];
  if (!row) throw new Refused('NOT_FOUND', `there is no ${noun} ${JSON.stringify(name)}`); // renamed meanwhile
  requireVersion(row, expectedVersion);
  return row;
}

/** @throws {Refused} VERSION_CONFLICT */
export function requireVersion(row: { readonly version: number }, expectedVersion: number | null): void {
  if (expectedVersion !== null && expectedVersion !== row.version)
    throw new Refused(
      'VERSION_CONFLICT',
      `it was changed: its version is ${row.version}, not ${expectedVersion}`,
    );
}

/**
 * Sets columns, and counts the row's version up.
 *
 * @param columns null and undefined leave one as it is.
 * @param clearable of these only undefined does; null is set.
 */
export async function changeRow(
  { db, now }: Pick<ActionTransaction, 'db' | 'now'>,
  table: OwnTable | 'users',
  id: number,
  columns: Readonly<Record<string, unknown>>,
  clearable: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const number = table === 'users' ? 'user_id' : TABLES[table].number;
  const given = [
    ...Object.entries(columns).filter(([, value]) => value !== null && value !== undefined),
    ...Object.entries(clearable).filter(([, value]) => value !== undefined),
  ];
  const sets = given.map(([column], i) => `${column} = $${i + 3}, `).join('');
  await db.query(`update ${table} set ${sets}version = version + 1, updated_at = $2 where ${number} = $1`, [
    id,
    now,
    ...given.map(([, value]) => value),
  ]);
}

/** Inserts a row of the caller's, synthetic if he is; what is null gets its column's default. */
export async function insertOwn(
  { db, viewer, now }: ActionTransaction,
  table: Exclude<OwnTable, 'operators'>,
  columns: Readonly<Record<string, unknown>>,
): Promise<number> {
  const given = Object.entries({ ...columns, created_at: now, updated_at: now }).filter(
    ([, value]) => value !== null,
  );
  const { rows } = await db.query<{ id: number }>(
    `insert into ${table} (operator_id, is_synthetic, ${given.map(([column]) => column).join(', ')})
     select operator_id, is_synthetic, ${given.map((_, i) => `$${i + 2}`).join(', ')}
     from operators where operator_id = $1 returning ${TABLES[table].number} as id`,
    [viewer.operatorId, ...given.map(([, value]) => value)],
  );
  if (!rows[0]) throw new Error(`operator ${viewer.operatorId}, who acts, is not there`);
  return rows[0].id;
}
