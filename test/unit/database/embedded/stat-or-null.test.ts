import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLog } from '../../../../src/database/embedded/server-log.js';
import { statOrNull } from '../../../../src/database/embedded/stat-or-null.js';

describe('what is at a path', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pylon-stat-'));
    await writeFile(join(folder, 'file'), 'four');
    await symlink(join(folder, 'postgres.log'), join(folder, 'postgres.log')); // a link that leads to itself
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is told of a file, and null where there is none', async () => {
    expect((await statOrNull(join(folder, 'file')))?.size).toBe(4);
    expect(await statOrNull(join(folder, 'none'))).toBeNull();
  });

  it.each([
    ['below a file', 'file/postgres.log', /ENOTDIR/],
    ['a link that leads to itself', 'postgres.log', /ELOOP/],
  ])('is an error that says where and why when the system will not say: %s', async (_case, name, why) => {
    const looking = statOrNull(join(folder, name));
    await expect(looking).rejects.toThrow(`${join(folder, name)} cannot be looked at`);
    await expect(looking).rejects.toThrow(why);
  });

  it('is not taken for nothing by who opens the log of a server', async () => {
    await expect(openLog({ folder, cluster: join(folder, 'postgres'), account: null })).rejects.toThrow(
      'postgres.log cannot be looked at',
    );
  });
});
