import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase, type Database } from '../../../src/database/open.js';
import { PylonError } from '../../../src/domain/errors.js';
import { SOURCES } from '../../../src/ingest/registry.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { withDatabase } from '../../support/global-setup.js';
import { until } from '../../support/until.js';

const OBJECT_IN_USE = '55006';

const open = (ownerUrl: string, appUrl: string | null): Promise<Database> =>
  openDatabase({ ownerUrl, appUrl, pylonNow: null, sources: SOURCES, onError: () => undefined });

async function refusalOf(attempt: Promise<Database>): Promise<string> {
  const outcome: unknown = await attempt.then(
    (database) => database.close().then(() => 'it was opened'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof PylonError)) throw new Error(`no refusal: ${String(outcome)}`);
  expect(outcome.code).toBe('DATABASE_UNAVAILABLE');
  return outcome.message;
}

const asRole = (url: string, role: string, password = 'secret'): string => {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
};

describe("the login of DATABASE_APP_URL, where the database's owner may not create roles", () => {
  const tail = randomBytes(4).toString('hex');
  const roles = {
    owner: `owner_${tail}`,
    app: `pylon_app_${tail}`,
    member: `member_${tail}`,
    maker: `maker_${tail}`,
    writer: `writer_${tail}`,
  };
  const name = `test_${tail}`;
  let admin: pg.Client;
  let ownerUrl: string;

  beforeAll(async () => {
    admin = new pg.Client({ connectionString: inject('ownerUrl') });
    await admin.connect();
    for (const role of Object.values(roles)) await admin.query(`create role ${role} login password 'secret'`);
    await admin.query(`alter role ${roles.maker} createrole`);
    await admin.query(`grant ${roles.owner} to current_user`);
    await admin.query(`grant ${roles.owner} to ${roles.member}`);
    await admin.query(`create database ${name} owner ${roles.owner}`);
    await admin.query(`revoke all on database ${name} from public`);
    ownerUrl = asRole(withDatabase(inject('ownerUrl'), name), roles.owner);
  });
  afterAll(async () => {
    await until('the last sessions are gone', () =>
      admin.query(`drop database ${name}`).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === OBJECT_IN_USE) return null;
        throw error;
      }),
    );
    for (const role of Object.values(roles)) await admin.query(`drop role if exists ${role}`);
    await admin.end();
  });

  it('is asked for, with the SQL that makes it, when it is not set', async () => {
    const message = await refusalOf(open(ownerUrl, null));
    expect(message).toMatch(/owner may not create the login.*permission denied to create role/s);
    expect(message).toContain(
      `create role "pylon_app" login nosuperuser nobypassrls password '<a password>';\nand set DATABASE_APP_URL`,
    );
  });

  it('is made by the SQL that is printed for a role that does not exist', async () => {
    await admin.query(`drop role ${roles.app}`);
    const message = await refusalOf(open(ownerUrl, asRole(ownerUrl, roles.app)));
    expect(message).toContain(`${JSON.stringify(roles.app)}, which does not exist`);
    const sql = /create role [^;]+;/.exec(message)?.[0].replace('<a password>', 'secret');
    await admin.query(sql ?? '');
    const database = await open(ownerUrl, asRole(ownerUrl, roles.app));
    expect((await database.pool.query('select current_user as role')).rows).toEqual([{ role: roles.app }]);
    await database.close();
  });

  it.each([
    ['a superuser', 'postgres', 'is a superuser'],
    ['the owner', roles.owner, 'owns the database or its tables'],
    ['a role that may act as the owner', roles.member, 'owns the database or its tables'],
    ['a role that may create roles', roles.maker, 'may create roles'],
  ])('is refused, with the SQL of a proper one, when it names %s', async (_who, role, fault) => {
    const message = await refusalOf(open(ownerUrl, asRole(ownerUrl, role)));
    expect(message).toContain(`${JSON.stringify(role)}, which ${fault}`);
    expect(message).toContain('create role "pylon_app" login nosuperuser nobypassrls password');
  });

  it('is refused without telling its password when that is wrong', async () => {
    const message = await refusalOf(open(ownerUrl, asRole(ownerUrl, roles.writer, 'a guess')));
    expect(message).toMatch(/password authentication failed.*Check DATABASE_APP_URL/);
    expect(message).not.toContain('guess');
  });

  it('is refused when it reaches another database than the owner', async () => {
    const other = await createTestDatabase();
    try {
      await other.owner.query(`grant select on event_head to ${roles.app}`);
      const elsewhere = withDatabase(ownerUrl, new URL(other.ownerUrl).pathname.slice(1));
      const message = await refusalOf(open(ownerUrl, asRole(elsewhere, roles.app)));
      expect(message).toContain('names another database than DATABASE_URL');
    } finally {
      await other.drop();
    }
  });

  it('loses what was granted to it by hand at the next start', async () => {
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query(`select ensure_observation_partitions('2026-03-01Z', '2026-03-02Z')`);
    await owner.query(`grant all on all tables in schema public to ${roles.app}`);
    await owner.end();
    const database = await open(ownerUrl, asRole(ownerUrl, roles.app));
    for (const table of ['observations', 'observations_2026_03', 'event_log'])
      await expect(database.pool.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
    await database.close();
  });
});

describe('the login that the owner makes', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('is the same for every process on the database', async () => {
    const [a, b] = await Promise.all([open(database.ownerUrl, null), open(database.ownerUrl, null)]);
    expect(a.appUrl).toBe(database.appUrl);
    expect(b.appUrl).toBe(database.appUrl);
    await Promise.all([a.close(), b.close()]);
  });

  it('is made again where a restored dump names a role that this server does not have', async () => {
    const role = `pylon_app_${randomBytes(4).toString('hex')}`;
    await database.owner.query('update pylon_private.app_login set role = $1', [role]);
    const restored = await open(database.ownerUrl, null);
    expect((await restored.pool.query('select current_user as role')).rows).toEqual([{ role }]);
    await restored.close();
    await database.owner.query(`drop owned by ${role}; drop role ${role}`);
  });
});
