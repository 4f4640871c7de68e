import type { ActionTransaction } from '../database/actions.js';
import type { Fault } from '../domain/refusal.js';

type Looker = Pick<ActionTransaction, 'db' | 'viewer'>;

/** Rows that inputs name: what to call them, and how they are found by a name ($1) of an operator ($2). */
const ROWS = {
  operator: ['operator', 'select from operators where name = $1 and $2::integer is not null'],
  agent: ['agent', 'select from agents where code = $1 and $2::integer is not null'],
  'data centre': ['data centre', 'select from data_centres where dc_id = $1 and $2::integer is not null'],
  'storage asset': [
    'storage asset',
    'select from storage_assets where asset_id = $1 and $2::integer is not null',
  ],
  'flexibility window': [
    'flexibility window',
    'select from flexibility_windows where code = $1 and $2::integer is not null',
  ],
  zone: [
    'zone that the marketplace has stated',
    'select from grid_zones where zone_code = $1 and $2::integer is not null limit 1',
  ],
  workload: ['workload of yours', 'select from workloads where job_id = $1 and operator_id = $2'],
  user: ['user of yours', 'select from users where email = $1 and operator_id = $2'],
  placement: ['placement of yours', 'select from placements where code = $1 and operator_id = $2'],
  negotiation: [
    'negotiation of yours',
    'select from negotiations where code = $1 and $2 in (operator_id, responder_operator_id)',
  ],
  decision: ['decision of yours', 'select from decisions where code = $1 and operator_id = $2'],
} as const;

export type NamedRow = keyof typeof ROWS;

/** Fields of an input, each with what it names. */
export type NamedRows<Input> = { readonly [Name in keyof Input & string]?: NamedRow };

/**
 * Faults of the fields whose text names no row, or one that there is already.
 *
 * @param wanted `there`: they must name a row; `free`: one that is to be made.
 */
export async function namingFaults(
  looker: Looker,
  input: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, NamedRow | undefined>>,
  wanted: 'there' | 'free',
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [field, row] of Object.entries(names)) {
    const name = input[field];
    if (row === undefined || typeof name !== 'string') continue;
    const isThere = await exists(looker, row, name);
    if (isThere === (wanted === 'there')) continue;
    const [noun] = ROWS[row];
    const said = `${noun} ${JSON.stringify(name)}`;
    faults.push({
      path: `input.${field}`,
      message: isThere ? `there is a ${said} already` : `there is no ${said}`,
    });
  }
  return faults;
}

async function exists({ db, viewer }: Looker, row: NamedRow, name: string): Promise<boolean> {
  const { rowCount } = await db.query(ROWS[row][1], [name, viewer.operatorId]);
  return (rowCount ?? 0) > 0;
}
