import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../../src/database/leases.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { changedTables, tableStates } from './table-states.js';

const NOW = new Date('2026-03-02T12:34:00Z');

describe('a run under its lease', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  const source = sourceById('carbon-intensity-regional');
  const factors = sourceById('carbon-intensity-factors');

  beforeEach(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(wholePublisher(NOW));
    runner = createTestRunner(database, publisher.url);
  });
  afterEach(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const run = (which = source): Promise<RunReport> =>
    runSource(runner, {
      source: which,
      mode: 'COMMAND',
      window: windowNow(which, undefined, database.clock.now()),
    });
  /** What another process does that finds the lease run out. */
  const takeOver = (name: string) =>
    database.owner.query(
      `update leases set holder = 'another process', fencing = fencing + 1, expires_at = clock_timestamp() + interval '1 minute' where name = $1`,
      [name],
    );

  it('is refused while another process runs the source, which is not even asked', async () => {
    await acquireLease(database.pool, `source:${source.id}`, 'another process', 60);
    await expect(run()).rejects.toMatchObject({
      code: 'LEASE_HELD',
      message: expect.stringContaining(source.id) as string,
    });
    expect(publisher.asked).toEqual([]);
    expect(await run(factors)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('gives the lease back, whether it succeeds or fails', async () => {
    const other = createTestRunner(database, publisher.url);
    for (const fault of [null, 'html', null] as const) {
      if (fault) publisher.fail(fault, { times: 1 });
      await run();
      const lease = await other.leases.acquire(`source:${source.id}`);
      expect(lease).not.toBeNull();
      if (lease) await other.leases.release(lease);
    }
    await other.close();
  });

  it.each([source, factors])(
    'of $id writes nothing when another process took it over meanwhile',
    async (which) => {
      await run(which);
      await database.owner.query('update carbon_factors set gco2_per_kwh = 1');
      const answer = publisher.answer;
      publisher.answer = wholePublisher(NOW, () => 5);
      publisher.fail('slow', { times: 1 });
      const asked = publisher.asked.length;
      const running = run(which);
      await expect.poll(() => publisher.asked.length).toBe(asked + 1);
      const states = await tableStates(database);
      await takeOver(`source:${which.id}`);
      await expect(running).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(changedTables(states, await tableStates(database))).toEqual([]);
      // And it leaves the other one its lease.
      const { rows } = await database.owner.query(
        'select holder from leases where name = $1 and expires_at > clock_timestamp()',
        [`source:${which.id}`],
      );
      expect(rows).toEqual([{ holder: 'another process' }]);
      publisher.answer = answer;
    },
  );

  it('does not even record its failure when another process took it over meanwhile', async () => {
    publisher.fail('hang', { times: 1 });
    const impatient = createTestRunner(database, publisher.url, { timeoutMs: 100 });
    const running = runSource(impatient, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, undefined, database.clock.now()),
    });
    await expect.poll(() => publisher.asked.length).toBe(1);
    publisher.fail('500');
    await takeOver(`source:${source.id}`);
    await expect(running).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect((await database.owner.query('select from ingest_runs')).rowCount).toBe(0);
    await impatient.close();
  });

  it('tells what it came to even if the lease cannot be given back', async () => {
    const { leases } = runner;
    const warned: unknown[] = [];
    const deps = {
      ...runner,
      leases: { ...leases, release: () => Promise.reject(new Error('connection lost')) },
      log: {
        ...runner.log,
        info: () => undefined,
        warn: (...what: unknown[]) => void warned.push(what),
      } as typeof runner.log,
    };
    const request = { source, mode: 'COMMAND', window: windowNow(source, undefined, NOW) } as const;
    expect(await runSource(deps, request)).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 1746 });
    expect(warned).toEqual([
      [{ lease: `source:${source.id}`, error: 'connection lost' }, 'lease.release.failed'],
    ]);
  });

  it('that is given up because the process stops leaves no run', async () => {
    publisher.fail('hang');
    const running = run();
    await expect.poll(() => publisher.asked.length).toBe(1);
    runner.http.abandon();
    await expect(running).rejects.toThrow('this process is stopping');
    expect((await database.owner.query('select from ingest_runs')).rowCount).toBe(0);
  });
});
