import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementsOf } from '../../support/statements.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { REGIONAL, said, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const HALF_HOUR = new Date('2026-03-02T12:30:00Z');

interface Names {
  readonly edges: readonly { readonly node: Readonly<Record<string, string>> }[];
}

describe('the registry in the graph', () => {
  let grid: Grid;
  let a: Tenant;
  let b: Tenant;
  let admin: Tenant;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    a = await createTenant(grid.database, 'A', { type: 'GRID_OPERATOR' });
    b = await createTenant(grid.database, 'B');
    admin = await createTenant(grid.database, 'Admin', { role: 'ADMIN' });
    await grid.record(REGIONAL, [said({ regionId: 13, from: HALF_HOUR, intensityGco2PerKwh: 87 })]);
    await grid.database.owner.query(
      `insert into grid_zones (zone_code, area, region_id) values ('Z-1', 'Docklands', 13), ('Z-1', 'Wapping', 13), ('Z-2', 'Poplar', 13);
       insert into data_centres (dc_id, name, operator_id, region_id, pue, capacity_mw, status, grid_zone_id)
         select 'a-' || n, 'A' || n, $A, case n when 3 then 1 else 13 end, 1.2, n * 0.1, (array['ACTIVE', 'OFFLINE', 'ACTIVE'])[n]::data_centre_status,
           case n when 1 then 1 end from generate_series(1, 3) n;
       insert into data_centres (dc_id, name, operator_id, region_id, pue, capacity_mw) values ('b-1', 'B1', $B, 2, 1.1, 5);
       insert into storage_assets (asset_id, name, operator_id, region_id, capacity_mwh, max_charge_mw, max_discharge_mw, efficiency_pct, charge_mwh, status)
         values ('sa-1', 'S1', $A, 13, 80, 40, 40, 88, 20, 'IDLE'), ('sb-1', 'S2', $B, 5, 10, 5, 5, 90, 0, 'CHARGING');
       insert into agents (code, name, type, operator_id, status) values ('ag-1', 'G1', 'GRID_OPERATOR', $A, 'ACTIVE'), ('ag-2', 'G2', 'STORAGE_AGENT', $B, 'IDLE');
       insert into agent_settings (agent_id, operator_id, config, current_task) values (1, $A, '{"of": "A"}', '{"of": "A"}'), (2, $B, '{"of": "B"}', null);
       insert into agent_states (agent_id, operator_id, status, recorded_at) values (1, $A, 'IDLE', '2026-03-01T00:00Z'),
         (2, $B, 'IDLE', '2026-03-01T00:00Z'), (1, $A, 'ACTIVE', '2026-03-02T00:00Z');
       insert into users (operator_id, email, name) values ($A, 'ada@a.example', 'Ada'), ($B, 'bob@b.example', 'Bob');
       insert into flexibility_windows (code, operator_id, region_id, service, direction, volume_mw, gbp_per_mwh, from_at, to_at, status) values
         ('f-1', $A, 16, 'TURN_UP', 'INCREASE_DEMAND', 50, -5, '2026-03-02T13:00Z', '2026-03-02T15:00Z', 'OPEN'),
         ('f-2', $A, 13, 'TURN_DOWN', 'DECREASE_DEMAND', 20, 150, '2026-03-03T17:00Z', '2026-03-03T19:00Z', 'WITHDRAWN');
       insert into workloads (operator_id, user_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline, status,
           actual_energy_kwh, actual_carbon_gco2, actual_cost_gbp)
         select $A, 1, 'j-' || n, 'J', 'OTHER', 10, 10, 60, '2026-03-02T00:00Z', '2026-03-03T00:00Z',
           case when n <= 2 then 'PENDING' else 'COMPLETED' end::workload_status,
           case when n > 2 then 9 end, case when n in (3, 4) then 900 end, case n when 3 then 1.5 end from generate_series(1, 5) n;
       insert into workloads (operator_id, user_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline)
         values ($B, 2, 'j-1', 'J', 'OTHER', 7, 7, 60, '2026-03-02T00:00Z', '2026-03-03T00:00Z')`
        .replaceAll('$A', String(a.operatorId))
        .replaceAll('$B', String(b.operatorId)),
    );
  });
  afterAll(() => grid.close());

  const ask = async <Data = Record<string, never>>(query: string, as?: Tenant): Promise<Data> => {
    const { data, errors } = await grid.server.query<Data>(query, {}, as?.key);
    expect(errors).toBeUndefined();
    return data as Data;
  };
  /** Ids of what a connection answers, in its order. */
  const listed = async (connection: string, field: string, as?: Tenant): Promise<string[]> => {
    const data = await ask<Record<string, Names>>(`{ c: ${connection} { edges { node { ${field} } } } }`, as);
    return data['c']?.edges.map(({ node }) => node[field] ?? '') ?? [];
  };

  it.each([
    ['dataCentres', 'dcId', 'b-1 a-3 a-2 a-1'],
    ['dataCentres(regionId: 13)', 'dcId', 'a-2 a-1'],
    ['dataCentres(regionId: 16)', 'dcId', 'b-1 a-3'],
    ['dataCentres(regionId: 18, status: OFFLINE)', 'dcId', 'a-2'],
    ['dataCentres(operator: "B")', 'dcId', 'b-1'],
    ['dataCentres(operator: "Nobody")', 'dcId', ''],
    ['storageAssets', 'assetId', 'sb-1 sa-1'],
    ['storageAssets(regionId: 15, status: CHARGING)', 'assetId', 'sb-1'],
    ['storageAssets(operator: "A")', 'assetId', 'sa-1'],
    ['agents', 'agentId', 'ag-2 ag-1'],
    ['agents(type: GRID_OPERATOR, status: ACTIVE, operator: "A")', 'agentId', 'ag-1'],
    ['agents(type: CARBON_OPTIMIZER)', 'agentId', ''],
    ['operators(type: GRID_OPERATOR)', 'name', 'A'],
    ['operators(isActive: false)', 'name', ''],
    ['flexibilityWindows', 'flexibilityWindowId', 'f-2 f-1'],
    ['flexibilityWindows(regionId: 16)', 'flexibilityWindowId', 'f-1'],
    ['flexibilityWindows(regionId: 1)', 'flexibilityWindowId', ''],
    ['flexibilityWindows(service: TURN_DOWN, direction: DECREASE_DEMAND)', 'flexibilityWindowId', 'f-2'],
    ['flexibilityWindows(status: OPEN, operator: "A")', 'flexibilityWindowId', 'f-1'],
    [
      'flexibilityWindows(from: "2026-03-02T14:59:59Z", to: "2026-03-03T17:00:00Z")',
      'flexibilityWindowId',
      'f-1',
    ],
    ['flexibilityWindows(from: "2026-03-02T15:00:00Z")', 'flexibilityWindowId', 'f-2'],
  ])('answers %s to everyone', async (connection, field, expected) => {
    expect((await listed(connection, field)).join(' ')).toBe(expected);
  });

  it('shows users and states to their operator and administrators alone', async () => {
    expect(await listed('users', 'email')).toEqual([]);
    expect(await listed('users', 'email', a)).toEqual(['ada@a.example']);
    expect(await listed('users(isActive: false)', 'email', a)).toEqual([]);
    expect(await listed('users', 'email', admin)).toEqual(['bob@b.example', 'ada@a.example']);
    expect(await listed('agentStates', 'status')).toEqual([]);
    expect(await listed('agentStates(agentId: "ag-1")', 'status', a)).toEqual(['ACTIVE', 'IDLE']);
    expect(await listed('agentStates(agentId: "ag-2")', 'status', a)).toEqual([]);
    expect(await listed('agentStates(from: "2026-03-01T00:00:01Z")', 'status', a)).toEqual(['ACTIVE']);
    expect(await listed('agentStates(status: IDLE, to: "2026-03-02T00:00:00Z")', 'status', a)).toEqual([
      'IDLE',
    ]);
  });

  it('refuses spans that end before they begin, and regions that are not', async () => {
    const code = async (query: string) =>
      (await grid.server.query(query, {}, a.key)).errors?.[0]?.extensions.code;
    const span = 'from: "2026-03-02T00:00:00Z", to: "2026-03-02T00:00:00Z"';
    expect(await code(`{ agentStates(${span}) { edges { cursor } } }`)).toBe('BAD_USER_INPUT');
    expect(await code(`{ flexibilityWindows(${span}) { edges { cursor } } }`)).toBe('BAD_USER_INPUT');
    expect(await code('{ dataCentres(regionId: 19) { edges { cursor } } }')).toBe('REGION_NOT_FOUND');
    expect(await code('{ dataCentres(first: 0) { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    expect(await code('{ dataCentres(after: "x") { edges { cursor } } }')).toBe('BAD_CURSOR');
  });

  it('names one thing by its own id, and null for what is not or may not be seen', async () => {
    expect(
      await ask(
        `{ a: dataCentre(dcId: "a-1") { name } b: dataCentre(dcId: "none") { name } c: storageAsset(assetId: "sa-1") { name chargePct }
          d: agent(agentId: "ag-1") { name } e: flexibilityWindow(flexibilityWindowId: "f-1") { volumeMw } f: operator(name: "A") { type }
          g: user(email: "ada@a.example") { name } h: user(email: "bob@b.example") { name } }`,
        a,
      ),
    ).toEqual({
      a: { name: 'A1' },
      b: null,
      c: { name: 'S1', chargePct: 25 },
      d: { name: 'G1' },
      e: { volumeMw: 50 },
      f: { type: 'GRID_OPERATOR' },
      g: { name: 'Ada' },
      h: null,
    });
    expect(await ask('{ user(email: "ada@a.example") { name } }')).toEqual({ user: null });
  });

  it('links both ways', async () => {
    expect(
      await ask(
        `{ region(regionId: 13) { dataCentres(status: ACTIVE) { edges { node { dcId region { regionId } operator { name } gridZone { zoneId name dataCentres { edges { node { dcId } } } } } } }
            storageAssets { edges { node { assetId region { regionId } } } } flexibilityWindows { edges { node { flexibilityWindowId region { regionId } operator { name } } } } }
          operator(name: "A") { dataCentres(status: OFFLINE) { edges { node { dcId } } } storageAssets { edges { node { assetId operator { name } } } }
            agents { edges { node { agentId operator { name } states(status: IDLE) { edges { node { agent { agentId } } } } } } }
            flexibilityWindows { edges { node { flexibilityWindowId } } } users { edges { node { email operator { name } workloads(first: 2, status: COMPLETED) { jobId } } } } } }`,
        a,
      ),
    ).toEqual({
      region: {
        dataCentres: nodes([
          {
            dcId: 'a-1',
            region: { regionId: 13 },
            operator: { name: 'A' },
            gridZone: { zoneId: 'Z-1', name: 'Docklands', dataCentres: nodes([{ dcId: 'a-1' }]) },
          },
        ]),
        storageAssets: nodes([{ assetId: 'sa-1', region: { regionId: 13 } }]),
        flexibilityWindows: nodes([
          { flexibilityWindowId: 'f-2', region: { regionId: 13 }, operator: { name: 'A' } },
        ]),
      },
      operator: {
        dataCentres: nodes([{ dcId: 'a-2' }]),
        storageAssets: nodes([{ assetId: 'sa-1', operator: { name: 'A' } }]),
        agents: nodes([
          { agentId: 'ag-1', operator: { name: 'A' }, states: nodes([{ agent: { agentId: 'ag-1' } }]) },
        ]),
        flexibilityWindows: nodes([{ flexibilityWindowId: 'f-2' }, { flexibilityWindowId: 'f-1' }]),
        users: nodes([
          {
            email: 'ada@a.example',
            operator: { name: 'A' },
            workloads: [{ jobId: 'j-5' }, { jobId: 'j-4' }],
          },
        ]),
      },
    });
  });

  it('reads the carbon intensity of a centre from its region, now, and null where nothing is known', async () => {
    const query = (dcId: string) =>
      `{ dataCentre(dcId: "${dcId}") { currentCarbonIntensity { forecastGco2PerKwh provenance { source } } } }`;
    expect(await ask(query('a-1'))).toEqual({
      dataCentre: { currentCarbonIntensity: { forecastGco2PerKwh: 87, provenance: { source: REGIONAL } } },
    });
    expect(await ask(query('b-1'))).toEqual({ dataCentre: { currentCarbonIntensity: null } });
  });

  it('adds up what belongs to an operator, and what is private for itself and administrators', async () => {
    const query =
      '{ operator(name: "A") { summary { userCount dataCentreCount storageAssetCount agentCount totalCapacityMw workloadsByStatus { status count } } } }';
    const open = { dataCentreCount: 3, storageAssetCount: 1, agentCount: 1, totalCapacityMw: 0.6 };
    const whole = {
      ...open,
      userCount: 1,
      workloadsByStatus: [
        { status: 'PENDING', count: 2 },
        { status: 'COMPLETED', count: 3 },
      ],
    };
    expect(await ask(query, a)).toEqual({ operator: { summary: whole } });
    expect(await ask(query, admin)).toEqual({ operator: { summary: whole } });
    for (const as of [b, undefined])
      expect(await ask(query, as)).toEqual({
        operator: { summary: { ...open, userCount: null, workloadsByStatus: null } },
      });
  });

  it("adds up a user's workloads, and says how many the sums leave out", async () => {
    const query = `{ users { edges { node { email workloadStatistics { workloadCount byStatus { status count } totalEstimatedEnergyKwh
      totalActualEnergyKwh totalActualCarbonGco2 totalActualCostGbp unknownCarbonCount unknownCostCount } } } } }`;
    const ada = {
      email: 'ada@a.example',
      workloadStatistics: {
        workloadCount: 5,
        byStatus: [
          { status: 'PENDING', count: 2 },
          { status: 'COMPLETED', count: 3 },
        ],
        totalEstimatedEnergyKwh: 50,
        totalActualEnergyKwh: 27,
        totalActualCarbonGco2: 1800,
        totalActualCostGbp: 1.5,
        unknownCarbonCount: 1,
        unknownCostCount: 2,
      },
    };
    const bob = {
      email: 'bob@b.example',
      workloadStatistics: {
        workloadCount: 1,
        byStatus: [{ status: 'PENDING', count: 1 }],
        totalEstimatedEnergyKwh: 7,
        totalActualEnergyKwh: null,
        totalActualCarbonGco2: null,
        totalActualCostGbp: null,
        unknownCarbonCount: 0,
        unknownCostCount: 0,
      },
    };
    expect(await ask(query, a)).toEqual({ users: nodes([ada]) });
    expect(await ask(query, admin)).toEqual({ users: nodes([bob, ada]) });
  });

  it('keeps what is private of an agent and an operator to themselves', async () => {
    const query =
      '{ agents { edges { node { agentId config currentTask states { edges { node { status } } } } } } operators { edges { node { name metadata users { edges { node { email } } } } } } }';
    const { agents, operators } = await ask<Record<string, Names>>(query, b);
    expect(agents?.edges.map(({ node }) => node)).toEqual([
      { agentId: 'ag-2', config: { of: 'B' }, currentTask: null, states: nodes([{ status: 'IDLE' }]) },
      { agentId: 'ag-1', config: null, currentTask: null, states: nodes([]) },
    ]);
    expect(operators?.edges.map(({ node }) => node)).toEqual([
      { name: 'Admin', metadata: null, users: nodes([]) },
      { name: 'B', metadata: {}, users: nodes([{ email: 'bob@b.example' }]) },
      { name: 'A', metadata: null, users: nodes([]) },
    ]);
    expect(JSON.stringify(await ask(query))).not.toMatch(/of|example/);
  });

  it('reads a page with all its relations in as many statements as a page of one', async () => {
    const statements = async (first: number): Promise<number> =>
      (
        await statementsOf(() =>
          ask(
            `{ dataCentres(first: ${first}) { edges { node { dcId region { shortName } operator { name email summary { agentCount } } } } } }`,
            a,
          ),
        )
      ).length;
    const one = await statements(1);
    expect(await statements(4)).toBe(one);
  });
});

const nodes = (rows: readonly object[]) => ({ edges: rows.map((node) => ({ node })) });
