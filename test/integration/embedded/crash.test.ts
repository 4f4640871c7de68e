import { chown, cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { childOn, useChildren } from './children.js';
import { connected } from './clients.js';
import { endServer, testFolder } from './places.js';

const settings = { fsync: 'off' };

describe('after a crash of ours', () => {
  useChildren();

  it('adopts the server that a killed process left behind', async () => {
    const dataDir = await testFolder();
    const child = childOn(dataDir);
    const { ownerUrl, outcome } = await child.started;
    expect(outcome).toBe('created');
    await child.kill();

    const server = await startEmbeddedPostgres({ dataDir, settings });
    expect(server).toMatchObject({ outcome: 'adopted', ownerUrl });
    await (await connected(server.ownerUrl)).query('create table still_mine (id int)');
    expect(await server.stop()).toBe('stopped');
  });

  it('begins again where it was killed in the midst of initdb', async () => {
    const dataDir = await testFolder();
    const child = childOn(dataDir);
    await expect
      .poll(() => readdir(dataDir), { interval: 5 })
      .toContainEqual(expect.stringMatching(/^postgres\.new-/));
    await child.kill();

    const server = await startEmbeddedPostgres({ dataDir, settings });
    expect(server.outcome).toBe('created');
    expect((await readdir(dataDir)).filter((name) => /new|lock/.test(name))).toEqual([]);
  });
});

describe('after a crash of PostgreSQL', () => {
  it('waits for the survivors of a server that was killed, and recovers what was committed', async () => {
    const dataDir = await testFolder();
    const before = await startEmbeddedPostgres({ dataDir, settings });
    const client = await connected(before.ownerUrl);
    await client.query('create table kept as select 7 as id');
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const survivor = rows[0]?.pid ?? 0;
    process.kill(survivor, 'SIGSTOP'); // it cannot notice, and still holds the shared memory
    const [pid] = (await readFile(join(before.dataDirectory, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    setTimeout(() => process.kill(survivor, 'SIGCONT'), 1_000);

    const after = await startEmbeddedPostgres({ dataDir, settings });
    expect(after.outcome).toBe('started');
    expect((await (await connected(after.ownerUrl)).query('select id from kept')).rows).toEqual([{ id: 7 }]);
  });

  it('does not take the server of the original for that of a copied folder', async () => {
    const [dataDir, copy] = [await testFolder(), join(await testFolder(), 'copy')];
    const original = await startEmbeddedPostgres({ dataDir, settings });
    await cp(dataDir, copy, { recursive: true, preserveTimestamps: true });
    await handOver(original.dataDirectory, join(copy, 'postgres'));

    const second = await startEmbeddedPostgres({ dataDir: copy, settings });
    expect(second).toMatchObject({ outcome: 'started', dataDirectory: join(copy, 'postgres') });
    expect(second.ownerUrl).not.toBe(original.ownerUrl);
    await endServer(original.dataDirectory);
  });
});

/** A copy made by root is root's; `cp -a` would have kept the owner. */
async function handOver(from: string, to: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(from);
  await chown(to, uid, gid);
  for (const entry of await readdir(to, { recursive: true })) await chown(join(to, entry), uid, gid);
}
