import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { childOn, useChildren } from './children.js';
import { testFolder } from './places.js';

const settings = { fsync: 'off' };

describe('several processes on one data folder', () => {
  useChildren();

  it('start one server when they begin at the same moment', async () => {
    const dataDir = await testFolder();
    const children = [childOn(dataDir), childOn(dataDir), childOn(dataDir)];
    const started = await Promise.all(children.map((child) => child.started));
    expect(started.map(({ outcome }) => outcome).sort()).toEqual(['adopted', 'adopted', 'created']);
    expect(new Set(started.map(({ ownerUrl }) => ownerUrl)).size).toBe(1);

    const stopped = [];
    for (const child of children) stopped.push(await child.stop());
    expect(stopped).toEqual(['left-running', 'left-running', 'stopped']);
  });

  it('leave no server behind, and none without one, when they stop at the same moment', async () => {
    const dataDir = await testFolder();
    const children = [childOn(dataDir), childOn(dataDir)];
    await Promise.all(children.map((child) => child.started));
    const stopped = await Promise.all(children.map((child) => child.stop()));
    expect(stopped.sort()).toEqual(['left-running', 'stopped']);
  });

  it('go on when the one that started the server is killed', async () => {
    const dataDir = await testFolder();
    const first = childOn(dataDir);
    await first.started;
    const second = childOn(dataDir);
    expect((await second.started).outcome).toBe('adopted');
    await first.kill();
    expect(await second.stop()).toBe('stopped');
  });

  it('may start again while another is stopping', async () => {
    const dataDir = await testFolder();
    const first = await startEmbeddedPostgres({ dataDir, settings });
    const [stopped, second] = await Promise.all([first.stop(), startEmbeddedPostgres({ dataDir, settings })]);
    expect([stopped, second.outcome]).toBeOneOf([
      ['stopped', 'started'],
      ['left-running', 'adopted'],
    ]);
    expect(await second.stop()).toBe('stopped');
  });

  it('includes several starts within one process', async () => {
    const dataDir = await testFolder();
    const start = () => startEmbeddedPostgres({ dataDir, settings });
    const servers = await Promise.all([start(), start()]);
    expect(servers.map(({ outcome }) => outcome).sort()).toEqual(['adopted', 'created']);
    expect(await servers[0].stop()).toBe('left-running');
    expect(await servers[1].stop()).toBe('stopped');
  });
});
