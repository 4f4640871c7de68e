import { expect, it } from 'vitest';
import { startDemo } from '../../../src/cli/demo.js';
import { openFleet } from '../../../src/cli/simulate.js';
import { readConfig } from '../../../src/config.js';
import { createTestDatabase } from '../../support/database.js';
import { silent } from '../../support/runner.js';
import { until } from '../../support/until.js';

it('the demo registers the fleet and publishes its windows beside the server, until it is stopped', async () => {
  const database = await createTestDatabase({ pylonNow: new Date('2026-03-02T12:34:00Z') });
  const count = async (table: string): Promise<number> =>
    Number((await database.owner.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);
  const demo = startDemo({ config: readConfig({}), database, log: silent });
  await until('windows', async () => (await count('flexibility_windows')) > 0);
  await demo.stop();
  expect(await count('operators')).toBe(12);
  expect(await count('data_centres')).toBe(40);
  const production = readConfig({ PYLON_ENV: 'production' });
  await expect(openFleet({ config: production, database })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await database.drop();
});
