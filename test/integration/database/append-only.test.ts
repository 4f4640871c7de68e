import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPEND_ONLY_TABLES } from '../../../src/database/app-login.js';
import { openBackfill } from '../../../src/database/backfills.js';
import { recordCarbonFactors } from '../../../src/database/carbon-factors.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aRun, aStatement, createWriters, type Writer } from './writers.js';

const FROM = new Date('2026-03-02T12:00Z');
const INSUFFICIENT_PRIVILEGE = '42501';

describe('the login that requests use', () => {
  let database: TestDatabase;
  let writer: Writer;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { writers } = await createWriters(database, [{ id: 'real', quality: 'REAL', priority: 100 }]);
    if (!writers[0]) throw new Error('no writer');
    writer = writers[0];
    await writer.write([aStatement({ regionId: 13, from: FROM })]);
    const run = aRun({ sourceId: writer.sourceId, startedAt: database.clock.now() });
    await recordCarbonFactors(database.pool, writer.lease, run, [{ fuel: 'Wind', gco2PerKwh: 0 }]);
  });
  afterAll(() => database.drop());

  /** The append-only tables and every partition of theirs. */
  async function tables(): Promise<string[]> {
    const { rows } = await database.owner.query<{ name: string }>(
      `select c.relname as name from pg_class c left join pg_inherits i on i.inhrelid = c.oid
       where c.relkind in ('r', 'p') and (c.relname = any ($1) or i.inhparent::regclass::text = any ($1)) order by 1`,
      [APPEND_ONLY_TABLES],
    );
    return rows.map(({ name }) => name);
  }
  const codeOf = async (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'done',
      (error: unknown) => (error instanceof pg.DatabaseError ? error.code : String(error)),
    );
  const asApp = (sql: string): Promise<unknown> => codeOf(database.pool.query(sql));

  it('is neither superuser nor BYPASSRLS nor owner, and cannot become one', async () => {
    const { rows } = await database.pool.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         pg_has_role(current_user, (select tableowner from pg_tables where tablename = 'observations'), 'MEMBER') as owner
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        owner: false,
      },
    ]);
    const { rows: owned } = await database.pool.query(
      'select from pg_class where relowner = current_user::regrole',
    );
    expect(owned).toEqual([]);
  });

  it('changes, empties, alters, drops and fills no append-only table, nor any partition of one', async () => {
    const names = await tables();
    expect(names).toEqual(
      expect.arrayContaining([...APPEND_ONLY_TABLES, 'observations_2026_03', 'event_log_00000000']),
    );
    for (const name of names) {
      const { rows } = await database.owner.query<{ column: string }>(
        "select attname as column from pg_attribute where attrelid = $1::regclass and attnum > 0 and attidentity = '' order by attnum limit 1",
        [name],
      );
      const column = rows[0]?.column ?? '';
      const attempts = {
        update: `update ${name} set ${column} = ${column}`,
        delete: `delete from ${name}`,
        truncate: `truncate ${name}`,
        cascade: `truncate ${name} cascade`,
        alter: `alter table ${name} add column more integer`,
        disable: `alter table ${name} disable trigger all`,
        drop: `drop table ${name}`,
        insert: `insert into ${name} default values`,
        rule: `create rule silence as on insert to ${name} do instead nothing`,
        lock: `do $$ begin lock table ${name} in access exclusive mode; end $$`,
      };
      for (const [what, sql] of Object.entries(attempts))
        expect([name, what, await asApp(sql)]).toEqual([name, what, INSUFFICIENT_PRIVILEGE]);
      expect([name, 'copy', await copyInto(name)]).toEqual([name, 'copy', INSUFFICIENT_PRIVILEGE]);
    }
    const { rows } = await database.owner.query('select count(*)::integer as count from observations');
    expect(rows).toEqual([{ count: 1 }]);
  });

  async function copyInto(name: string): Promise<unknown> {
    const client = await database.pool.connect();
    try {
      return await codeOf(pipeline(Readable.from([]), client.query(copyFrom(`copy ${name} from stdin`))));
    } finally {
      client.release(true);
    }
  }

  it('moves neither the head of the log nor the read model nor the clock by hand', async () => {
    for (const sql of [
      'update event_head set last_sequence = 0',
      `update grid_signals set forecast_gco2_per_kwh = 0`,
      'delete from grid_signals',
      'update clock set offset_ms = 0',
      'update regions set latitude = 0',
      'update sources set priority = 999',
      'delete from _prisma_migrations',
      'select * from pylon_private.app_login',
    ])
      expect([sql, await asApp(sql)]).toEqual([sql, INSUFFICIENT_PRIVILEGE]);
  });

  it('reaches the steps of an append only through the functions that record', async () => {
    for (const sql of [
      'select * from open_commit()',
      `select close_commit(1, 2, now())`,
      `select insert_ingest_run('{}', 0, 0, 1, 1)`,
    ])
      expect([sql, await asApp(sql)]).toEqual([sql, INSUFFICIENT_PRIVILEGE]);
  });

  it('cannot make the recording functions act on a table of its own', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin; create temporary table staged (like observations)');
      const attempt = client.query(
        'select * from record_grid_statements($1, $2, $3, 1::smallint, 1::smallint, true)',
        [writer.lease.name, writer.lease.fencing, JSON.stringify({ source_id: writer.sourceId })],
      );
      expect(await codeOf(attempt)).toBe(INSUFFICIENT_PRIVILEGE);
    } finally {
      client.release(true);
    }
  });

  it.each([
    ['staged_notifications', 'record_physical_notifications($1, $2, $3)'],
    ['staged_records', `record_dataset_records($1, $2, $3, 'MELS')`],
  ])('cannot make a window of a data set be taken from a %s of its own', async (table, call) => {
    const client = await database.pool.connect();
    try {
      await client.query(`begin; create temporary table ${table} (like dataset_records)`);
      const attempt = client.query(`select * from ${call}`, [
        writer.lease.name,
        writer.lease.fencing,
        JSON.stringify({ source_id: writer.sourceId }),
      ]);
      expect(await codeOf(attempt)).toBe(INSUFFICIENT_PRIVILEGE);
    } finally {
      client.release(true);
    }
  });

  it('says what data sets work only under a lease', async () => {
    expect(await asApp(`select record_market_datasets('nobody', 1, '[]')`)).toBe('PY001');
    expect(await asApp(`delete from market_datasets`)).toBe(INSUFFICIENT_PRIVILEGE);
    const { name, fencing } = writer.lease;
    const closing = `select close_dataset_run('${name}', ${fencing}, '{}', 1, 0, 0, 0)`;
    expect(await asApp(closing)).toBe(INSUFFICIENT_PRIVILEGE);
  });

  it('makes no objects beside the tables', async () => {
    expect(await asApp('create table public.mine (a integer)')).toBe(INSUFFICIENT_PRIVILEGE);
    expect(await asApp('create function public.mine() returns integer language sql as $$ select 1 $$')).toBe(
      INSUFFICIENT_PRIVILEGE,
    );
    expect(await asApp('create schema mine')).toBe(INSUFFICIENT_PRIVILEGE);
  });

  it('opens a backfill and holds leases', async () => {
    const span = { from: FROM, to: new Date('2026-03-03T12:00Z') };
    const first = await openBackfill(database, 'carbon-intensity-regional', span);
    expect(await openBackfill(database, 'carbon-intensity-regional', span)).toEqual(first);
    expect(await asApp('delete from leases where false')).toBe('done');
  });
});

describe('another role of the server', () => {
  let database: TestDatabase;
  let stranger: pg.Client;
  const name = `stranger_${Math.random().toString(36).slice(2, 10)}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.owner.query(`create role ${name} login password 'secret'`);
    const url = new URL(database.ownerUrl);
    url.username = name;
    url.password = 'secret';
    stranger = new pg.Client({ connectionString: url.href });
    await stranger.connect();
  });
  afterAll(async () => {
    await stranger.end();
    await database.drop();
    const admin = new pg.Client({ connectionString: database.ownerUrl.replace(/[^/]+$/, 'pylon') });
    await admin.connect();
    await admin.query(`drop role ${name}`);
    await admin.end();
  });

  it('may call none of the functions that act as the owner', async () => {
    const { rows } = await database.owner.query<{ call: string }>(
      `select format('select %I(%s)', proname, (select string_agg('null', ', ') from generate_series(1, pronargs))) as call
       from pg_proc where prosecdef and pronamespace = 'public'::regnamespace`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(8);
    for (const { call } of rows)
      await expect(stranger.query(call), call).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
  });
});
