import { chmod, chown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisMachine, type Machine } from '../../../src/database/embedded/machine.js';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { childOn, useChildren } from './children.js';
import { connected } from './clients.js';
import { canBeNobody, isRoot, NOBODY, packageWithoutLinks, testFolder } from './places.js';

const settings = { fsync: 'off' };

describe.skipIf(!isRoot)('as root', () => {
  useChildren();

  it('runs PostgreSQL as an unprivileged user', async () => {
    const { dataDirectory } = await startEmbeddedPostgres({ dataDir: await testFolder(), settings });
    expect((await stat(dataDirectory)).uid).not.toBe(0);
  });

  it('moves to a refuge from below a closed folder, says so, and finds it again', async () => {
    const closed = await testFolder(0o700);
    const refuge = join(await testFolder(), 'refuge');
    const machine: Machine = { ...thisMachine, refuges: [join(closed, 'no use'), refuge] };
    const notices: string[] = [];
    const start = () =>
      startEmbeddedPostgres(
        { dataDir: join(closed, 'data'), settings, onNotice: (m) => notices.push(m) },
        machine,
      );

    const first = await start();
    expect(first.dataDirectory).toMatch(new RegExp(`^${refuge}/[0-9a-f]{16}/postgres$`));
    expect(notices).toEqual([expect.stringMatching(`PostgreSQL keeps its data in ${refuge}/`)]);
    await (await connected(first.ownerUrl)).query('create table kept ()');
    await first.stop({ force: true });

    await chmod(closed, 0o755); // the place asked for can be reached now, but the data are where they were
    const second = await start();
    expect(second).toMatchObject({ outcome: 'started', dataDirectory: first.dataDirectory });
    await (await connected(second.ownerUrl)).query('select from kept');
  });

  it('does not trust a refuge that others may write in', async () => {
    const closed = await testFolder(0o700);
    const open = join(await testFolder(), 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const start = startEmbeddedPostgres({ dataDir: closed, settings }, { ...thisMachine, refuges: [open] });
    await expect(start).rejects.toThrow(/can reach neither .* nor .*Set PYLON_DATA_DIR/);
  });

  it.skipIf(!canBeNobody)('serves and stops a cluster that an ordinary user made, as that user', async () => {
    const folder = await testFolder();
    await chown(folder, NOBODY, NOBODY);
    const child = childOn(folder, { uid: NOBODY, packageRoot: await packageWithoutLinks(folder) });
    expect(await child.started).toMatchObject({
      outcome: 'created',
      dataDirectory: join(folder, 'postgres'),
    });

    const server = await startEmbeddedPostgres({ dataDir: folder, settings });
    expect(server.outcome).toBe('adopted');
    expect(await child.stop()).toBe('left-running');
    expect(await server.stop()).toBe('stopped');
    const again = await startEmbeddedPostgres({ dataDir: folder, settings });
    expect(again.outcome).toBe('started');
    expect((await stat(again.dataDirectory)).uid).toBe(NOBODY);
  });

  it.skipIf(!canBeNobody)("tells an ordinary user who may not read root's cluster what to do", async () => {
    const folder = await testFolder();
    await (await startEmbeddedPostgres({ dataDir: folder, settings })).stop();
    const { error } = await childOn(folder, { uid: NOBODY }).started;
    expect(error).toMatch(/postgres\.lock cannot be written.*Set PYLON_DATA_DIR/);
  });
});

describe.skipIf(!canBeNobody)('as an ordinary user', () => {
  useChildren();

  it('creates, adopts after a crash, and stops', async () => {
    const folder = await testFolder();
    const dataDir = join(folder, 'data');
    await mkdir(dataDir);
    await chown(dataDir, NOBODY, NOBODY);
    const packageRoot = await packageWithoutLinks(folder);
    const first = childOn(dataDir, { uid: NOBODY, packageRoot });
    expect((await first.started).outcome).toBe('created');
    await first.kill();
    const second = childOn(dataDir, { uid: NOBODY, packageRoot });
    expect((await second.started).outcome).toBe('adopted');
    expect(await second.stop()).toBe('stopped');
    expect(await readdir(join(dataDir, 'postgres'))).not.toContain('postmaster.pid');
  });
});
