import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { thisMachine } from '../../../src/database/embedded/machine.js';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { connected } from './clients.js';
import { testFolder } from './places.js';

const settings = { fsync: 'off' };

describe('starting the embedded PostgreSQL', () => {
  it('creates a cluster, stops it, and starts it again with its data', async () => {
    const dataDir = join(await testFolder(), 'not yet there');

    const first = await startEmbeddedPostgres({ dataDir, settings });
    expect(first).toMatchObject({ outcome: 'created', dataDirectory: join(dataDir, 'postgres') });
    expect(first.version).toMatch(/^18\.\d+$/);
    expect(first.ownerUrl).toMatch(/^postgresql:\/\/pylon_owner:[\w-]{32}@127\.0\.0\.1:\d+\/pylon$/);
    const client = await connected(first.ownerUrl);
    await client.query('create table kept (id int)');
    await client.end();
    expect(await first.stop()).toBe('stopped');
    expect(await first.stop()).toBe('stopped');

    const second = await startEmbeddedPostgres({ dataDir, settings });
    expect(second.outcome).toBe('started');
    await (await connected(second.ownerUrl)).query('select from kept');
  });

  it('gives the owner a database, the right to make and grant roles, and no more', async () => {
    const { ownerUrl } = await startEmbeddedPostgres({ dataDir: await testFolder(), settings });
    const owner = await connected(ownerUrl);
    await owner.query(`create role a_group; create role member login; grant a_group to member`);
    await owner.query('create schema mine; create extension btree_gist');
    await owner.query('create database other');
    const { rows } = await owner.query(
      `select rolsuper, rolbypassrls, pg_encoding_to_char(encoding) as encoding
         from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, encoding: 'UTF8' }]);
  });

  it('listens on loopback only, asks for passwords, and says UTC', async () => {
    const dataDir = await testFolder();
    const { ownerUrl } = await startEmbeddedPostgres({ dataDir, settings: { ...settings, work_mem: '3MB' } });
    const owner = await connected(ownerUrl);
    const shown = async (name: string): Promise<unknown> => (await owner.query(`show ${name}`)).rows[0][name];
    expect(await shown('listen_addresses')).toBe('127.0.0.1');
    expect(await shown('TimeZone')).toBe('UTC');
    expect(await shown('max_connections')).toBe('200');
    expect(await shown('wal_level')).toBe('minimal');
    expect(await shown('work_mem')).toBe('3MB');
    expect((await stat(join(dataDir, 'postgres-secrets.json'))).mode & 0o777).toBe(0o600);

    const stranger = new Client({ connectionString: ownerUrl.replace(/:[^:@]+@/, ':guess@') });
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('is not swayed by PostgreSQL variables in the environment', async () => {
    const hostile = {
      PGPORT: '1',
      PGDATA: '/nowhere',
      PGOPTIONS: '-c no_such=1',
      PGSSLMODE: 'require',
      LC_ALL: 'xx_XX.bogus',
      TZ: 'Europe/London',
    };
    const before = Object.keys(hostile).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, hostile);
    onTestFinished(() => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    const server = await startEmbeddedPostgres({ dataDir: await testFolder(), settings });
    expect(server.outcome).toBe('created');
    expect(await server.stop()).toBe('stopped');
  });

  it('tries another port when somebody takes the one it chose', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as { port: number };
    let asked = 0;
    const machine = {
      ...thisMachine,
      freePort: () => (asked++ === 0 ? Promise.resolve(port) : thisMachine.freePort()),
    };
    const { ownerUrl } = await startEmbeddedPostgres({ dataDir: await testFolder(), settings }, machine);
    expect(asked).toBe(2);
    expect(ownerUrl).not.toContain(`:${port}/`);
  });
});
