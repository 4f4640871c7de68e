import { mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { testFolder } from './places.js';

const settings = { fsync: 'off' };

describe('a start that fails', () => {
  it('quotes the end of the log and says what to do', async () => {
    const dataDir = await testFolder();
    const start = startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'plenty' } });
    await expect(start).rejects.toThrow(/does not start on .*shared_buffers.*set DATABASE_URL/s);
    expect(await readdir(dataDir)).not.toContain('postgres.lock');

    const again = await startEmbeddedPostgres({ dataDir, settings });
    expect(again.outcome).toBe('started');
  });

  it('refuses settings that are its own to choose', async () => {
    const start = startEmbeddedPostgres({ dataDir: await testFolder(), settings: { port: '5432' } });
    await expect(start).rejects.toThrow(
      'The setting port of the embedded PostgreSQL is fixed. Leave it out.',
    );
  });

  it('leaves a folder alone that is no cluster', async () => {
    const dataDir = join(await testFolder(), 'data');
    const notes = join(dataDir, 'postgres', 'notes.txt');
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(notes, 'mine');
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(
      /not a database cluster.*Move it away/,
    );
    expect(await readFile(notes, 'utf8')).toBe('mine');
  });

  it('names the fix when the cluster is of another major version, or its passwords are lost', async () => {
    const dataDir = await testFolder();
    await (await startEmbeddedPostgres({ dataDir, settings })).stop();
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    const ours = await readFile(version, 'utf8');
    await writeFile(version, '17\n');
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(
      /made by PostgreSQL 17.*dump its data/,
    );
    await writeFile(version, ours);
    await unlink(join(dataDir, 'postgres-secrets.json'));
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(/restore that file, or move/);
  });
});
