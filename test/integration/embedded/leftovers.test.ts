import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { discard, endServer, newFolder } from './places.js';

const settings = { fsync: 'off' };

/** A process that is not PostgreSQL. */
function stranger(): number {
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  onTestFinished(() => void sleeper.kill('SIGKILL'));
  if (!sleeper.pid) throw new Error('no process id');
  return sleeper.pid;
}

const leftover = (pid: number, dataDir: string): string =>
  [pid, join(dataDir, 'postgres'), 1_790_000_000, 1, '', '127.0.0.1', '  1  1', 'ready   ', ''].join('\n');

describe('a lock left behind', () => {
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await newFolder();
    await startEmbeddedPostgres({ dataDir, settings });
  });
  beforeEach(() => endServer(join(dataDir, 'postgres')));
  afterAll(() => discard(dataDir));

  it('takes the lock of a process that died with it', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    await writeFile(
      join(dataDir, 'postgres.lock'),
      JSON.stringify({ pid: gone.pid, bornAt: '1', token: 'x' }),
    );
    expect((await startEmbeddedPostgres({ dataDir, settings })).outcome).toBe('started');
  });

  it.each([
    ['our own number', () => process.pid],
    ['the number of a program that is alive', stranger],
  ])('takes a lock whose dead holder had %s', async (_case, pid) => {
    await writeFile(
      join(dataDir, 'postgres.lock'),
      JSON.stringify({ pid: pid(), bornAt: 'before', token: 'x' }),
    );
    expect((await startEmbeddedPostgres({ dataDir, settings })).outcome).toBe('started');
  });

  it('takes a lock that was never written to its end', async () => {
    await writeFile(join(dataDir, 'postgres.lock'), '{"pid":');
    await utimes(join(dataDir, 'postgres.lock'), 0, 0);
    expect((await startEmbeddedPostgres({ dataDir, settings })).outcome).toBe('started');
  });
});

describe('a postmaster.pid left behind', () => {
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await newFolder();
    await startEmbeddedPostgres({ dataDir, settings });
  });
  beforeEach(() => endServer(join(dataDir, 'postgres')));
  afterAll(() => discard(dataDir));

  it('starts where the process named in postmaster.pid is gone', async () => {
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    const gone = spawn('true');
    await once(gone, 'exit');
    await writeFile(pidFile, leftover(gone.pid ?? 0, dataDir));
    expect((await startEmbeddedPostgres({ dataDir, settings })).outcome).toBe('started');
  });

  it('starts where the process named in postmaster.pid is another program, and leaves that alone', async () => {
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    const pid = stranger();
    await writeFile(pidFile, leftover(pid, dataDir));
    const notices: string[] = [];
    const server = await startEmbeddedPostgres({ dataDir, settings, onNotice: (text) => notices.push(text) });
    expect(server.outcome).toBe('started');
    expect(notices).toEqual([expect.stringContaining(`named process ${pid}, which is another program`)]);
    expect(process.kill(pid, 0)).toBe(true);
  });

  it('starts where postmaster.pid is empty', async () => {
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    await writeFile(pidFile, '');
    await utimes(pidFile, 0, 0);
    expect((await startEmbeddedPostgres({ dataDir, settings })).outcome).toBe('started');
  });
});
