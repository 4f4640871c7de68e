import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCES } from '../../../src/ingest/registry.js';
import { startScheduler, type Scheduler } from '../../../src/ingest/scheduler.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createMovingDatabase, type MovingDatabase } from './moving-clock.js';

const DOWN = 'elexon-fuelinst';
/** Of publishers without limits: none waits its turn in real time. */
const LOOKED_AT = SOURCES.filter(({ limits }) => limits === undefined);

interface Health {
  readonly id: string;
  readonly state: string;
  readonly lastError: string | null;
  readonly ageSeconds: number | null;
}

describe('one source that is down for an hour', () => {
  let database: MovingDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let scheduler: Scheduler;
  let server: TestServer;

  beforeAll(async () => {
    database = await createMovingDatabase(new Date('2026-03-02T12:00:05Z'));
    publisher = await startPublisher((path) => wholePublisher(database.clock.now())(path));
    runner = createTestRunner(database, publisher.url);
    server = await startTestServer(database);
    scheduler = startScheduler(runner, {
      intervalSeconds: 3600,
      syntheticSeed: null,
      logRetentionHours: 168,
      sources: LOOKED_AT,
      onRun: (report) => server.countRun(report),
    });
    await scheduler.look();
    publisher.fail('503', { path: '/datasets/FUELINST' });
    for (let minute = 0; minute < 60; minute += 1) {
      await database.advance({ minutes: 1 });
      await scheduler.look();
    }
  });
  afterAll(async () => {
    await server.stop();
    await scheduler.stop();
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  it('is named in `sources` with its age and its reason, and no other is', async () => {
    const { data } = await server.query<{ sources: Health[] }>(
      '{ sources { id state lastError ageSeconds } }',
    );
    const health = data?.sources.filter(({ id }) => LOOKED_AT.some((source) => source.id === id)) ?? [];
    expect(health).toHaveLength(LOOKED_AT.length);
    expect(health.filter(({ state }) => state !== 'HEALTHY')).toEqual([
      expect.objectContaining({
        id: DOWN,
        state: 'FAILING',
        lastError: expect.stringContaining('answered 503') as string,
      }),
    ]);
    expect(health.find(({ id }) => id === DOWN)?.ageSeconds).toBeGreaterThanOrEqual(3600);
  });

  it('is what `/metrics` says, and of no other', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const healthy = [...text.matchAll(/^pylon_source_healthy\{source="([^"]+)"\} (\d)$/gm)].flatMap(
      ([, id, value]) => (LOOKED_AT.some((source) => source.id === id) ? [[id, value] as const] : []),
    );
    expect(healthy).toHaveLength(LOOKED_AT.length);
    expect(healthy.filter(([, value]) => value !== '1')).toEqual([[DOWN, '0']]);
  });

  it('leaves what the others bring as fresh as ever', async () => {
    const { data } = await server.query<{ fuelGeneration: { edges: { node: { at: string } }[] } }>(
      '{ fuelGeneration(from: "2026-03-02T12:00Z", to: "2026-03-02T13:00Z", resolution: HALF_HOUR) { edges { node { at } } } }',
    );
    expect(data?.fuelGeneration.edges.map(({ node }) => node.at)).toContain('2026-03-02T12:00:00.000Z');
  });
});
