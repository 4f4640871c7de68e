import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fleetOf } from '../../../src/fleet/fleet.js';
import { seedFleet } from '../../../src/fleet/seed.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';

const FLEET = fleetOf(1);
const PARTS = FLEET.flatMap(({ users, dataCentres, storageAssets, agents }) => [
  ...users,
  ...dataCentres,
  ...storageAssets,
  ...agents,
]).length;

describe('the fleet in the database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const counts = async () =>
    (
      await database.owner.query<Record<string, number>>(
        `select (select count(*) from operators)::integer as operators, (select count(*) from operator_accounts)::integer as accounts,
           (select count(*) from users)::integer as users, (select count(*) from data_centres)::integer as centres,
           (select count(*) from storage_assets)::integer as assets, (select count(*) from agents)::integer as agents,
           (select count(*) from agent_states)::integer as states, (select count(*) from event_log where state is not null)::integer as events`,
      )
    ).rows[0];
  const WHOLE = {
    operators: 12,
    accounts: 12,
    users: 27,
    centres: 40,
    assets: 10,
    agents: 60,
    states: 60,
    events: 110,
  };

  it('is registered once, whoever else registers it at the same time, and again', async () => {
    const reports = await Promise.all([seedFleet(database, FLEET), seedFleet(database, FLEET)]);
    for (const { refused, viewers } of reports) {
      expect(refused).toEqual([]);
      expect(viewers.size).toBe(12);
    }
    expect(await counts()).toEqual(WHOLE);
    await database.owner.query('delete from action_keys'); // they are kept for a week
    expect(await seedFleet(database, FLEET)).toMatchObject({ registered: 0, refused: [] });
    expect(await counts()).toEqual(WHOLE);
  });

  it('is marked synthetic, all of it, and nothing else is', async () => {
    expect((await seedFleet(database, FLEET)).registered).toBe(PARTS);
    await createTenant(database, 'Real');
    const { rows } = await database.owner.query<{ name: string }>(
      `select name from operators where not is_synthetic union all select name from data_centres where not is_synthetic
       union all select name from storage_assets where not is_synthetic union all select name from agents where not is_synthetic`,
    );
    expect(rows).toEqual([{ name: 'Real' }]);
  });

  it('goes on where it was cut', async () => {
    await seedFleet(database, FLEET.slice(0, 3));
    await database.owner.query(`delete from storage_assets`);
    const { registered } = await seedFleet(database, FLEET);
    expect(registered).toBeGreaterThan(0);
    expect(await counts()).toEqual(WHOLE);
  });

  it('leaves real operators alone, and names what it could not register', async () => {
    const [first, second] = FLEET;
    await createTenant(database, first?.name ?? '');
    await database.owner.query(`update operator_accounts set email = $1`, [second?.email]);
    const squatter = await createTenant(database, 'Squatter');
    await database.owner.query(
      `insert into data_centres (dc_id, name, operator_id, region_id, pue, capacity_mw) values ($1, 'Mine', $2, 1, 1, 1)`,
      [FLEET[2]?.dataCentres[0]?.dcId, squatter.operatorId],
    );
    const { refused, viewers } = await seedFleet(database, FLEET);
    expect(refused.map(({ action, id }) => `${action} ${id}`)).toEqual([
      `registerOperator ${first?.name}`,
      `registerOperator ${second?.name}`,
      `registerDataCentre ${FLEET[2]?.dataCentres[0]?.dcId}`,
    ]);
    expect(viewers.size).toBe(10);
    const { rows } = await database.owner.query(
      'select from operators o join data_centres d using (operator_id) where o.name = $1',
      [first?.name],
    );
    expect(rows).toEqual([]);
  });
});
