import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSignals } from '../../../src/database/grid-signals.js';
import { SOURCES } from '../../../src/ingest/registry.js';
import { fillWithSynthetic } from '../../../src/ingest/synthetic-fill.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';

const NOW = new Date('2026-03-02T12:00:00Z');
let database: TestDatabase;
let runner: TestRunner;

beforeAll(async () => {
  database = await createTestDatabase({ pylonNow: NOW });
  runner = createTestRunner(database, 'http://127.0.0.1:9');
});
afterAll(async () => {
  await runner.close();
  await database.drop();
});

it('a process with synthetic values off serves none that another stored, now or as of then', async () => {
  await fillWithSynthetic(runner, SOURCES, 1);
  const key = { regionId: 13, from: NOW };
  const [shown] = await readSignals(database.reader, [key], null);
  expect(shown?.carbon?.provenance.quality).toBe('SYNTHETIC');
  const hiding = { ...database.reader, servesSynthetic: false };
  const head = (await database.owner.query<{ last: string }>('select last_sequence as last from event_head'))
    .rows[0];
  for (const asOf of [null, BigInt(head?.last ?? 0)]) {
    const [hidden] = await readSignals(hiding, [key], asOf);
    expect(hidden).toMatchObject({ regionId: 13, carbon: null, mix: null });
  }
});
