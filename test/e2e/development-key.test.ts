import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { viewerOfKey } from '../../src/database/api-keys.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';

/** A start takes its time on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const KEY = /key +(pylon_[0-9a-f]{12}_[\w-]{43})\n/;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => killAll());
afterAll(() => database.drop());

const serve = (env: Record<string, string> = {}): Promise<PylonProcess> =>
  startPylon(['serve'], { PORT: '0', INGEST: 'off', DATABASE_URL: database.ownerUrl, ...env });
const stop = async (pylon: PylonProcess): Promise<void> => {
  pylon.signal('SIGTERM');
  expect(await pylon.ended).toEqual({ code: 0, signal: null });
};

it('the first start in development prints an administrator’s key once, and production refuses it until it is revoked', async () => {
  const first = await serve({ LOG_LEVEL: 'trace' });
  const key = await first.prints(KEY);
  expect(await viewerOfKey(database.pool, key)).toMatchObject({ operatorName: 'Development', role: 'ADMIN' });
  expect(first.output.split(key)).toHaveLength(2);
  await stop(first);

  const second = await serve();
  await second.up();
  await second.prints(/data +/);
  expect(second.output).not.toMatch(KEY);
  await stop(second);

  const refused = await serve({ PYLON_ENV: 'production' });
  expect(await refused.ended).toEqual({ code: 1, signal: null });
  const prefix = /CONFIG_INVALID: .*development key.*\n +npm run pylon -- keys revoke ([0-9a-f]{12})\n/.exec(
    refused.output,
  )?.[1];
  expect(key).toContain(`pylon_${prefix}_`);
  expect(refused.output).not.toContain(key);

  const revoke = await startPylon(['keys', 'revoke', prefix ?? ''], {
    DATABASE_URL: database.ownerUrl,
    PYLON_ENV: 'production',
  });
  expect(await revoke.ended).toEqual({ code: 0, signal: null });
  const production = await serve({ PYLON_ENV: 'production' });
  await production.up();
  await production.prints(/data +/);
  expect(production.output).not.toMatch(KEY);
  await stop(production);
  const { rows } = await database.owner.query('select from api_keys');
  expect(rows).toHaveLength(1);
});

it('a first start in production makes no key', async () => {
  const other = await createTestDatabase();
  const pylon = await serve({ DATABASE_URL: other.ownerUrl, PYLON_ENV: 'production' });
  await pylon.up();
  await pylon.prints(/data +/);
  const { rows } = await other.owner.query('select from api_keys');
  expect(rows).toEqual([]);
  await stop(pylon);
  await other.drop();
});
