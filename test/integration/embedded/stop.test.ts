import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { connected } from './clients.js';
import { testFolder } from './places.js';

const settings = { fsync: 'off' };

describe('stopping the embedded PostgreSQL', () => {
  it('leaves it running while another client of Pylon is connected, unless forced', async () => {
    const server = await startEmbeddedPostgres({ dataDir: await testFolder(), settings });
    await connected(server.ownerUrl, 'pylon gateway');
    expect(await server.stop()).toBe('left-running');
    expect(await server.stop()).toBe('left-running');
    expect(await server.stop({ force: true })).toBe('stopped');
    await expect(connected(server.ownerUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not mind clients that are not ours, or a pool that has just ended', async () => {
    const server = await startEmbeddedPostgres({ dataDir: await testFolder(), settings });
    await connected(server.ownerUrl, 'psql');
    const ours = await connected(server.ownerUrl, 'pylon');
    void ours.end();
    expect(await server.stop()).toBe('stopped');
  });

  it('tells its other user when the server goes away under it', async () => {
    const dataDir = await testFolder();
    const notices: string[] = [];
    await startEmbeddedPostgres({ dataDir, settings, onNotice: (message) => notices.push(message) });
    const second = await startEmbeddedPostgres({ dataDir, settings });
    expect(second.outcome).toBe('adopted');
    await second.stop({ force: true });
    await expect.poll(() => notices).toEqual([expect.stringContaining('ended or was stopped')]);
  });
});
