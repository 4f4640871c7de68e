import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceById } from '../../src/ingest/registry.js';
import { runSource } from '../../src/ingest/run.js';
import { windowNow } from '../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { wholePublisher } from '../support/payloads.js';
import { startPublisher, type Publisher } from '../support/publisher.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { startTestServer, type TestServer } from '../support/server.js';

const NOW = new Date('2026-03-02T12:34:00Z');

describe('a source polled twice with a revision between', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;
  let server: TestServer;
  let shift = 0;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(wholePublisher(NOW, () => shift));
    runner = createTestRunner(database, publisher.url);
    server = await startTestServer(database);
  });
  afterAll(async () => {
    await server.stop();
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const poll = (id: string) => {
    const source = sourceById(id);
    return runSource(runner, {
      source,
      mode: 'COMMAND',
      window: windowNow(source, undefined, database.clock.now()),
    });
  };
  const forecastAsOf = async (asOf: Date | null): Promise<unknown> => {
    const { data, errors } = await server.query<{
      gridNow: { carbonIntensity: { forecastGco2PerKwh: number } };
    }>(
      'query ($asOf: DateTime) { gridNow(regionId: 13, asOf: $asOf) { carbonIntensity { forecastGco2PerKwh } } }',
      { asOf: asOf?.toISOString() },
    );
    return data?.gridNow?.carbonIntensity.forecastGco2PerKwh ?? errors?.[0]?.extensions.code;
  };

  it('answers each instant with what was known then, and the newest by default', async () => {
    const before = database.clock.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await poll('carbon-intensity-regional')).toMatchObject({
      status: 'SUCCEEDED',
      rowsRead: 1746,
      rowsNew: 1746,
    });
    const between = database.clock.now();
    shift = 7;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await poll('carbon-intensity-regional')).toMatchObject({ rowsNew: 0, rowsChanged: 1746 });
    expect(await poll('carbon-intensity-regional')).toMatchObject({ rowsNew: 0, rowsChanged: 0 });
    expect(await forecastAsOf(null)).toBe(138);
    expect(await forecastAsOf(between)).toBe(131);
    expect(await forecastAsOf(before)).toBe('DATA_MISSING');
  });
});
