import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actOn, refusalOf, type Acted } from '../../support/act.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { statementsOf } from '../../support/statements.js';
import { createKey, createTenant, type Tenant } from '../../support/tenants.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const HUGE = 1e308;
const LONE = 'a\ud800b';
const NUL = 'a\0b';

/** What each action answers with, and input that it takes. */
const GOOD: Readonly<Record<string, { readonly type: string; readonly input: object }>> = {
  updateOperator: { type: 'Operator', input: { metadata: { note: 'kept' } } },
  registerUser: { type: 'User', input: { email: 'new@example.com', name: 'Ada' } },
  updateUser: { type: 'User', input: { email: 'ada@example.com', name: 'Ada King' } },
  registerDataCentre: {
    type: 'DataCentre',
    input: { dcId: 'dc-new', name: 'New', postcode: 'E14 5AB', pue: 1.2, capacityMw: 10 },
  },
  updateDataCentre: { type: 'DataCentre', input: { dcId: 'dc-a', currentLoadPct: 40 } },
  registerStorageAsset: {
    type: 'StorageAsset',
    input: {
      assetId: 'sa-new',
      name: 'New',
      regionId: 3,
      capacityMwh: 100,
      maxChargeMw: 50,
      maxDischargeMw: 50,
      efficiencyPct: 88,
    },
  },
  updateStorageAsset: { type: 'StorageAsset', input: { assetId: 'sa-a', chargeMwh: 10 } },
  registerAgent: { type: 'Agent', input: { agentId: 'ag-new', name: 'New', type: 'CARBON_OPTIMIZER' } },
  updateAgent: { type: 'Agent', input: { agentId: 'ag-a', capabilities: ['defer', 'shift'] } },
  reportAgentState: { type: 'AgentState', input: { agentId: 'ag-a', status: 'ACTIVE' } },
  publishFlexibilityWindow: {
    type: 'FlexibilityWindow',
    input: {
      regionId: 2,
      service: 'TURN_UP',
      direction: 'INCREASE_DEMAND',
      volumeMw: 50,
      gbpPerMwh: -12.5,
      from: '2026-03-02T13:00:00Z',
      to: '2026-03-02T15:00:00Z',
    },
  },
  withdrawFlexibilityWindow: { type: 'FlexibilityWindow', input: { flexibilityWindowId: 'flex-a' } },
};

