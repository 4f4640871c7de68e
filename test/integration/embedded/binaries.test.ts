import { chmod, chown, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisMachine } from '../../../src/database/embedded/machine.js';
import { platformPackage } from '../../../src/database/embedded/platform-package.js';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { childOn, useChildren } from './children.js';
import { canBeNobody, isRoot, NOBODY, packageWithoutLinks, testFolder } from './places.js';

const settings = { fsync: 'off' };

describe('the platform package', () => {
  useChildren();

  it('is completed where its install script was blocked, also by two processes at once', async () => {
    const folder = await testFolder();
    const packageRoot = await packageWithoutLinks(folder);
    const machine = { ...thisMachine, packageRoot: () => packageRoot };
    const dataDirs = [join(folder, 'a'), join(folder, 'b')];
    const servers = await Promise.all(
      dataDirs.map((dataDir) => startEmbeddedPostgres({ dataDir, settings }, machine)),
    );
    expect(servers.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
    expect(await readdir(join(packageRoot, 'native', 'lib'))).toContain('libicuuc.so.60');
    expect(await readdir(dataDirs[0] ?? '')).not.toContainEqual(expect.stringMatching(/^postgresql-/));
  });

  it.skipIf(!isRoot)('is copied beside the cluster where its user cannot reach it', async () => {
    const folder = await testFolder();
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await rename(await packageWithoutLinks(folder), join(closed, 'linux'));
    const machine = { ...thisMachine, packageRoot: () => join(closed, 'linux') };
    const notices: string[] = [];
    const start = () =>
      startEmbeddedPostgres({ dataDir: folder, settings, onNotice: (text) => notices.push(text) }, machine);

    const first = await start();
    expect(first.outcome).toBe('created');
    await first.stop();
    expect((await start()).outcome).toBe('started');
    expect(notices).toEqual([
      expect.stringMatching(/^Copied PostgreSQL's programs to .*postgresql-18\.\S+-linux/),
    ]);
  });

  it.skipIf(!canBeNobody)('is copied where it lacks its links and cannot be written', async () => {
    const folder = await testFolder();
    const packageRoot = await packageWithoutLinks(folder);
    const dataDir = join(folder, 'data');
    await mkdir(dataDir);
    await chown(dataDir, NOBODY, NOBODY);
    const child = childOn(dataDir, { packageRoot, uid: NOBODY });
    const { outcome, notices } = await child.started;
    expect(outcome).toBe('created');
    expect(notices).toEqual([expect.stringContaining("Copied PostgreSQL's programs")]);
    expect(await child.stop()).toBe('stopped');
  });

  it('is reported with both reasons when it is broken', async () => {
    const folder = await testFolder();
    const packageRoot = await packageWithoutLinks(folder);
    await rename(join(packageRoot, 'native', 'lib'), join(packageRoot, 'native', 'elsewhere'));
    await mkdir(join(packageRoot, 'native', 'lib'));
    await chmod(join(packageRoot, 'native', 'lib'), 0o755);
    const start = startEmbeddedPostgres(
      { dataDir: folder, settings },
      { ...thisMachine, packageRoot: () => packageRoot },
    );
    await expect(start).rejects.toThrow(/does not run on this machine.*shared librar.*set DATABASE_URL/s);
  });

  it.each([
    ['win32', 'arm64', 'windows-arm64'],
    ['freebsd', 'x64', 'freebsd-x64'],
  ])('does not exist for %s on %s, which is said with the fix', (platform, arch, name) => {
    expect(() => platformPackage(platform, arch)).toThrow(
      `There is no embedded PostgreSQL for ${name}. To run here, set DATABASE_URL to a PostgreSQL`,
    );
  });

  it('may be missing, which is said with the fix', () => {
    const [platform, arch] = process.platform === 'darwin' ? ['linux', 'x64'] : ['darwin', 'arm64'];
    expect(() => platformPackage(platform, arch)).toThrow(/is not installed.*Install again on this machine/);
  });
});
