import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { migrate, readMigrations, type Migration } from '../../../src/database/migrate.js';
import { MIGRATIONS_FOLDER, openDatabase } from '../../../src/database/open.js';
import { seedRegions } from '../../../src/database/regions.js';
import { SOURCES } from '../../../src/ingest/registry.js';
import { dropDatabase } from '../../support/database.js';
import { withDatabase } from '../../support/global-setup.js';
import { until } from '../../support/until.js';

/** Key of the lock that Prisma's schema engine takes while it migrates. */
const PRISMA_LOCK = 72707369;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const aMigration = (name: string, sql: string): Migration => ({ name, sql, checksum: sha256(sql) });

const FIRST = aMigration(
  '20260101000000_first',
  'create table steps (step integer); insert into steps values (1);',
);
const SECOND = aMigration('20260102000000_second', 'insert into steps values (2);');

describe('migrations', () => {
  let admin: pg.Client;
  let name: string;
  let url: string;
  let clients: pg.Client[];
  /** Logins that a test made: the server's, not the database's. */
  let roles: string[];

  beforeAll(async () => {
    admin = new pg.Client({ connectionString: inject('ownerUrl') });
    await admin.connect();
  });
  afterAll(() => admin.end());
  beforeEach(async () => {
    name = `test_${randomBytes(6).toString('hex')}`;
    await admin.query(`create database ${name}`);
    url = withDatabase(inject('ownerUrl'), name);
    clients = [];
    roles = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await dropDatabase(admin, name);
    for (const role of roles) await admin.query(`drop role ${role}`);
  });

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    clients.push(client);
    return client;
  }
  const steps = async (client: pg.Client): Promise<number[]> =>
    (await client.query<{ step: number }>('select step from steps order by step')).rows.map(
      ({ step }) => step,
    );

  it('are applied once, in the order of their names, and later ones when they come', async () => {
    const client = await connect();
    expect(await migrate(client, [FIRST])).toEqual([FIRST.name]);
    expect(await migrate(client, [FIRST, SECOND])).toEqual([SECOND.name]);
    expect(await migrate(client, [FIRST, SECOND])).toEqual([]);
    expect(await steps(client)).toEqual([1, 2]);
  });

  it('are applied once when several connections come at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, connect));
    const applied = await Promise.all(all.map((client) => migrate(client, [FIRST, SECOND])));
    expect(applied.flat().sort()).toEqual([FIRST.name, SECOND.name]);
    expect(await steps(await connect())).toEqual([1, 2]);
  });

  it('open an empty database for several processes at once, and none sees it half made', async () => {
    const opened = await Promise.all(
      Array.from({ length: 4 }, () =>
        openDatabase({
          ownerUrl: url,
          appUrl: null,
          pylonNow: null,
          sources: SOURCES,
          onError: () => undefined,
        }),
      ),
    );
    for (const database of opened) {
      expect((await database.pool.query('select from regions')).rows).toHaveLength(18);
      expect(database.sources.entries.map(({ code }) => code).sort()).toEqual(
        SOURCES.map(({ id }) => id).sort(),
      );
      await database.close();
    }
    const { rows } = await (await connect()).query('select migration_name from _prisma_migrations');
    expect(rows.length).toBe((await readMigrations(MIGRATIONS_FOLDER)).length);
    roles.push(new URL(opened[0]?.appUrl ?? '').username);
  });

  it('add up the power that stood before there were sums of it', async () => {
    const client = await connect();
    const all = await readMigrations(MIGRATIONS_FOLDER);
    await migrate(
      client,
      all.filter(({ name: each }) => each < '20261122020000_power_ledger'),
    );
    await seedRegions(client);
    await client.query(
      `insert into operators (name, type) values ('Before', 'COMPUTE_OPERATOR');
       insert into data_centres (dc_id, name, operator_id, region_id, capacity_mw, pue) select 'dc', 'DC', operator_id, 13, 1, 1 from operators;
       insert into workloads (operator_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline)
         select operator_id, 'job', 'job', 'OTHER', 1, 1, 60, '2026-03-02', '2026-03-03' from operators;
       insert into placements (code, operator_id, workload_id, data_centre_id, state, expires_at)
         select s.state::text || i, w.operator_id, workload_id, data_centre_id, s.state, case s.state when 'HELD' then timestamptz '2026-03-02' end
         from workloads w, data_centres, unnest(enum_range(null::placement_state)) s (state), generate_series(1, 2) i order by s.state, i;
       insert into placement_slots select placement_id, timestamptz '2026-03-02 12:00Z' + i * interval '30 minutes', data_centre_id, operator_id, 1000, 1000 * placement_id
         from placements, generate_series(0, 1) i`,
    );
    await migrate(client, all);
    const { rows } = await client.query(
      `select l.slot_from, l.facility_w::integer as w, (select sum(1000 * placement_id)::integer from placements where state in ('CONFIRMED', 'RUNNING')) as stood
       from power_ledger l order by 1`,
    );
    expect(rows).toEqual(
      ['2026-03-02T12:00Z', '2026-03-02T12:30Z'].map((at) => ({
        slot_from: new Date(at),
        w: 18_000, // placements 3 to 6
        stood: 18_000,
      })),
    );
  });

  it("wait for Prisma's own lock", async () => {
    const prisma = await connect();
    await prisma.query('select pg_advisory_lock($1)', [PRISMA_LOCK]);
    const client = await connect();
    let done = false;
    const migrating = migrate(client, [FIRST]).finally(() => (done = true));
    await until('the migration waits', async () => {
      const { rows } = await prisma.query("select from pg_locks where locktype = 'advisory' and not granted");
      return rows.length > 0;
    });
    expect(done).toBe(false);
    await prisma.query('select pg_advisory_unlock($1)', [PRISMA_LOCK]);
    expect(await migrating).toEqual([FIRST.name]);
  });

  it('are refused when a file was changed after it had been applied', async () => {
    const client = await connect();
    await migrate(client, [FIRST, SECOND]);
    const changed = aMigration(FIRST.name, `${FIRST.sql} -- better`);
    await expect(migrate(client, [changed, SECOND])).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining(`${FIRST.name} was changed after it had been applied`) as string,
    });
    expect(await migrate(client, [FIRST, SECOND])).toEqual([]); // the lock was given back
  });

  it('are refused when an applied file is missing: the database is newer than the code', async () => {
    const client = await connect();
    await migrate(client, [FIRST, SECOND]);
    await expect(migrate(client, [FIRST])).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining(`${SECOND.name} was applied to this database and is not in`) as string,
    });
  });

  it('are refused where another tool began one and did not finish it, until that is resolved', async () => {
    const client = await connect();
    await migrate(client, [FIRST]);
    await client.query(`insert into _prisma_migrations (id, checksum, migration_name) values ('x', $1, $2)`, [
      SECOND.checksum,
      SECOND.name,
    ]);
    await expect(migrate(client, [FIRST, SECOND])).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
    await client.query(`update _prisma_migrations set rolled_back_at = now() where id = 'x'`);
    expect(await migrate(client, [FIRST, SECOND])).toEqual([SECOND.name]);
  });

  it('leave nothing of one that fails, and say which', async () => {
    const client = await connect();
    const broken = aMigration(SECOND.name, 'insert into steps values (2); insert into nowhere values (1);');
    await expect(migrate(client, [FIRST, broken])).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`${SECOND.name} failed: .*nowhere`)) as string,
    });
    expect(await steps(client)).toEqual([1]);
    expect(await migrate(client, [FIRST, SECOND])).toEqual([SECOND.name]);
  });

  it("are written down in Prisma's own table, as Prisma would", async () => {
    const client = await connect();
    await migrate(client, await readMigrations(MIGRATIONS_FOLDER));
    const { rows: columns } = await client.query(
      `select column_name as name, data_type as type, character_maximum_length as length, is_nullable = 'YES' as nullable, column_default as standard
       from information_schema.columns where table_name = '_prisma_migrations' order by ordinal_position`,
    );
    const column = (
      name: string,
      type: string,
      nullable: boolean,
      length: number | null,
      standard: string | null,
    ) => ({
      name,
      type,
      length,
      nullable,
      standard,
    });
    expect(columns).toEqual([
      column('id', 'character varying', false, 36, null),
      column('checksum', 'character varying', false, 64, null),
      column('finished_at', 'timestamp with time zone', true, null, null),
      column('migration_name', 'character varying', false, 255, null),
      column('logs', 'text', true, null, null),
      column('rolled_back_at', 'timestamp with time zone', true, null, null),
      column('started_at', 'timestamp with time zone', false, null, 'now()'),
      column('applied_steps_count', 'integer', false, null, '0'),
    ]);
    const { rows } = await client.query<Record<string, unknown>>(
      'select * from _prisma_migrations order by 4',
    );
    const [row] = rows;
    const file = join(MIGRATIONS_FOLDER, String(row?.['migration_name']), 'migration.sql');
    expect(row).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      checksum: sha256(await readFile(file, 'utf8')),
      finished_at: expect.any(Date) as Date,
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    });
  });

  it('are read from the folders that hold them, by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pylon-migrations-'));
    try {
      for (const { name: each, sql } of [SECOND, FIRST]) {
        await mkdir(join(folder, each));
        await writeFile(join(folder, each, 'migration.sql'), sql);
      }
      await writeFile(join(folder, 'migration_lock.toml'), 'provider = "postgresql"');
      expect(await readMigrations(folder)).toEqual([FIRST, SECOND]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