describe('the registry', () => {
  let database: TestDatabase;
  let server: TestServer;
  let admin: Tenant;
  let a: Tenant;
  let b: Tenant;

  const act = (action: string, changes: object = {}, as: Tenant | string = a): Promise<Acted> => {
    const good = GOOD[action];
    if (!good) throw new Error(`no such action: ${action}`);
    return actOn(
      server,
      typeof as === 'string' ? as : as.key,
      action,
      { ...good.input, ...changes },
      {
        selection: `${good.type} { id }`,
      },
    );
  };
  const refused = async (action: string, changes: object, as?: Tenant | string): Promise<string> =>
    refusalOf(await act(action, changes, as));

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    server = await startTestServer(database);
    admin = await createTenant(database, 'Pylon', { role: 'ADMIN' });
    a = await createTenant(database, 'A', { type: 'AGGREGATOR' });
    b = await createTenant(database, 'B');
    for (const [action, changes] of [
      ['registerUser', { email: 'ada@example.com' }],
      ['registerDataCentre', { dcId: 'dc-a' }],
      ['registerStorageAsset', { assetId: 'sa-a' }],
      ['registerAgent', { agentId: 'ag-a', config: { secret: 'of A' } }],
      ['publishFlexibilityWindow', { flexibilityWindowId: 'flex-a' }],
    ] as const) {
      const answer = await refused(action, changes);
      if (!answer.startsWith('done')) throw new Error(`${action}: ${answer}`);
    }
    await database.owner.query(
      `insert into grid_zones (zone_code, area, region_id) values ('Z-1', 'Docklands', 13), ('Z-1', 'Wapping', 13), ('Z-2', 'Poplar', 13)`,
    );
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it.each(Object.keys(GOOD).filter((action) => action !== 'withdrawFlexibilityWindow'))(
    '%s does what is asked of it',
    async (action) => {
      expect(await refused(action, {})).toBe(`done: ${GOOD[action]?.type}`);
    },
  );

  describe('refuses', () => {
    const CASES: readonly (readonly [action: string, changes: object, refusal: string])[] = [
      ['updateOperator', { metadata: undefined }, 'INVALID input'],
      ['updateOperator', { metadata: undefined, name: null, isActive: null }, 'INVALID input'],
      ['updateDataCentre', { currentLoadPct: undefined, pue: null, zoneName: 'Poplar' }, 'INVALID input'],
      ['updateOperator', { name: ' ' }, 'INVALID input.name'],
      ['updateOperator', { name: NUL }, 'INVALID input.name'],
      ['updateOperator', { email: 'nobody' }, 'INVALID input.email'],
      ['updateOperator', { metadata: { a: LONE } }, 'INVALID input.metadata'],
      ['updateOperator', { metadata: ['a list'] }, 'INVALID input.metadata'],
      ['updateOperator', { metadata: { long: 'x'.repeat(20_000) } }, 'INVALID input.metadata'],
      ['updateOperator', { name: 'B' }, 'ALREADY_EXISTS'],
      ['updateOperator', { operator: 'B' }, 'NOT_ALLOWED'],
      ['updateOperator', { operator: 'Nobody' }, 'NOT_FOUND'],
      ['updateOperator', { isActive: false }, 'NOT_ALLOWED'],
      ['updateOperator', { type: 'GRID_OPERATOR' }, 'NOT_ALLOWED'],
      ['updateOperator', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
      ['updateOperator', { expectedVersion: 0 }, 'INVALID input.expectedVersion'],
      ['registerUser', { email: 'ada@example.com' }, 'ALREADY_EXISTS'],
      ['registerUser', { email: 'ada', name: '' }, 'INVALID input.email, input.name'],
      ['registerUser', { email: `${'x'.repeat(250)}@example.com` }, 'INVALID input.email'],
      ['registerUser', { name: LONE, role: NUL }, 'INVALID input.name, input.role'],
      ['registerUser', { preferences: 'none' }, 'INVALID input.preferences'],
      ['updateUser', { email: 'nobody@example.com' }, 'NOT_FOUND'],
      ['updateUser', { name: null }, 'INVALID input'],
      ['updateUser', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
      ['registerDataCentre', { dcId: 'dc-a' }, 'ALREADY_EXISTS'],
      ['registerDataCentre', { dcId: '-a' }, 'INVALID input.dcId'],
      ['registerDataCentre', { dcId: NUL }, 'INVALID input.dcId'],
      ['registerDataCentre', { name: 'x'.repeat(256) }, 'INVALID input.name'],
      ['registerDataCentre', { pue: 0.99, capacityMw: -1 }, 'INVALID input.pue, input.capacityMw'],
      ['registerDataCentre', { pue: 3.01 }, 'INVALID input.pue'],
      [
        'registerDataCentre',
        { capacityMw: HUGE, capacityTflops: HUGE },
        'INVALID input.capacityTflops, input.capacityMw',
      ],
      [
        'registerDataCentre',
        { flexibilityRating: 1.1, minLoadPct: -1, currentLoadPct: 101 },
        'INVALID input.flexibilityRating, input.minLoadPct, input.currentLoadPct',
      ],
      ['registerDataCentre', { rampRateMwPerMin: 0 }, 'INVALID input.rampRateMwPerMin'],
      ['registerDataCentre', { regionId: 1 }, 'INVALID input.postcode'],
      ['registerDataCentre', { regionId: 15, postcode: null }, 'INVALID input.regionId'],
      ['registerDataCentre', { regionId: 0, postcode: null }, 'INVALID input.regionId'],
      ['registerDataCentre', { postcode: null }, 'INVALID input.regionId'],
      ['registerDataCentre', { postcode: 'nowhere' }, 'INVALID input.postcode'],
      ['registerDataCentre', { postcode: 'BS99' }, 'INVALID input.postcode'],
      ['registerDataCentre', { postcode: NUL }, 'INVALID input.postcode, input.postcode'],
      ['registerDataCentre', { latitude: 51.5 }, 'INVALID input.longitude'],
      ['registerDataCentre', { latitude: 57.2, longitude: -2.3 }, 'INVALID input.latitude'],
      ['registerDataCentre', { latitude: 91, longitude: 0 }, 'INVALID input.latitude'],
      ['registerDataCentre', { zoneId: 'NOWHERE' }, 'NOT_FOUND'],
      ['registerDataCentre', { zoneId: 'Z-1' }, 'INVALID input.zoneName'],
      ['updateDataCentre', { zoneId: 'Z-1', zoneName: 'Poplar' }, 'NOT_FOUND'],
      ['updateDataCentre', { dcId: 'dc-none' }, 'NOT_FOUND'],
      ['updateDataCentre', { currentLoadPct: 100.1 }, 'INVALID input.currentLoadPct'],
      ['updateDataCentre', { capacityMw: -HUGE }, 'INVALID input.capacityMw'],
      ['updateDataCentre', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
      ['registerStorageAsset', { assetId: 'sa-a' }, 'ALREADY_EXISTS'],
      ['registerStorageAsset', { chargeMwh: 101 }, 'INVALID input.chargeMwh'],
      ['registerStorageAsset', { chargeMwh: -1 }, 'INVALID input.chargeMwh'],
      [
        'registerStorageAsset',
        { capacityMwh: 0, efficiencyPct: 101 },
        'INVALID input.capacityMwh, input.efficiencyPct',
      ],
      [
        'registerStorageAsset',
        { efficiencyPct: 0, maxChargeMw: -1 },
        'INVALID input.maxChargeMw, input.efficiencyPct',
      ],
      ['registerStorageAsset', { maxDischargeMw: HUGE }, 'INVALID input.maxDischargeMw'],
      ['registerStorageAsset', { postcode: 'AB10' }, 'INVALID input.postcode'],
      ['updateStorageAsset', { assetId: 'sa-none' }, 'NOT_FOUND'],
      ['updateStorageAsset', { chargeMwh: 100.5 }, 'INVALID input.chargeMwh'],
      ['updateStorageAsset', { chargeMwh: null, capacityMwh: 1 }, 'INVALID input.capacityMwh'],
      ['updateStorageAsset', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
      ['registerAgent', { agentId: 'ag-a' }, 'ALREADY_EXISTS'],
      ['registerAgent', { agentId: 'two words', name: NUL }, 'INVALID input.agentId, input.name'],
      ['registerAgent', { capabilities: ['a', 'a'] }, 'INVALID input.capabilities'],
      ['registerAgent', { capabilities: ['a', LONE] }, 'INVALID input.capabilities.1'],
      [
        'registerAgent',
        { capabilities: Array.from({ length: 51 }, (_, i) => `c${i}`) },
        'INVALID input.capabilities',
      ],
      ['registerAgent', { config: { deep: NUL } }, 'INVALID input.config'],
      ['updateAgent', { agentId: 'ag-none' }, 'NOT_FOUND'],
      ['updateAgent', { capabilities: null }, 'INVALID input'],
      ['updateAgent', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
      ['reportAgentState', { agentId: 'ag-none' }, 'NOT_FOUND'],
      ['reportAgentState', { triggeredBy: '', state: 3 }, 'INVALID input.state, input.triggeredBy'],
      ['reportAgentState', { currentTask: { [LONE]: 1 } }, 'INVALID input.currentTask'],
      ['reportAgentState', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
      ['publishFlexibilityWindow', { flexibilityWindowId: 'flex-a' }, 'ALREADY_EXISTS'],
      ['publishFlexibilityWindow', { regionId: 19 }, 'INVALID input.regionId'],
      [
        'publishFlexibilityWindow',
        { volumeMw: 0, gbpPerMwh: HUGE },
        'INVALID input.volumeMw, input.gbpPerMwh',
      ],
      ['publishFlexibilityWindow', { direction: 'DECREASE_DEMAND' }, 'INVALID input.direction'],
      ['publishFlexibilityWindow', { from: '2026-03-02T13:10:00Z' }, 'INVALID input.from'],
      ['publishFlexibilityWindow', { to: '2026-03-02T13:00:00Z' }, 'INVALID input.to'],
      ['publishFlexibilityWindow', { to: '2026-05-02T13:00:00Z' }, 'INVALID input.to'],
      ['publishFlexibilityWindow', { from: '2026-03-02T12:30:00Z' }, 'INVALID input.from'],
      [
        'publishFlexibilityWindow',
        { from: '1999-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' },
        'INVALID input.from, input.to, input.to',
      ],
      ['withdrawFlexibilityWindow', { flexibilityWindowId: 'flex-none' }, 'NOT_FOUND'],
      ['withdrawFlexibilityWindow', { expectedVersion: 999 }, 'VERSION_CONFLICT'],
    ];

    /** Ids that nothing has yet: one that is taken is a fault too. */
    const FREE: Readonly<Record<string, object>> = {
      registerUser: { email: 'free@example.com' },
      registerDataCentre: { dcId: 'dc-free' },
      registerStorageAsset: { assetId: 'sa-free' },
      registerAgent: { agentId: 'ag-free' },
    };

    it.each(CASES)('%s with %j: %s', async (action, changes, refusal) => {
      expect(await refused(action, { ...FREE[action], ...changes })).toBe(refusal);
    });

    it('JSON nested so deep that it could not be stored', async () => {
      let deep: object = {};
      for (let i = 0; i < 1_000; i += 1) deep = { d: deep };
      expect(await refused('registerAgent', { agentId: 'ag-deep', config: deep })).toBe(
        'INVALID input.config',
      );
    });

    it('has a case of every action', () => {
      expect([...new Set(CASES.map(([action]) => action))].sort()).toEqual(Object.keys(GOOD).sort());
    });

    it.each([
      ['updateDataCentre', 'NOT_ALLOWED'],
      ['updateStorageAsset', 'NOT_ALLOWED'],
      ['updateAgent', 'NOT_ALLOWED'],
      ['reportAgentState', 'NOT_ALLOWED'],
      ['withdrawFlexibilityWindow', 'NOT_ALLOWED'],
      ['updateUser', 'NOT_FOUND'],
      ['publishFlexibilityWindow', 'NOT_ALLOWED'],
    ])('%s of what is another operator’s: %s', async (action, refusal) => {
      expect(await refused(action, {}, b)).toBe(refusal);
    });

    it.each(Object.keys(GOOD))('%s without a key that is good for it', async (action) => {
      const reader = await createKey(database.owner, a.operatorId, { role: 'READER' });
      await expect(act(action, {}, reader)).rejects.toThrow('FORBIDDEN');
      const { input, type } = GOOD[action] ?? { input: {}, type: '' };
      await expect(actOn(server, undefined, action, input, { selection: `${type} { id }` })).rejects.toThrow(
        'UNAUTHENTICATED',
      );
    });
  });

  it('changes nothing when it refuses, and counts what it changes', async () => {
    const read = async () =>
      (await database.owner.query(`select * from data_centres where dc_id = 'dc-a'`)).rows[0];
    const before = (await read()) as { version: number };
    await act('updateDataCentre', { status: 'OFFLINE', expectedVersion: before.version + 1 });
    expect(await read()).toEqual(before);
    await act('updateDataCentre', { status: 'CONSTRAINED', expectedVersion: before.version });
    expect(await read()).toMatchObject({
      version: before.version + 1,
      status: 'CONSTRAINED',
      current_load_pct: 40,
    });
  });

  it('clears by null what may be null, empties what may be empty, and leaves the rest as it is', async () => {
    const dcId = 'dc-clear';
    const set = {
      zoneId: 'Z-2',
      capacityTflops: 7,
      rampRateMwPerMin: 2,
      currentLoadPct: 10,
      pue: 1.5,
      minLoadPct: 5,
    };
    expect(await refused('registerDataCentre', { dcId, ...set })).toMatch(/^done/);
    const read = async () =>
      (
        await database.owner.query<Record<string, unknown>>(
          `select grid_zone_id, capacity_tflops, ramp_rate_mw_per_min, current_load_pct, pue, min_load_pct
           from data_centres where dc_id = $1`,
          [dcId],
        )
      ).rows[0];
    const before = await read();
    expect(before).toMatchObject({ capacity_tflops: 7, ramp_rate_mw_per_min: 2, current_load_pct: 10 });
    expect(before?.['grid_zone_id']).toEqual(expect.any(Number));
    expect(
      await refused('updateDataCentre', { dcId, currentLoadPct: undefined, rampRateMwPerMin: null }),
    ).toMatch(/^done/);
    expect(await read()).toEqual({ ...before, ramp_rate_mw_per_min: null });
    const all = { zoneId: null, capacityTflops: null, currentLoadPct: null, pue: null, minLoadPct: null };
    expect(await refused('updateDataCentre', { dcId, ...all })).toMatch(/^done/);
    expect(await read()).toEqual({
      grid_zone_id: null,
      capacity_tflops: null,
      ramp_rate_mw_per_min: null,
      current_load_pct: null,
      pue: 1.5,
      min_load_pct: 5,
    });

    const kept = async (): Promise<unknown> => {
      const { rows } = await database.owner.query(
        `select a.metadata, u.preferences, s.config from operator_accounts a, users u, agent_settings s
         join agents g on g.agent_id = s.agent_id and g.code = 'ag-a'
         where a.operator_id = $1 and u.operator_id = $1 and u.email = 'ada@example.com'`,
        [a.operatorId],
      );
      return rows[0];
    };
    const user = { email: 'ada@example.com' };
    await act('updateOperator', { metadata: { a: 1 } });
    await act('updateUser', { ...user, preferences: { b: 2 } });
    await act('updateAgent', { config: { c: 3 } });
    const full = { metadata: { a: 1 }, preferences: { b: 2 }, config: { c: 3 } };
    expect(await kept()).toEqual(full);
    await act('updateOperator', { metadata: undefined, email: 'other@a.example' });
    await act('updateUser', { ...user, name: 'Ada' });
    await act('updateAgent', {});
    expect(await kept()).toEqual(full);
    for (const [action, changes] of [
      ['updateOperator', { metadata: null }],
      ['updateUser', { ...user, preferences: null }],
      ['updateAgent', { config: null }],
    ] as const)
      expect(await refused(action, changes), action).toMatch(/^done/);
    expect(await kept()).toEqual({ metadata: {}, preferences: {}, config: {} });
  });

  it('lets an administrator change what is another’s, and lock others out but not itself', async () => {
    expect(await refused('updateDataCentre', { status: 'ACTIVE' }, admin)).toMatch(/^done/);
    expect(await refused('updateOperator', { operator: 'Pylon', isActive: false }, admin)).toBe(
      'NOT_ALLOWED',
    );
    const c = await createTenant(database, 'C');
    expect(
      await refused('updateOperator', { operator: 'C', isActive: false, type: 'GRID_OPERATOR' }, admin),
    ).toMatch(/^done/);
    expect((await server.query('{ operators { edges { node { name } } } }', {}, c.key)).status).toBe(401);
  });

  it('changes one operator many times at once without beginning again', async () => {
    const version = async () =>
      (await database.owner.query<{ version: number }>(`select version from operators where name = 'B'`))
        .rows[0]?.version ?? 0;
    const before = await version();
    const statements = await statementsOf(() =>
      Promise.all(Array.from({ length: 8 }, (_, i) => act('updateOperator', { metadata: { i } }, b))),
    );
    expect(await version()).toBe(before + 8);
    expect(statements.filter((text) => text.includes('begin_action('))).toHaveLength(8);
  });

  it('takes JSON that is written into the query itself', async () => {
    const { data, errors } = await server.query<{ registerAgent: object }>(
      `mutation { registerAgent(idempotencyKey: "literal", input: { agentId: "ag-literal", name: "L", type: STORAGE_AGENT, config: { a: [1, { b: null }] } }) {
        ... on Agent { config } ... on ActionRefusal { message faults { path message } } } }`,
      {},
      a.key,
    );
    expect(errors).toBeUndefined();
    expect(data?.registerAgent).toEqual({ config: { a: [1, { b: null }] } });
  });

  it('renames an operator under its key, and goes on under the new name', async () => {
    const d = await createTenant(database, 'D');
    expect(await refused('updateOperator', { name: 'D, renamed', email: 'new@d.example' }, d)).toMatch(
      /^done/,
    );
    expect(await refused('updateOperator', { name: 'D' }, d)).toMatch(/^done/);
  });

  it('finds the licence area by postcode, by coordinates, or is told', async () => {
    const place = async (dcId: string, changes: object) => {
      expect(await refused('registerDataCentre', { dcId, ...changes })).toBe('done: DataCentre');
      const { data } = await server.query<{
        dataCentre: { postcode: string | null; region: { regionId: number } };
      }>('query ($dcId: String!) { dataCentre(dcId: $dcId) { postcode region { regionId } } }', { dcId });
      return [data?.dataCentre.region.regionId, data?.dataCentre.postcode];
    };
    expect(await place('dc-1', { postcode: 'ab101aa' })).toEqual([1, 'AB10 1AA']);
    expect(await place('dc-2', { postcode: null, latitude: 57.2, longitude: -2.3 })).toEqual([1, null]);
    expect(await place('dc-3', { postcode: null, regionId: 7 })).toEqual([7, null]);
    expect(await place('dc-4', { postcode: 'BS99 1AA', regionId: 11 })).toEqual([11, 'BS99 1AA']);
  });

  it('puts a data centre into a zone of the marketplace', async () => {
    const zoneOf = async (zone: object) =>
      actOn(
        server,
        a.key,
        'updateDataCentre',
        { dcId: 'dc-a', ...zone },
        {
          selection: 'DataCentre { gridZone { zoneId name } }',
        },
      );
    expect(await zoneOf({ zoneId: 'Z-1', zoneName: 'Wapping' })).toMatchObject({
      gridZone: { zoneId: 'Z-1', name: 'Wapping' },
    });
    expect(await zoneOf({ zoneId: 'Z-2' })).toMatchObject({ gridZone: { zoneId: 'Z-2', name: 'Poplar' } });
  });

  describe('an agent', () => {
    const report = (agentId: string, status: string, more: object = {}) =>
      actOn(
        server,
        a.key,
        'reportAgentState',
        { agentId, status, ...more },
        {
          selection:
            'AgentState { status state triggeredBy recordedAt agent { status currentTask version } }',
        },
      );

    it('reports itself through its states, and keeps each of them', async () => {
      await act('registerAgent', { agentId: 'ag-moves' });
      const state = { reason: 'cleaner at 03:00' };
      expect(
        await report('ag-moves', 'EXECUTING', { state, triggeredBy: 'plan', currentTask: { jobId: 'j' } }),
      ).toMatchObject({
        status: 'EXECUTING',
        state,
        triggeredBy: 'plan',
        agent: { status: 'EXECUTING', currentTask: { jobId: 'j' }, version: 2 },
      });
      expect(await report('ag-moves', 'OFFLINE')).toMatchObject({
        state: {},
        triggeredBy: null,
        agent: { currentTask: null },
      });
      expect(await report('ag-moves', 'EXECUTING')).toMatchObject({
        code: 'IMPOSSIBLE_TRANSITION',
        possible: ['OFFLINE', 'IDLE', 'ACTIVE', 'ERROR'],
      });
      expect(await report('ag-moves', 'ACTIVE')).toMatchObject({ status: 'ACTIVE' });
      const { data } = await server.query<{ agent: { states: { edges: { node: { status: string } }[] } } }>(
        '{ agent(agentId: "ag-moves") { states { edges { node { status } } } } }',
        {},
        a.key,
      );
      expect(data?.agent.states.edges.map(({ node }) => node.status)).toEqual([
        'ACTIVE',
        'OFFLINE',
        'EXECUTING',
        'IDLE',
      ]);
    });

    it('tells of itself once when two reports race', async () => {
      await act('registerAgent', { agentId: 'ag-race' });
      const answers = await Promise.all(
        ['ACTIVE', 'NEGOTIATING', 'OFFLINE', 'ERROR'].map((status) =>
          report('ag-race', status, { expectedVersion: 1 }),
        ),
      );
      expect(answers.map(refusalOf).sort()).toEqual([
        'VERSION_CONFLICT',
        'VERSION_CONFLICT',
        'VERSION_CONFLICT',
        'done: AgentState',
      ]);
    });
  });

  it('withdraws a window once, and not when it is over', async () => {
    expect(await refused('withdrawFlexibilityWindow', {})).toBe('done: FlexibilityWindow');
    expect(await act('withdrawFlexibilityWindow', {})).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
      possible: [],
    });
    await act('publishFlexibilityWindow', { flexibilityWindowId: 'flex-over' });
    await database.owner.query(
      `update flexibility_windows set from_at = '2026-03-01T00:00Z', to_at = '2026-03-01T01:00Z' where code = 'flex-over'`,
    );
    expect(await refused('withdrawFlexibilityWindow', { flexibilityWindowId: 'flex-over' })).toBe(
      'IMPOSSIBLE_TRANSITION',
    );
  });

  it('tells subscribers of what changed, and of nothing else', async () => {
    const tail = async () =>
      (
        await database.owner.query<{ topic: number; code: string }>(
          `select topic, coalesce(state ->> 'dc_id', state ->> 'asset_id', state ->> 'status') as code from event_log
           where state is not null order by sequence desc limit 1`,
        )
      ).rows[0];
    await act('updateDataCentre', { name: 'Renamed' });
    expect(await tail()).toEqual({ topic: 14, code: 'dc-a' });
    await act('updateStorageAsset', {});
    expect(await tail()).toEqual({ topic: 15, code: 'sa-a' });
    await act('updateAgent', {});
    await act('registerUser', { email: 'silent@example.com' });
    await act('updateDataCentre', { pue: 9 });
    expect(await tail()).toEqual({ topic: 15, code: 'sa-a' });
    await act('reportAgentState', { status: 'IDLE' });
    expect(await tail()).toEqual({ topic: 11, code: 'IDLE' });
  });
});
