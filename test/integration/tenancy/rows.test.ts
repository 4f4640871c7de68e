import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { announce, createTenantRows, type TenantRows } from '../../support/tenant-rows.js';
import { OPEN_TABLES, PRIVATE_TABLES, rowsOf } from './tables.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const GENERATED_ALWAYS = '428C9';
/** What becomes of a write that is not allowed: there is no such row, there is no right to it, or to anybody. */
const REFUSED = [0, INSUFFICIENT_PRIVILEGE, GENERATED_ALWAYS];

let database: TestDatabase;
let a: TenantRows;
let b: TenantRows;

beforeAll(async () => {
  database = await createTestDatabase();
  a = await createTenantRows(database, 'Alpha', { text: 'MARK-OF-A', number: 424_242_424.5 });
  b = await createTenantRows(database, 'Beta', { text: 'MARK-OF-B', number: 731_373_137.5 });
});
afterAll(() => database.drop());

type As = 'A' | 'nobody' | 'B' | 'an administrator';

/** SQL of the app's own login in a transaction that says for whom, and is undone. */
async function as<Result>(who: As, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    if (who !== 'nobody') {
      const { operatorId } = who === 'B' ? b : a;
      const role = who === 'an administrator' ? 'ADMIN' : 'OPERATOR';
      await client.query(
        `select set_config('pylon.operator', $1, true), set_config('pylon.role', $2, true)`,
        [String(operatorId), role],
      );
    }
    return await work(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** How many rows a statement touched, or the code it was refused with. */
const touched = (who: As, sql: string, values: readonly unknown[]): Promise<number | string> =>
  as(who, async (client) => {
    try {
      return (await client.query(sql, [...values])).rowCount ?? 0;
    } catch (error) {
      if (error instanceof pg.DatabaseError) return error.code ?? 'unknown';
      throw error;
    }
  });

const seenOfB = (who: As, table: string): Promise<number> =>
  as(who, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::integer as count from ${table} where operator_id = $1`,
      [b.operatorId],
    );
    return rows[0]?.count ?? -1;
  });

describe('the tables of the compute side', () => {
  it('are listed as private or open, as their policies have them, and every one that belongs to an operator is', async () => {
    const { rows } = await database.owner.query<{ name: string; forced: boolean; open: boolean }>(
      `select c.relname as name, c.relforcerowsecurity as forced,
         exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'open') as open
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
         and (c.relrowsecurity or exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'operator_id'))
       order by 1`,
    );
    expect(rows.filter(({ forced }) => !forced)).toEqual([]);
    expect(rows.filter(({ open }) => !open).map(({ name }) => name)).toEqual(PRIVATE_TABLES);
    expect(rows.filter(({ open }) => open).map(({ name }) => name)).toEqual(OPEN_TABLES);
  });

  it('are kept apart for the very login that requests use: it owns nothing, bypasses nothing and is no superuser', async () => {
    const { rows } = await database.pool.query(
      `select rolsuper, rolbypassrls, (select count(*)::integer from pg_class where relowner = r.oid) as owned
       from pg_roles r where rolname = current_user`,
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, owned: 0 }]);
  });
});

describe.each(PRIVATE_TABLES)('%s', (table) => {
  it('shows no row of B to A or to nobody in particular, and B its own', async () => {
    // What answers to actions are kept under is for the functions of actions alone.
    const readable = table !== 'action_keys';
    for (const who of ['A', 'nobody'] as const)
      expect(await (readable ? seenOfB(who, table) : touched(who, `select from ${table}`, []))).toBe(
        readable ? 0 : INSUFFICIENT_PRIVILEGE,
      );
    if (!readable) return;
    expect(await seenOfB('B', table)).toBeGreaterThan(0);
    expect(await seenOfB('an administrator', table)).toBeGreaterThan(0);
  });

  it('shows nothing of anybody to nobody in particular', async () => {
    expect(await touched('nobody', `select from ${table}`, [])).toBe(
      table === 'action_keys' ? INSUFFICIENT_PRIVILEGE : 0,
    );
  });
});

describe.each([...PRIVATE_TABLES, ...OPEN_TABLES])('%s', (table) => {
  it.each(['A', 'nobody'] as const)('takes no write to a row of B from %s', async (who) => {
    const { rows: columns } = await database.owner.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
      [table],
    );
    const rows = await rowsOf(database.owner, b.operatorId);
    const [row] = rows[table] ?? [];
    expect(row).toBeDefined();
    for (const { name } of columns)
      expect(REFUSED, `update of ${name}`).toContain(
        await touched(who, `update ${table} set "${name}" = "${name}" where operator_id = $1`, [
          b.operatorId,
        ]),
      );
    expect(REFUSED).toContain(
      await touched(who, `delete from ${table} where operator_id = $1`, [b.operatorId]),
    );
    expect(await touched(who, `truncate ${table} cascade`, [])).toBe(INSUFFICIENT_PRIVILEGE);
    const copied = `insert into ${table} overriding system value select * from jsonb_populate_record(null::${table}, $1)`;
    expect(await touched(who, copied, [JSON.stringify(row)])).toBe(INSUFFICIENT_PRIVILEGE);
    expect(await rowsOf(database.owner, b.operatorId)).toEqual(rows);
  });

  it('gives no row of A away to B', async () => {
    expect(REFUSED).toContain(
      await touched('A', `update ${table} set operator_id = $1 where operator_id = $2`, [
        b.operatorId,
        a.operatorId,
      ]),
    );
  });
});

it('B writes what is its own, so that the refusals above mean something', async () => {
  for (const table of ['workloads', 'users', 'agents', 'data_centres', 'operators'])
    expect(
      await touched('B', `update ${table} set version = version + 1 where operator_id = $1`, [b.operatorId]),
    ).toBe(1);
});

describe('what events carry', () => {
  it('is read through its function alone, and of B by B', async () => {
    const last = await announce(database.owner, [
      { table: 'workloads', id: b.ids.workloads },
      { table: 'data_centres', id: b.ids.data_centres },
    ]);
    const sequences = [last - 1n, last];
    const read = (who: As) =>
      as(who, async (client) => {
        const { rows } = await client.query<{ sequence: bigint }>(
          'select sequence from read_event_states($1) order by sequence',
          [sequences],
        );
        return rows.map(({ sequence }) => sequence);
      });
    expect(await read('A')).toEqual([last]);
    expect(await read('nobody')).toEqual([last]);
    expect(await read('B')).toEqual(sequences);
    expect(await read('an administrator')).toEqual(sequences);
    for (const column of ['state', 'operator_ids'])
      expect(await touched('B', `select ${column} from event_log`, [])).toBe(INSUFFICIENT_PRIVILEGE);
  });
});

it('secrets of keys are read by nobody', async () => {
  for (const who of ['A', 'B', 'nobody', 'an administrator'] as const)
    expect(await touched(who, 'select from api_key_secrets', [])).toBe(INSUFFICIENT_PRIVILEGE);
});

it('a key tells whether it counts no more, and nothing else', async () => {
  const told = async (): Promise<unknown> => {
    const { rows } = await as('nobody', (client) =>
      client.query('select * from keys_out_of_force($1) order by 1', [
        [a.ids.api_keys, b.ids.api_keys, 2_000_000_000],
      ]),
    );
    return rows;
  };
  const revoke = (at: string) =>
    database.owner.query(`update api_keys set revoked_at = ${at} where api_key_id = $1`, [b.ids.api_keys]);
  expect(await told()).toEqual([]);
  await revoke('now()');
  expect(await told()).toEqual([{ api_key_id: b.ids.api_keys, reason: 'REVOKED' }]);
  await revoke('null');
});

it('whom an event is for is told without what it holds', async () => {
  const last = await announce(database.owner, [{ table: 'workloads', id: b.ids.workloads }]);
  const { rows } = await as('nobody', (client) => client.query('select * from event_readers($1)', [[last]]));
  expect(rows).toEqual([{ sequence: last, operator_ids: [b.operatorId] }]);
});
