import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';
import { pylon, type Command, type Ended } from '../ingest/command.js';

const NOW = new Date('2026-03-02T12:34:00Z');
/** No source is asked. */
const NOBODY = { url: 'http://127.0.0.1:1' };

describe('pylon simulate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
  });
  afterAll(() => database.drop());

  const simulate = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Command =>
    pylon(['simulate', ...args], database, NOBODY, env);
  const lines = ({ stdout }: Ended): Record<string, unknown>[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('registers the fleet, does what happens in some hours at once, and the same again', async () => {
    const first = await simulate(['--hours', '24', '--json']).ended;
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const [seeded, happened] = lines(first);
    expect(seeded).toEqual({ fleet: 12, registered: 137, refused: [] });
    const windows = Number((happened as { done?: { windows: number } } | undefined)?.done?.windows);
    expect(windows).toBeGreaterThan(0);
    const stored = async () =>
      (await database.owner.query<{ count: string }>('select count(*) from flexibility_windows')).rows[0]
        ?.count;
    expect(await stored()).toBe(String(windows));

    const second = await simulate(['--hours', '24']).ended;
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(
      /^fleet: 12 operators, all synthetic; registered 0\n2026-03-02T12:3\S+Z to 2026-03-03T12:3\S+Z: windows \d+/,
    );
    expect(await stored()).toBe(String(windows));
  });

  it('goes on until it is stopped', async () => {
    const command = simulate([]);
    await until('the fleet', async () => {
      if (command.child.exitCode !== null) throw new Error((await command.ended).stderr);
      return command.printed().includes('registered 0');
    });
    command.child.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('refuses production, and hours that are none', async () => {
    const [production, none] = await Promise.all([
      simulate([], { PYLON_ENV: 'production' }).ended,
      simulate(['--hours', '0']).ended,
    ]);
    expect(production).toMatchObject({ code: 1, stdout: '' });
    expect(production.stderr).toMatch(/^pylon: CONFIG_INVALID: PYLON_ENV=production/);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('above 0 and at most 168');
  });
});
